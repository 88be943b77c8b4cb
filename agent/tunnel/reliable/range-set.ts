// Pure: a set of whole numbers as few ranges. Packet numbers received, bytes received out of order, bytes acknowledged
// and bytes to send again are all such sets: mostly one range that grows at its end, with a few holes after a loss.

/** Disjoint ranges [from, to) of non-negative integers, ascending and never adjacent. */
export class RangeSet {
  /** from, to, from, to, ... */
  readonly #bounds: number[] = []

  /** How many ranges it is made of. */
  get count(): number {
    return this.#bounds.length / 2
  }

  /** The end of the range that begins at 0: everything below is in the set. */
  get prefix(): number {
    return this.#bounds[0] === 0 ? this.#bounds[1]! : 0
  }

  /** Where range `index` (0 is the lowest) begins; undefined beyond the last. */
  from(index: number): number | undefined {
    return this.#bounds[2 * index]
  }

  /** Where range `index` ends; undefined beyond the last. */
  to(index: number): number | undefined {
    return this.#bounds[2 * index + 1]
  }

  /** Adds [from, to). */
  add(from: number, to: number): void {
    if (from >= to) return
    const bounds = this.#bounds
    const at = this.#firstEndingAt(from)
    if (at === bounds.length || bounds[at]! > to) {
      bounds.splice(at, 0, from, to)
      return
    }
    let behind = at
    let end = to
    while (behind < bounds.length && bounds[behind]! <= to) {
      end = Math.max(end, bounds[behind + 1]!)
      behind += 2
    }
    bounds[at] = Math.min(bounds[at]!, from)
    bounds[at + 1] = end
    if (behind > at + 2) bounds.splice(at + 2, behind - at - 2)
  }

  /** Takes [from, to) out. */
  remove(from: number, to: number): void {
    const bounds = this.#bounds
    if (from >= to || bounds.length === 0 || bounds[0]! >= to) return
    const at = this.#firstEndingAt(from + 1)
    let behind = at
    const kept: number[] = []
    while (behind < bounds.length && bounds[behind]! < to) {
      if (bounds[behind]! < from) kept.push(bounds[behind]!, from)
      if (bounds[behind + 1]! > to) kept.push(to, bounds[behind + 1]!)
      behind += 2
    }
    if (behind > at) bounds.splice(at, behind - at, ...kept)
  }

  /** Takes out every number that `other` has. */
  removeAll(other: RangeSet): void {
    for (let index = 0; index < this.count; ) {
      const from = this.from(index)!
      const overlap = other.#firstEndingAt(from + 1)
      const start = other.#bounds[overlap]
      if (start === undefined || start >= this.to(index)!) index += 1
      else this.remove(start, other.#bounds[overlap + 1]!)
    }
  }

  /** Index of the first range whose end is at or above `value`. The last one is tried first: that is where sets grow. */
  #firstEndingAt(value: number): number {
    const bounds = this.#bounds
    let high = bounds.length
    if (high === 0 || bounds[high - 1]! < value) return high
    let low = 0
    if (high === 2 || bounds[high - 3]! < value) return high - 2
    while (low < high) {
      const middle = ((low + high) >>> 2) << 1
      if (bounds[middle + 1]! < value) low = middle + 2
      else high = middle
    }
    return low
  }
}
