/** Generated logs in memory, with their truth. */

import { configurationOf } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import type { Profile } from '../../agent/log/profile.js'
import { parseStart } from '../../agent/synth/calendar.js'
import { ChunkMaker } from '../../agent/synth/chunks.js'
import { FlowChoices } from '../../agent/synth/flow-kinds.js'
import type { Scenario } from '../../agent/synth/scenario.js'
import type { TruthLine } from '../../agent/synth/truth.js'
import { type Amount, type Shard, unitsOf } from '../../agent/synth/units.js'
import { makeWorld } from '../../agent/synth/world.js'

/** The client's files of a new home. */
export const NEW_HOME = configurationOf(defaultFiles({ tenant: 'lab', user: 'user@example.com', org: 'Lab' }))

/** A Monday. */
export const MONDAY = parseStart('2026-11-02')!

/** What is generated where a test says nothing else. */
export interface Wanted {
  readonly amount: Amount
  readonly seed?: string
  readonly endpoints?: number
  readonly shard?: Shard
  readonly truth?: boolean
  readonly start?: number
}

/** A generated log. */
export interface GeneratedLog {
  readonly text: string
  readonly truth: readonly TruthLine[]
}

/** Generates a log as the command does, without a file. */
export function generatedLog(profile: Profile, scenario: Scenario, wanted: Wanted): GeneratedLog {
  const { amount, seed = '1', endpoints = 1, shard = { index: 0, count: 1 }, truth = true, start = MONDAY } = wanted
  const world = makeWorld(seed, profile, scenario, NEW_HOME)
  const maker = new ChunkMaker(world, new FlowChoices(world), truth)
  const position = { file: '-', offset: 0 }
  const pieces: Buffer[] = []
  let told = ''
  for (const unit of unitsOf(world, { start, amount, endpoints, shard, wholeEndpoints: false }))
    for (const chunk of maker.chunks(unit, position)) {
      pieces.push(Buffer.from(chunk.bytes))
      told += chunk.truth
    }
  const lines = told.split('\n').filter((line) => line !== '')
  return { text: Buffer.concat(pieces).toString(), truth: lines.map((line) => JSON.parse(line) as TruthLine) }
}
