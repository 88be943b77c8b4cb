/** Save Logs of a large log. */

import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { saveLogs } from '../../../../agent/diag/bundle/save-logs.js'
import { bundleOptions } from '../../../support/bundle-home.js'

const MiB = 1024 * 1024

void t.test('256 MiB of log take some MiB of memory', async (t) => {
  const home = t.testdir()
  const logs = join(home, 'stagent', 'logs')
  await mkdir(logs, { recursive: true })
  const block = Buffer.from(
    Array.from(
      { length: 10_000 },
      (_, i) => `2026/11/23 10:00:00.000 stAgentSvc p1 t${i} info x.cpp:1 X line ${i * 7919}\n`,
    ).join(''),
  )
  const file = openSync(join(logs, 'nsdebuglog.log'), 'w')
  for (let size = 0; size < 256 * MiB; size += block.length) writeSync(file, block)
  closeSync(file)
  const before = process.memoryUsage().rss
  let peak = before
  const progress = (): void => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }
  const target = join(home, 'bundle.zip')
  const { manifest } = await saveLogs({ ...bundleOptions(home, target), progress })
  t.equal(manifest.members[0]!.bytes, (await stat(join(logs, 'nsdebuglog.log'))).size)
  t.ok(peak - before < 100 * MiB, `${Math.round((peak - before) / MiB)} MiB more`)
})
