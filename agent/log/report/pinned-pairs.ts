// Pure: a pinned app that is bypassed by tunnelling writes two lines for one flow: the bypass, and then, a millisecond
// later, the tunnelled flow. Lines of several flows mix.

/** Longest time between the lines of a pair, microseconds; real ones are 1 ms apart (reference 1.7). */
const LONGEST_APART = 5_000_000

/** Most processes and hosts that are waited for, and most flows of each. */
const MAX_WAITING = 10_000

/** Tells which tunnelled flows belong to a bypass that is counted already. */
export class PinnedPairs {
  /** Times of the first lines that wait for their second, by process and host; who waits longest comes first. */
  readonly #waiting = new Map<string, number[]>()

  /** Another log: what waits will wait in vain. */
  beginLog(): void {
    this.#waiting.clear()
  }

  /** The first line of a pair. */
  begun(process: string, host: string, time: number): void {
    this.#dropLate(time)
    const key = keyOf(process, host)
    const times = this.#waiting.get(key)
    if (times === undefined) {
      this.#waiting.set(key, [time])
      return
    }
    if (times.length >= MAX_WAITING || Math.abs(time - times[0]!) > LONGEST_APART) times.shift()
    times.push(time)
  }

  /** Whether a tunnelled flow is the second line of a pair; it is then done with. */
  completes(process: string, host: string, time: number): boolean {
    if (this.#waiting.size === 0) return false
    const key = keyOf(process, host)
    const times = this.#waiting.get(key)
    const mate = times?.findIndex((begun) => Math.abs(time - begun) <= LONGEST_APART) ?? -1
    if (times === undefined || mate < 0) return false
    if (times.length === 1) this.#waiting.delete(key)
    else times.splice(mate, 1)
    return true
  }

  #dropLate(time: number): void {
    for (const [key, times] of this.#waiting) {
      if (Math.abs(time - times.at(-1)!) <= LONGEST_APART && this.#waiting.size < MAX_WAITING) return
      this.#waiting.delete(key)
    }
  }
}

function keyOf(process: string, host: string): string {
  return `${process}\0${host}`
}
