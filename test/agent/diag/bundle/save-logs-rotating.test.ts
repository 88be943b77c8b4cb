/** Save Logs of a log that another process writes and rotates as fast as it can. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { saveLogs } from '../../../../agent/diag/bundle/save-logs.js'
import { bundleOptions, linesIn, unpacked } from '../../../support/bundle-home.js'
import { numbersOf } from '../../../support/numbered-lines.js'
import { waitUntil } from '../../../support/wait-until.js'

const FLOOD = fileURLToPath(new URL('../../../support/rotating-flood.js', import.meta.url))

void t.test('no line twice, none missing, none cut', async (t) => {
  const home = t.testdir()
  const logs = join(home, 'stagent', 'logs')
  await mkdir(logs, { recursive: true })
  const flood = spawn(process.execPath, [FLOOD, logs], { stdio: 'ignore' })
  try {
    await waitUntil(() => readdirSync(logs).length === 6, 20_000)
    for (let time = 0; time < 5; time++) {
      const target = join(home, `bundle-${time}.zip`)
      const { manifest } = await saveLogs(bundleOptions(home, target))
      const numbers = numbersOf(linesIn(await unpacked(target)))
      const files = manifest.members.filter(({ name }) => name.startsWith('nsdebuglog')).length
      t.ok(files >= 5, `${files} files`)
      const wrong = numbers.findIndex((number, i) => number !== numbers[0]! + i)
      t.equal(wrong, -1, `${numbers.length} lines from ${numbers[0]} on`)
      t.ok(numbers.length > 5000)
    }
  } finally {
    flood.kill('SIGKILL')
    await once(flood, 'close')
  }
})
