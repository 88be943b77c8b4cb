/** Time that passes when a test says so. */

interface Due {
  readonly at: number
  readonly callback: () => void
}

/** A clock at 0 ms and its timers. */
export class VirtualTime {
  now = 0
  readonly #due = new Set<Due>()

  /** How many timers wait. */
  get waiting(): number {
    return this.#due.size
  }

  /** Calls back once, `ms` from now; what it returns takes that back. */
  readonly schedule = (ms: number, callback: () => void): (() => void) => {
    const due = { at: this.now + ms, callback }
    this.#due.add(due)
    return () => this.#due.delete(due)
  }

  /** Lets `ms` pass, with what falls due in it, in order. */
  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const [next] = [...this.#due].sort((a, b) => a.at - b.at)
      if (next === undefined || next.at > end) break
      this.#due.delete(next)
      this.now = Math.max(this.now, next.at)
      next.callback()
    }
    this.now = end
  }

  /** Lets `ms` pass in which no timer fires; what fell due is late. */
  freeze(ms: number): void {
    this.now += ms
  }
}
