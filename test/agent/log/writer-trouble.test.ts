/** What the writer does when the disk is full, the log is in the way, or the process is killed. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { SteerError } from '../../../agent/errors.js'
import { linesOf, numbered, numbersOf, upTo, writerIn } from '../../support/numbered-lines.js'
import { waitUntil } from '../../support/wait-until.js'

/** A user who may do nothing in others' directories. */
const NOBODY = 65_534

void t.test('a log that cannot be written is told once, and its lines come when it can', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': {} })
  const told: SteerError[] = []
  const log = writerIn(directory, { retryMs: 60_000, onTrouble: (error) => told.push(error) })
  for (const number of upTo(3)) {
    log.report(numbered(number))
    await log.flush()
  }
  t.equal(told.length, 1, 'once for three attempts')
  t.match(told[0], { code: 'log-write-failed', message: /nsdebuglog\.log cannot be written \(EISDIR\)/ })
  await rm(log.path, { recursive: true })
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), [0, 1, 2])
  t.equal(told.length, 1, 'nothing was lost, so nothing more is told')
})

void t.test('it tries again by itself, and a second trouble is told again', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': {} })
  const told: SteerError[] = []
  const log = writerIn(directory, { maxBytes: 200, retryMs: 5, onTrouble: (error) => told.push(error) })
  log.report(numbered(0))
  await waitUntil(() => told.length === 1)
  await rm(log.path, { recursive: true })
  await waitUntil(async () => (await readdir(directory)).length === 1 && (await linesOf(directory)).length === 1)
  // The next line needs a rotation, and something is in its way.
  await mkdir(join(directory, 'nsdebuglog.1.log'))
  log.report(numbered(1))
  await waitUntil(() => told.length === 2)
  await rm(join(directory, 'nsdebuglog.1.log'), { recursive: true })
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), [1])
})

void t.test('a directory that refuses to rotate is told once, and nothing is lost when it gives way', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'steerlab-log-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const isRoot = process.getuid?.() === 0
  const told: SteerError[] = []
  const log = writerIn(directory, { maxBytes: 200, retryMs: 60_000, onTrouble: (error) => told.push(error) })
  log.report(numbered(0))
  await log.flush()
  // Root may write anywhere: who else may is asked by somebody else.
  if (isRoot) process.seteuid?.(NOBODY)
  else await chmod(directory, 0o500)
  for (const number of [1, 2]) {
    log.report(numbered(number))
    await log.flush()
  }
  if (isRoot) process.seteuid?.(0)
  else await chmod(directory, 0o700)
  t.match(told, [{ code: 'log-write-failed', message: /\(EACCES\)/ }])
  await log.close()
  t.equal(told.length, 1)
  t.strictSame(numbersOf(await linesOf(directory)), [2])
  t.strictSame(numbersOf(await linesOf(directory, 'nsdebuglog.1.log')), [1])
})

void t.test('a log closed in trouble is not tried again', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': {} })
  const log = writerIn(directory, { retryMs: 5 })
  log.report(numbered(0))
  await log.close()
  await rm(log.path, { recursive: true })
  // Twice as long as the pause: an attempt would have been made.
  await delay(10)
  t.strictSame(await readdir(directory), [])
})

void t.test('lines lost while it could not be written are counted', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': {} })
  const told: SteerError[] = []
  const log = writerIn(directory, { retryMs: 60_000, maxBytes: 1e9, onTrouble: (error) => told.push(error) })
  const host = 'x'.repeat(1024 * 1024)
  for (let i = 0; i < 40; i++) log.report({ type: 'bypass-pinned', process: 'app', host })
  await log.flush()
  await rm(log.path, { recursive: true })
  await log.close()
  t.match(told, [{ code: 'log-write-failed' }, { code: 'log-lines-lost', message: /^9 lines of / }])
  t.equal((await linesOf(directory)).length, 31)
})

void t.test('killed in the middle of a flood, it has lost less than a second, and no line is half', async (t) => {
  const directory = t.testdir()
  const program = fileURLToPath(new URL('../../support/log-flood.js', import.meta.url))
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const reported: [time: number, number: number][] = []
  for await (const line of createInterface(child.stdout)) {
    const [time = 0, number = 0] = line.split(' ').map(Number)
    reported.push([time, number])
    if (time - (reported[0]?.[0] ?? time) > 1200) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  const numbers = numbersOf(await linesOf(directory))
  t.strictSame(numbers, upTo(numbers.length), 'no gap, no half line')
  const killed = reported.at(-1)?.[0] ?? 0
  const [, old = 0] = reported.findLast(([time]) => time < killed - 1000) ?? []
  t.ok(old > 0 && numbers.length > old, `${numbers.length} lines, ${old + 1} a second before`)
  const log = writerIn(directory)
  log.report(numbered(numbers.length))
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), upTo(numbers.length + 1), 'the next run goes on behind them')
})

const noNamespaces = spawnSync('unshare', ['-Urm', 'true']).status === 0 ? false : 'needs a user namespace'

void t.test(
  'a full disk is told once, and its half line is finished when there is room',
  { skip: noNamespaces },
  async (t) => {
    const directory = t.testdir()
    const program = fileURLToPath(new URL('../../support/log-full-disk.js', import.meta.url))
    // The file system of the test goes away with the shell that made it, so the shell also prints the log.
    const script = 'mount -t tmpfs -o size=256k none "$1" && "$2" "$3" "$1" 800 && echo && cat "$1/nsdebuglog.log"'
    const args = ['-Urm', 'sh', '-c', script, 'sh', directory, process.execPath, program]
    const { stdout } = spawnSync('unshare', args, { encoding: 'utf8', maxBuffer: 1e7 })
    const [told = '', ...lines] = stdout.split('\n')
    t.match(JSON.parse(told), [/^log-write-failed .*ENOSPC/])
    t.equal(lines.pop(), '', 'the log ends with its last line')
    t.strictSame(numbersOf(lines.map((line) => `${line}\n`)), upTo(800))
  },
)
