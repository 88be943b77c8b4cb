// Pure: a map that keeps the entries most recently used, so many and no more.

/** The map; keys are texts. */
export class RecentMap<Value> {
  readonly #limit: number
  /** Insertion order is order of use, oldest first. */
  readonly #entries = new Map<string, Value>()

  /** @param limit entries kept, at least 1. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#entries.size
  }

  /** The entry of this key, which is now the most recently used. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }

  /** Keeps an entry; the one used the longest ago makes room. */
  set(key: string, value: Value): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#limit) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }
}
