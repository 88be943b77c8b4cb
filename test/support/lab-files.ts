/** Files a test's lab is started with, and edits of them while its agent runs. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { FlowRecord } from '../../agent/flow-history.js'
import { DEFAULT_POP_TABLE } from '../../gateway/pops/default-pops.js'
import type { PopTable } from '../../gateway/pops/pop.js'
import { askAgent } from '../../scripts/commands/common.js'
import type { LabStatus } from '../../scripts/commands/status.js'
import { homePaths } from '../../scripts/process/home.js'
import { defaultTexts } from './config-files.js'
import type { TestLab } from './steerlab.js'
import { waitUntil } from './wait-until.js'

/** nsconfig.json of a new home, with changes. */
export function clientConfig(changes: object): object {
  return { ...JSON.parse(defaultTexts()['nsconfig.json']), ...changes }
}

/** Flags for a POP table: the built-in one, but for `changes`. */
export function withPops(t: Test, changes: Partial<PopTable>): readonly string[] {
  return ['--pops', popsFile(t, JSON.stringify({ ...DEFAULT_POP_TABLE, ...changes }))]
}

/** The first POPs of the built-in table, so far apart (60 ms) that a busy machine does not change their order. */
export function popsApart(count: number): PopTable['pops'] {
  return DEFAULT_POP_TABLE.pops.slice(0, count).map((pop, place) => ({ ...pop, rttMs: place * 60, jitterMs: 0 }))
}

/** A file that is to hold a POP table. */
export function popsFile(t: Test, text: string): string {
  return join(t.testdir({ 'pops.json': text }), 'pops.json')
}

/** Puts a file in place of the one an agent goes by, and waits until it is in force. */
export async function edit(lab: TestLab, name: string, content: object): Promise<void> {
  const { version } = (await statusOf(lab)).configuration
  writeFileSync(join(lab.home, 'stagent', name), JSON.stringify(content))
  await waitUntil(async () => (await statusOf(lab)).configuration.version > version)
}

/** What `status` prints, without its process: for what is asked over and over. */
export async function statusOf(lab: TestLab): Promise<LabStatus> {
  return (await askAgent(homePaths(lab.home), 'status')) as LabStatus
}

/** What `flows --json` prints, in the same way. */
export async function flowsOf(lab: TestLab): Promise<readonly FlowRecord[]> {
  return (await askAgent(homePaths(lab.home), 'flows')) as FlowRecord[]
}
