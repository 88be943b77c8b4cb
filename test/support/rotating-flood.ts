/**
 * A program for tests of who reads a log while it is written: logs numbered lines as fast as it can, in small files, until
 * it is killed. `node rotating-flood.js DIRECTORY`
 */

import { setImmediate as turn } from 'node:timers/promises'
import { numbered, writerIn } from './numbered-lines.js'

const [directory = ''] = process.argv.slice(2)
const log = writerIn(directory, { maxBytes: 256 * 1024, maxFiles: 6 })

for (let number = 0; ; ) {
  for (const end = number + 200; number < end; number++) log.report(numbered(number))
  await log.flush()
  await turn()
}
