// Pure: a run cut into days of endpoints, and which of them are a shard's. Every day is made from the seed alone, so that
// shards joined in order are the whole run; only the plans of days before its own cost a shard anything.

import { dayOf, US_PER_DAY } from './calendar.js'
import { DayLog } from './day-log.js'
import { type DayPlan, planDay } from './day-plan.js'
import { type Endpoint, endpointOf } from './endpoint.js'
import { FlowChoices } from './flow-kinds.js'
import type { World } from './world.js'

/** How much is written: of time (microseconds), of lines, or of bytes, which is met to a few per cent. */
export type Amount = { readonly duration: number } | { readonly lines: number } | { readonly bytes: number }

/** A part of a run: `index` from 0 of `count`. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** What is asked for. */
export interface RunRequest {
  /** LogRecord.time. */
  readonly start: number
  readonly amount: Amount
  readonly endpoints: number
  readonly shard: Shard
  /** No endpoint is cut between shards: each shard writes whole files. */
  readonly wholeEndpoints: boolean
}

/** Some lines of one day of one endpoint. */
export interface Unit {
  readonly plan: DayPlan
  /** First line at or after this time is the first one. */
  readonly from: number
  /** Last line is before this time. */
  readonly to: number
  /** Most lines. */
  readonly lines: number
}

/** A run gives up on an endpoint that writes nothing for so many days: its scenario leaves it no hours. */
const MAX_QUIET_DAYS = 60

/** The units of the shard, in order. */
export function* unitsOf(world: World, request: RunRequest): Generator<Unit> {
  const { endpoints, shard } = request
  // Made once: the kinds of flows are the same for all endpoints.
  const choices = new FlowChoices(world)
  const lines = linesOf(world, request, choices)
  const first = Math.floor((shard.index * endpoints) / shard.count)
  for (let number = first; number < endpoints; number++) {
    if ((number * shard.count) / endpoints >= shard.index + 1) return
    const endpoint = endpointOf(world, number)
    const share = lines === undefined ? undefined : shareOf(lines, endpoints, number)
    const units =
      share === undefined ? byTime(world, endpoint, request) : byLines(world, endpoint, request, share, choices)
    for (const { unit, done } of units) {
      const place = number + (request.wholeEndpoints ? 0 : done)
      const owner = Math.floor((place * shard.count) / endpoints)
      if (owner > shard.index) break
      if (owner === shard.index) yield unit
    }
  }
}

/** A unit, and how much of its endpoint's run comes before it, 0 up to 1. */
interface Placed {
  readonly unit: Unit
  readonly done: number
}

function* byTime(world: World, endpoint: Endpoint, { start, amount }: RunRequest): Generator<Placed> {
  if (!('duration' in amount)) return
  const end = start + amount.duration
  for (let day = dayOf(start); day * US_PER_DAY < end; day++) {
    const done = Math.max(0, day * US_PER_DAY - start) / amount.duration
    yield { unit: { plan: planDay(world, endpoint, day), from: start, to: end, lines: Number.POSITIVE_INFINITY }, done }
  }
}

function* byLines(
  world: World,
  endpoint: Endpoint,
  { start }: RunRequest,
  share: number,
  choices: FlowChoices,
): Generator<Placed> {
  let written = 0
  let quiet = 0
  for (let day = dayOf(start); written < share && quiet < MAX_QUIET_DAYS; day++) {
    const plan = planDay(world, endpoint, day)
    const there = day * US_PER_DAY < start ? linesAfter(world, plan, start, choices) : plan.lines
    quiet = there === 0 ? quiet + 1 : 0
    const lines = Math.min(there, share - written)
    yield { unit: { plan, from: start, to: Number.POSITIVE_INFINITY, lines }, done: written / share }
    written += lines
  }
}

function linesAfter(world: World, plan: DayPlan, start: number, choices: FlowChoices): number {
  if (plan.lines === 0) return 0
  const log = new DayLog(world, plan, choices)
  return log.count - log.lineAt(start)
}

/** Lines of one endpoint: the first ones have one more where they do not come out even. */
function shareOf(lines: number, endpoints: number, number: number): number {
  return Math.floor(lines / endpoints) + (number < lines % endpoints ? 1 : 0)
}

/** Lines of the run; undefined for a run by time. Bytes are measured on the first day that has some. */
function linesOf(world: World, { start, amount }: RunRequest, choices: FlowChoices): number | undefined {
  if ('lines' in amount) return amount.lines
  if ('duration' in amount) return undefined
  const endpoint = endpointOf(world, 0)
  for (let day = dayOf(start); day < dayOf(start) + MAX_QUIET_DAYS; day++) {
    const plan = planDay(world, endpoint, day)
    if (plan.lines < 1000) continue
    const log = new DayLog(world, plan, choices)
    return Math.max(1, Math.round(amount.bytes / log.meanLength()))
  }
  return 0
}
