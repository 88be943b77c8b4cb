// Pure: what was found about POPs, what was chosen and why, and the last switches, for `steerlab pop`. Times come in.

import type { Choice } from './choose.js'
import type { GslbList } from './gslb-answer.js'
import type { MeasuredPop, Method } from './pop.js'

/** The last selection. */
export interface LastSelection {
  /** ISO 8601. */
  readonly at: string
  /** `dns`: the tenant's gateway by its name, whatever method then finds its address. */
  readonly method: 'gslb' | 'dns'
  /** What the GSLB service sees this client as; '' where it was not asked. */
  readonly egressIp: string
  readonly country: string
  /** In the service's order; RTT in ms, null when there was no answer. */
  readonly pops: ReadonlyArray<Omit<MeasuredPop, 'rttMs'> & { readonly rttMs: number | null }>
  /** Name of the POP, or of the gateway. */
  readonly chosen: string
  /** One sentence. */
  readonly why: string
}

/** The tunnel came up, at another gateway or again at the same. */
export interface PopSwitch {
  /** ISO 8601. */
  readonly at: string
  /** POP or gateway before, '' at the start. */
  readonly from: string
  readonly to: string
  readonly ip: string
  /** Method by which its address was found. */
  readonly method: Method
  readonly why: string
}

/** POP selection as `steerlab pop` shows it. */
export interface PopStatus {
  readonly selection: LastSelection | null
  /** A later look that failed, while what was selected stayed; null after one that did not. */
  readonly failure: { readonly at: string; readonly why: string } | null
  /** Newest last; the last 50. */
  readonly switches: readonly PopSwitch[]
}

/** Switches that are remembered: a day of them, were it a bad one. */
const MOST_SWITCHES = 50

/** Keeps it. */
export class PopRecord {
  readonly #now: () => number
  #selection: LastSelection | null = null
  #failure: PopStatus['failure'] = null
  readonly #switches: PopSwitch[] = []

  /** `now`: ms since 1970. */
  constructor(now: () => number) {
    this.#now = now
  }

  get status(): PopStatus {
    return { selection: this.#selection, failure: this.#failure, switches: [...this.#switches] }
  }

  selectedByGslb({ egressIp, country }: GslbList, measured: readonly MeasuredPop[], { pop, why }: Choice): void {
    const pops = measured.map((found) => ({ ...found, rttMs: found.rttMs ?? null }))
    this.#failure = null
    this.#selection = { at: this.#time(), method: 'gslb', egressIp, country, pops, chosen: pop.name, why }
  }

  selectedByName(gateway: string, why: string): void {
    const nothing = { egressIp: '', country: '', pops: [] }
    this.#failure = null
    this.#selection = { at: this.#time(), method: 'dns', ...nothing, chosen: gateway, why }
  }

  failed(why: string): void {
    this.#failure = { at: this.#time(), why }
  }

  switched(change: Omit<PopSwitch, 'at'>): void {
    if (this.#switches.length === MOST_SWITCHES) this.#switches.shift()
    this.#switches.push({ at: this.#time(), ...change })
  }

  #time(): string {
    return new Date(this.#now()).toISOString()
  }
}
