// Pure: overlapping ranges cut into disjoint segments, each knowing the range that wins there, so that a look-up is one
// binary search however many ranges overlap.

import type { AddressRange } from './address.js'

/** A range and the index of its entry. */
export interface IndexedRange {
  readonly index: number
  readonly range: AddressRange
}

/** Ranges of one address family, compiled once. Segment i covers starts[i] up to starts[i + 1], without it. */
export class Segments {
  readonly #starts: readonly bigint[]
  readonly #winners: Int32Array

  constructor(rules: readonly IndexedRange[]) {
    const starts = new Set<bigint>()
    for (const { range } of rules) starts.add(range.from).add(range.to + 1n)
    this.#starts = [...starts].sort(compare)
    this.#winners = new Int32Array(this.#starts.length).fill(-1)
    this.#paint([...rules].sort((a, b) => compare(sizeOf(a), sizeOf(b)) || a.index - b.index))
  }

  /** The index of the smallest range that covers `address` (of equal ones the first), -1 for none. */
  winnerAt(address: bigint): number {
    return this.#winners[this.#segmentOf(address)] ?? -1
  }

  /** Paints the smallest ranges first; `next` skips what is painted, so every segment is painted once. */
  #paint(smallestFirst: readonly IndexedRange[]): void {
    const next = Int32Array.from({ length: this.#starts.length + 1 }, (_, segment) => segment)
    for (const { index, range } of smallestFirst) {
      const end = this.#segmentOf(range.to + 1n)
      for (let at = follow(next, this.#segmentOf(range.from)); at < end; at = follow(next, at)) {
        this.#winners[at] = index
        next[at] = at + 1
      }
    }
  }

  /** The segment `address` lies in, -1 before the first. */
  #segmentOf(address: bigint): number {
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

/** The first unpainted segment at or after `segment`; halves the path it walked, so that later walks are short. */
function follow(next: Int32Array, segment: number): number {
  let at = segment
  while (next[at] !== at) {
    next[at] = next[next[at]!]!
    at = next[at]!
  }
  return at
}

function sizeOf(rule: IndexedRange): bigint {
  return rule.range.to - rule.range.from
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}
