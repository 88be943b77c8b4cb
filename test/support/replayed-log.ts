/** Generated logs for replay: the log as bytes and as truth, and the configuration it was made with. */

import { type Configuration, configurationOf, type FileName } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import type { ProfileName } from '../../agent/log/message-form.js'
import { PROFILES } from '../../agent/log/profiles.js'
import { LogCensus, type LogCensusResult } from '../../agent/log/replay/log-census.js'
import { ChunkMaker } from '../../agent/synth/chunks.js'
import { FlowChoices } from '../../agent/synth/flow-kinds.js'
import { SCENARIOS } from '../../agent/synth/scenarios.js'
import type { TruthLine } from '../../agent/synth/truth.js'
import { unitsOf } from '../../agent/synth/units.js'
import { makeWorld } from '../../agent/synth/world.js'
import { MONDAY } from './generated-log.js'

/** The files of a new home, some of them replaced. */
export function configurationWith(files: Readonly<Partial<Record<FileName, unknown>>> = {}): Configuration {
  return configurationOf({ ...defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' }), ...files })
}

/** A generated log. */
export interface ReplayedLog {
  /** The log, in pieces of many lines. */
  readonly chunks: readonly Uint8Array[]
  readonly truth: readonly TruthLine[]
  /** With the scenario's own rules. */
  readonly configuration: Configuration
}

/** What is generated where a test says nothing else: 3,000 lines of a new home, without truth. */
export interface WantedLog {
  readonly profile?: ProfileName
  readonly scenario?: string
  readonly files?: Configuration
  readonly lines?: number
  readonly seed?: string
  readonly truth?: boolean
}

/** Generates a log. */
export function replayedLog(wanted: WantedLog = {}): ReplayedLog {
  const { profile = 'windows-r114', scenario = 'normal-day', files = configurationWith(), seed = '1' } = wanted
  const { lines = 3000, truth = false } = wanted
  const world = makeWorld(seed, PROFILES[profile], SCENARIOS.get(scenario)!, files)
  const maker = new ChunkMaker(world, new FlowChoices(world), truth)
  const request = {
    start: MONDAY,
    amount: { lines },
    endpoints: 1,
    shard: { index: 0, count: 1 },
    wholeEndpoints: false,
  }
  const chunks: Uint8Array[] = []
  const told: TruthLine[] = []
  for (const unit of unitsOf(world, request))
    for (const chunk of maker.chunks(unit, { file: '-', offset: 0 })) {
      chunks.push(Uint8Array.from(chunk.bytes))
      for (const line of chunk.truth.split('\n')) if (line !== '') told.push(JSON.parse(line) as TruthLine)
    }
  return { chunks, truth: told, configuration: world.configuration }
}

/** The flows of a log in one file. */
export function censusOf(chunks: Iterable<Uint8Array>, bySource = false): LogCensusResult {
  const census = new LogCensus({ bySource })
  census.beginLog()
  census.beginFile()
  for (const chunk of chunks) census.push(chunk)
  census.endFile()
  return census.result()
}
