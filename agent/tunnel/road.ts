/**
 * A road of simulated length between a session and its peer: a mock POP is on this machine and seems far away. Bytes that
 * arrive wait their time before the session reads them; on a road that is cut, nothing arrives and nothing leaves.
 */

/** How long the road is now. */
export interface Road {
  /** ms each batch that arrives waits before it is read; Infinity: nothing arrives, and nothing we send leaves. */
  delayMs(): number
}

/** Bytes that have arrived and are not yet read, in order. What waits is bounded by the credit the mux has granted. */
export class LateBytes {
  readonly #read: (bytes: Buffer) => void
  readonly #waiting: { readonly bytes: Buffer; readonly due: number }[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(read: (bytes: Buffer) => void) {
    this.#read = read
  }

  /** Whether bytes wait: later ones have to queue behind them, however short the road has become. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Takes a copy of `bytes`, to be read in `delayMs`. */
  add(bytes: Uint8Array, delayMs: number): void {
    const last = this.#waiting.at(-1)?.due ?? 0
    this.#waiting.push({ bytes: Buffer.from(bytes), due: Math.max(last, performance.now() + delayMs) })
    this.#timer ??= setTimeout(this.#deliver, delayMs)
  }

  /** Forgets what waits. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting.length = 0
  }

  readonly #deliver = (): void => {
    this.#timer = undefined
    while (this.#waiting.length > 0) {
      // A timer of Node may fire up to a millisecond early.
      const wait = this.#waiting[0]!.due - performance.now()
      if (wait > 1) {
        this.#timer = setTimeout(this.#deliver, wait)
        return
      }
      this.#read(this.#waiting.shift()!.bytes)
    }
  }
}
