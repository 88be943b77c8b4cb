// Pure: the order of a day's lines by time. Sorting objects by a comparing function costs ten times what writing a line
// does; numbers alone sort fast, so time and place are packed into one.

import { US_PER_DAY } from './calendar.js'

/** Parts the day is cut into, so that a time within one and a place fit into the 53 bits of a number. */
const PARTS = 96
const PART_US = US_PER_DAY / PARTS

/** Most lines within a part of the day: 2^22. */
const PLACES = 2 ** 22

/** The places of `times` (microseconds, 0 to a day and a little more) in order of time; equal times stay as they are. */
export function timeOrder(times: Float64Array, count: number): Uint32Array {
  const ends = new Uint32Array(PARTS + 1)
  const partOf = (time: number): number => Math.min(PARTS - 1, Math.max(0, Math.floor(time / PART_US)))
  for (let i = 0; i < count; i++) ends[partOf(times[i]!) + 1]!++
  for (let part = 0; part < PARTS; part++) ends[part + 1]! += ends[part]!
  const begins = ends.slice()
  const places = new Uint32Array(count)
  for (let i = 0; i < count; i++) places[begins[partOf(times[i]!)]!++] = i
  const order = new Uint32Array(count)
  for (let part = 0; part < PARTS; part++) sortPart(times, places, order, part * PART_US, ends[part]!, ends[part + 1]!)
  return order
}

function sortPart(
  times: Float64Array,
  places: Uint32Array,
  order: Uint32Array,
  base: number,
  from: number,
  to: number,
): void {
  if (to - from > PLACES) throw new RangeError(`more than ${PLACES} lines in a quarter of an hour`)
  const keys = new Float64Array(to - from)
  for (let i = from; i < to; i++) keys[i - from] = (times[places[i]!]! - base) * PLACES + (i - from)
  keys.sort()
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    order[from + i] = places[from + (key - Math.floor(key / PLACES) * PLACES)]!
  }
}
