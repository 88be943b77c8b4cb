/**
 * What is faulty now, and for how long: the one place that is told, and the source each service and POP of this process
 * learns it from. At most one fault a target, the newest.
 */

import { type FaultSource, faultInWords, type PopFault, type ServiceFault, type ServiceName } from './fault.js'

/** A service that can be faulty. */
export interface ServiceTarget {
  readonly service: ServiceName
}

/** A POP that can be faulty, by name: `US-ORD1`. */
export interface PopTarget {
  readonly pop: string
}

/** A fault that holds, as plain data. */
export type StandingFault = (
  | (ServiceTarget & { readonly fault: ServiceFault })
  | (PopTarget & { readonly fault: PopFault })
) & {
  /** ISO time of its end; null: until it is cleared. */
  readonly until: string | null
}

/** Longest time a timer of Node can take, ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The faults of one process. */
export class FaultBoard {
  readonly #now: () => number
  #standing: ReadonlyMap<string, StandingFault> = new Map()
  readonly #listeners = new Map<string, (() => void)[]>()
  #expiry: NodeJS.Timeout | undefined

  /** `now` is the time in ms since 1970. */
  constructor({ now }: { readonly now: () => number }) {
    this.#now = now
  }

  /** Makes a target faulty, for `forMs` or until it is cleared. */
  set(target: ServiceTarget, fault: ServiceFault, forMs?: number): void
  set(target: PopTarget, fault: PopFault, forMs?: number): void
  set(target: ServiceTarget | PopTarget, fault: ServiceFault | PopFault, forMs?: number): void {
    const until = forMs === undefined ? null : new Date(this.#now() + forMs).toISOString()
    const standing = { ...target, fault, until } as StandingFault
    this.#hold([...this.#allBut(target), standing])
  }

  /** Takes the fault of a target away; without a target, all faults. */
  clear(target?: ServiceTarget | PopTarget): void {
    this.#hold(target === undefined ? [] : this.#allBut(target))
  }

  /** Where a service or POP learns of its fault. */
  source(target: ServiceTarget): FaultSource<ServiceFault>
  source(target: PopTarget): FaultSource<PopFault>
  source(target: ServiceTarget | PopTarget): FaultSource<ServiceFault | PopFault> {
    const key = keyOf(target)
    const standing = () => this.#standing.get(key)
    return {
      get current() {
        return standing()?.fault
      },
      onChange: (listener) => void this.#listeners.set(key, [...(this.#listeners.get(key) ?? []), listener]),
    }
  }

  /** What holds now, the newest last. */
  list(): readonly StandingFault[] {
    return [...this.#standing.values()]
  }

  /** Makes exactly `faults` hold: a gateway that was started again is told all anew. What is over is left out. */
  replaceAll(faults: readonly StandingFault[]): void {
    this.#hold(faults)
  }

  #allBut(target: ServiceTarget | PopTarget): StandingFault[] {
    return this.list().filter((standing) => keyOf(standing) !== keyOf(target))
  }

  #hold(faults: readonly StandingFault[]): void {
    const before = this.#standing
    const now = this.#now()
    const left = (standing: StandingFault) =>
      standing.until === null ? Number.POSITIVE_INFINITY : Date.parse(standing.until) - now
    this.#standing = new Map(faults.filter((fault) => left(fault) > 0).map((fault) => [keyOf(fault), fault]))
    clearTimeout(this.#expiry)
    const soonest = Math.min(...this.list().map(left))
    if (soonest < Number.POSITIVE_INFINITY)
      this.#expiry = setTimeout(() => this.#hold(this.list()), Math.min(soonest, LONGEST_TIMER_MS)).unref()
    for (const [key, listeners] of this.#listeners) {
      if (wordsOf(before.get(key)) === wordsOf(this.#standing.get(key))) continue
      for (const listener of listeners) listener()
    }
  }
}

function keyOf(target: ServiceTarget | PopTarget): string {
  return 'service' in target ? `service ${target.service}` : `pop ${target.pop}`
}

function wordsOf(standing: StandingFault | undefined): string {
  return standing === undefined ? '' : faultInWords(standing.fault)
}
