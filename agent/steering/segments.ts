// Pure: overlapping ranges cut into disjoint segments, each knowing the range that wins there, so that a look-up is one
// binary search however many ranges overlap.

import type { Steps } from '../stepwise.js'
import type { Address, AddressRange } from './address.js'

/** A range and the index of its entry. */
export interface IndexedRange {
  readonly index: number
  readonly range: AddressRange
}

/** A range as it is painted: `end` is the first address behind it. */
interface Stretch {
  readonly index: number
  readonly from: Address
  readonly end: Address
}

/** Ranges painted in one step: some tenths of a millisecond. */
const STEP = 500

/** Ranges of one address family, compiled once. Segment i covers starts[i] up to starts[i + 1], without it. */
export class Segments {
  /** IPv4 as numbers, whose arithmetic costs a tenth; both kinds compare with each other. */
  readonly #starts: ArrayLike<Address>
  readonly #winners: Int32Array

  private constructor(starts: ArrayLike<Address>) {
    this.#starts = starts
    this.#winners = new Int32Array(starts.length).fill(-1)
  }

  /** Compiles ranges of one family. */
  static *of(rules: readonly IndexedRange[]): Steps<Segments> {
    const stretches = rules.map(stretchOf)
    yield
    const segments = new Segments(startsOf(stretches))
    yield
    stretches.sort((a, b) => compareSizes(a, b) || a.index - b.index)
    yield* segments.#paint(stretches)
    return segments
  }

  /** The index of the smallest range that covers `address` (of equal ones the first), -1 for none. */
  winnerAt(address: Address): number {
    return this.#winners[this.#segmentOf(address)] ?? -1
  }

  /** Paints the smallest ranges first; `next` skips what is painted, so every segment is painted once. */
  *#paint(smallestFirst: readonly Stretch[]): Steps<void> {
    const next = Int32Array.from({ length: this.#starts.length + 1 }, (_, segment) => segment)
    for (const [count, { index, from, end }] of smallestFirst.entries()) {
      if (count % STEP === 0) yield
      const last = this.#segmentOf(end)
      for (let at = follow(next, this.#segmentOf(from)); at < last; at = follow(next, at)) {
        this.#winners[at] = index
        next[at] = at + 1
      }
    }
  }

  /** The segment `address` lies in, -1 before the first. */
  #segmentOf(address: Address): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#starts[middle]! <= address) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

function stretchOf({ index, range: { family, from, to } }: IndexedRange): Stretch {
  return family === 4 ? { index, from: Number(from), end: Number(to) + 1 } : { index, from, end: to + 1n }
}

/** Where segments begin: every range's beginning and end, in order, each once. */
function startsOf(stretches: readonly Stretch[]): ArrayLike<Address> {
  const unique = new Set<Address>()
  for (const { from, end } of stretches) unique.add(from).add(end)
  const all = [...unique]
  if (all.every((start) => typeof start === 'number')) return Float64Array.from(all).sort()
  return all.sort((a, b) => (a < b ? -1 : Number(a > b)))
}

/** The first unpainted segment at or after `segment`; halves the path it walked, so that later walks are short. */
function follow(next: Int32Array, segment: number): number {
  let at = segment
  while (next[at] !== at) {
    next[at] = next[next[at]!]!
    at = next[at]!
  }
  return at
}

function compareSizes(a: Stretch, b: Stretch): number {
  // Of one family all are numbers, or all are bigints.
  const difference = (b.end as bigint) - (b.from as bigint) - ((a.end as bigint) - (a.from as bigint))
  return difference > 0 ? -1 : Number(difference < 0)
}
