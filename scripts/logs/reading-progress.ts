/** How far the reading is, on one line of a terminal that is wiped in the end. */

/** Time between two updates, and before the first, ms: what is quick needs none. */
const UPDATE_MS = 500

/** Where it is shown; standard error, so that the report can be redirected. */
interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Shows bytes read and the speed; nothing where there is no terminal. */
export class ReadingProgress {
  readonly #terminal: Terminal
  readonly #now: () => number
  readonly #begin: number
  #shown: number
  #bytes = 0

  /** `now` gives ms. */
  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal
    this.#now = now
    this.#begin = now()
    this.#shown = this.#begin
  }

  /** More bytes were read. */
  add(bytes: number): void {
    this.#bytes += bytes
    if (!this.#terminal.isTTY) return
    const now = this.#now()
    if (now - this.#shown < UPDATE_MS) return
    this.#shown = now
    const speed = this.#bytes / 1e3 / (now - this.#begin)
    this.#terminal.write(`\r\x1b[K${(this.#bytes / 1e6).toFixed(0)} MB read, ${speed.toFixed(0)} MB/s`)
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown > this.#begin) this.#terminal.write('\r\x1b[K')
  }
}
