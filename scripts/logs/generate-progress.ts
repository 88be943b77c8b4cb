/** How far a run has come, on a terminal; silent anywhere else. */

import { dayOf, US_PER_DAY } from '../../agent/synth/calendar.js'
import type { RunRequest, Unit } from '../../agent/synth/units.js'

/** What was written so far. */
export interface Written {
  readonly lines: number
  readonly bytes: number
}

/** Where progress is shown. */
export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Between two looks, ms. */
const PERIOD_MS = 100

/** One line that is written over and over. */
export class Progress {
  readonly #terminal: Terminal | undefined
  readonly #request: RunRequest
  readonly #begun = performance.now()
  #shown = 0

  /** Shows nothing where there is no terminal, or none to spare. */
  constructor(terminal: Terminal | undefined, request: RunRequest) {
    this.#terminal = terminal?.isTTY ? terminal : undefined
    this.#request = request
  }

  /** Tells how far it has come within a unit. */
  update(unit: Unit, written: Written): void {
    const now = performance.now()
    if (this.#terminal === undefined || now - this.#shown < PERIOD_MS) return
    this.#shown = now
    const share = shareDone(this.#request, unit, written)
    const percent = Number.isFinite(share) ? `${Math.floor(share * 100)} %, ` : ''
    this.#terminal.write(`\r\u001b[K${percent}${progressText(written, now - this.#begun)}`)
  }

  /** Takes the line away, and leaves a last word on a run that came to something. */
  end(written: Written | undefined): void {
    const lastWord = written === undefined ? '' : `${progressText(written, performance.now() - this.#begun)}\n`
    this.#terminal?.write(`\r\u001b[K${lastWord}`)
  }
}

/** `1,250,000 lines, 278.4 MB, 2,310,000 lines/s` */
export function progressText({ lines, bytes }: Written, ms: number): string {
  const count = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
  const perSecond = (lines / Math.max(1, ms)) * 1000
  return `${count.format(lines)} lines, ${(bytes / 1e6).toFixed(1)} MB, ${count.format(perSecond)} lines/s`
}

/** How much of the shard is done, 0 to 1; NaN for a run without end. */
export function shareDone({ amount, start, endpoints, shard }: RunRequest, unit: Unit, written: Written): number {
  if ('lines' in amount) return Number.isFinite(amount.lines) ? ratio(written.lines * shard.count, amount.lines) : NaN
  if ('bytes' in amount) return ratio(written.bytes * shard.count, amount.bytes)
  const { plan } = unit
  const days = Math.max(0, plan.day - dayOf(start)) * US_PER_DAY
  return ratio((plan.endpoint.number + ratio(days, amount.duration)) * shard.count - shard.index * endpoints, endpoints)
}

function ratio(part: number, whole: number): number {
  return Math.min(1, Math.max(0, part / whole))
}
