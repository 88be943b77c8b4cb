/**
 * A program for the writer's tests: logs numbered flows into a directory until it is killed, flushing nothing, and
 * prints the time (ms since 1970) and the number of the last line after each hundred. `node log-flood.js DIRECTORY`
 */

import { setTimeout as delay } from 'node:timers/promises'
import { PROFILES } from '../../agent/log/profiles.js'
import { LogWriter } from '../../agent/log/writer.js'

const [directory = ''] = process.argv.slice(2)
const log = new LogWriter({
  directory,
  profile: PROFILES['windows-r114'],
  now: () => Date.now() * 1000,
  pid: process.pid,
  maxBytes: 1e9,
})

for (let number = 0; ; ) {
  const end = number + 100
  for (; number < end; number++) log.report({ type: 'bypass-pinned', process: 'flood', host: `${number}` })
  process.stdout.write(`${Date.now()} ${end - 1}\n`)
  await delay(10)
}
