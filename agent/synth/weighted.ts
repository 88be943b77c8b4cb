// Pure: a choice among many by weight in one draw, however many there are: Vose's form of Walker's alias table. The
// scale is n columns of equal width; each holds one item up to its threshold, and lends the rest to one other.

import { SteerError } from '../errors.js'
import type { Random } from './random.js'

/** Items to choose from, each as often as its weight says. */
export class Weighted<T> {
  readonly #items: readonly T[]
  readonly #thresholds: Float64Array
  readonly #aliases: Int32Array

  /** One weight (0 or more, not all 0) for each item. Throws SteerError `weights-invalid`. */
  constructor(items: readonly T[], weights: readonly number[]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const legal = weights.length === items.length && weights.every((weight) => weight >= 0)
    if (!legal || !(total > 0 && total < Number.POSITIVE_INFINITY))
      throw new SteerError('weights-invalid', `${items.length} items cannot have the weights ${weights.join(', ')}`)
    // Without the weightless: rounding may leave one of the last columns whole.
    const drawn = items.filter((_, index) => weights[index]! > 0)
    const count = drawn.length
    const shares = weights.filter((weight) => weight > 0).map((weight) => (weight * count) / total)
    this.#items = drawn
    this.#thresholds = new Float64Array(count).fill(1)
    this.#aliases = new Int32Array(count)
    const small: number[] = []
    const large: number[] = []
    for (const [index, share] of shares.entries()) (share < 1 ? small : large).push(index)
    // What is left in either list when the other is empty is 1 but for rounding, and keeps the threshold 1.
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop()!
      const rich = large.pop()!
      this.#thresholds[poor] = shares[poor]!
      this.#aliases[poor] = rich
      const rest = shares[rich]! - (1 - shares[poor]!)
      shares[rich] = rest
      const side = rest < 1 ? small : large
      side.push(rich)
    }
  }

  /** One item, by one draw. */
  pick(random: Random): T {
    const place = random.unit() * this.#items.length
    const column = Math.floor(place)
    const index = place - column < this.#thresholds[column]! ? column : this.#aliases[column]!
    return this.#items[index]!
  }
}

/** The weights of a list in order of popularity by Zipf's law: 1, 1/2, 1/3, ... */
export function zipfWeights(count: number): number[] {
  return Array.from({ length: count }, (_, rank) => 1 / (rank + 1))
}
