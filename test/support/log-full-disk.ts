/**
 * A program for the writer's tests, run where DIRECTORY is a small file system of its own: fills it, logs more than
 * fits, makes room, and prints what the writer told. `node log-full-disk.js DIRECTORY LINES`
 */

import { rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PROFILES } from '../../agent/log/profiles.js'
import { LogWriter } from '../../agent/log/writer.js'

const [directory = '', lines = '0'] = process.argv.slice(2)
const filler = join(directory, 'filler')
const { bavail, bsize } = await statfs(directory)
// One page stays free, so that the first write is cut in the middle of a line.
await writeFile(filler, Buffer.alloc((bavail - 1) * bsize))

const told: string[] = []
const log = new LogWriter({
  directory,
  profile: PROFILES['linux-r140'],
  now: () => 0,
  pid: process.pid,
  retryMs: 60_000,
  onTrouble: ({ code, message }) => told.push(`${code} ${message}`),
})
for (let number = 0; number < Number(lines); number++) {
  log.report({ type: 'bypass-pinned', process: 'full', host: `${number}` })
}
await log.flush()
await log.flush()
await rm(filler)
await log.close()
process.stdout.write(JSON.stringify(told))
