import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { SteerError } from '../../../agent/errors.js'
import type { LogEvent } from '../../../agent/log/event.js'
import { PROFILES } from '../../../agent/log/profiles.js'
import { parseRecord } from '../../../agent/log/record.js'
import type { LogWriterOptions } from '../../../agent/log/writer.js'
import { LogWriter } from '../../../agent/log/writer.js'

// A zone whose clock jumps, so that local time is not UTC by chance.
process.env.TZ = 'America/New_York'

const NOON = Date.UTC(2024, 3, 28, 16, 0, 0) * 1000

function writerIn(directory: string, options: Partial<LogWriterOptions> = {}): LogWriter {
  return new LogWriter({ directory, profile: PROFILES['windows-r114'], now: () => NOON, pid: 1000, ...options })
}

/** An event whose line carries a number. */
function numbered(number: number): LogEvent {
  return { type: 'bypass-pinned', process: 'app', host: String(number) }
}

/** The lines of a log, each with its ending. */
async function linesOf(directory: string, name = 'nsdebuglog.log'): Promise<readonly string[]> {
  return (await readFile(join(directory, name), 'utf8')).split(/(?<=\n)/)
}

/** The numbers of numbered lines; NaN for a line that is not whole. */
function numbersOf(lines: readonly string[]): readonly number[] {
  return lines.map((line) => {
    const parsed = parseRecord(line)
    return 'record' in parsed && parsed.style.eol !== ''
      ? Number(parsed.record.message.split(', host: ')[1])
      : Number.NaN
  })
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

void t.test('an event becomes its line, in local time, with the ids of its worker', async (t) => {
  const directory = t.testdir()
  const log = writerIn(directory)
  log.report({ type: 'bypass-pinned', process: 'chrome.exe', host: 'a.com' })
  log.report({ type: 'tunnel-disconnecting', transport: 'TLS', context: 'NSTUNNEL_DISCONNECTED_BYUSER' })
  await log.close()
  t.strictSame(await linesOf(directory), [
    '2024/04/28 12:00:00.000 stAgentSvc pfa4 t1498 info bypassAppMgr.cpp:654 BypassAppMgr Bypassing connection from process: chrome.exe, host: a.com\r\n',
    '2024/04/28 12:00:00.000 stAgentSvc pfa4 t126c info tunnel.cpp:292 nsTunnel TLS disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_BYUSER\r\n',
  ])
  t.equal((await stat(log.path)).mode & 0o777, 0o600)
})

void t.test('local time follows the clock change', async (t) => {
  const directory = t.testdir()
  const change = Date.UTC(2024, 2, 10, 7, 0, 0) * 1000
  const times = [change - 1, change, change + 1]
  const log = writerIn(directory, { now: () => times.shift() ?? 0, profile: PROFILES['macos-r126'] })
  for (const number of upTo(3)) log.report(numbered(number))
  await log.close()
  t.strictSame(
    (await linesOf(directory)).map((line) => line.slice(0, 26)),
    ['2024/03/10 01:59:59.999999', '2024/03/10 03:00:00.000000', '2024/03/10 03:00:00.000001'],
  )
})

void t.test('only lines as severe as the level are written', async (t) => {
  const failed: LogEvent = { type: 'tunnel-connect-failed', transport: 'TLS', gateway: 'gw', port: 443, error: 111 }
  for (const [level, count] of [
    ['error', 1],
    ['critical', 0],
    ['info', 2],
    ['debug', 2],
  ] as const) {
    const directory = join(t.testdir(), level)
    const log = writerIn(directory, { level })
    log.report(numbered(1))
    log.report(failed)
    await log.close()
    const lines = count === 0 ? [] : await linesOf(directory)
    t.equal(lines.length, count, level)
  }
})

void t.test('the lines of one turn leave in one write, without waiting for more', async (t) => {
  const directory = t.testdir({})
  const original = fs.writeSync
  let writes = 0
  const counting = (writeSync: typeof fs.writeSync): void => {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  }
  counting(((...args: unknown[]) => {
    writes++
    return Reflect.apply(original, fs, args)
  }) as typeof fs.writeSync)
  t.teardown(() => counting(original))
  const log = writerIn(directory)
  for (const number of upTo(1000)) log.report(numbered(number))
  await until(
    async () => (await readdir(directory)).includes('nsdebuglog.log') && (await linesOf(directory)).length === 1000,
  )
  t.equal(writes, 1)
  t.strictSame(numbersOf(await linesOf(directory)), upTo(1000))
  await log.close()
  t.equal(writes, 1)
})

void t.test('100,000 events in one turn are all written, in order', async (t) => {
  const directory = t.testdir()
  const log = writerIn(directory, { maxBytes: 1e9 })
  for (let number = 0; number < 100_000; number++) log.report(numbered(number))
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), upTo(100_000))
})

void t.test('the log rotates, and no line is lost or split', async (t) => {
  const directory = t.testdir()
  const log = writerIn(directory, { maxBytes: 100_000 })
  for (const number of upTo(1500)) {
    log.report(numbered(number))
    if (number % 100 === 0) await log.flush()
  }
  await log.close()
  const [older, newer] = [await linesOf(directory, 'nsdebuglog.1.log'), await linesOf(directory)]
  for (const lines of [older, newer]) t.ok(lines.join('').length <= 100_000, 'within its size')
  t.strictSame((await readdir(directory)).toSorted(), ['nsdebuglog.1.log', 'nsdebuglog.log'])
  t.strictSame(numbersOf([...older, ...newer]), upTo(1500).slice(-older.length - newer.length))
})

void t.test('after close nothing is written, and closing twice is harmless', async (t) => {
  const directory = t.testdir()
  const log = writerIn(directory)
  log.report(numbered(0))
  await log.close()
  log.report(numbered(1))
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), [0])
})

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
  await until(async () => told.length === 1)
  await rm(log.path, { recursive: true })
  await until(async () => (await readdir(directory)).length === 1 && (await linesOf(directory)).length === 1)
  // The next line needs a rotation, and something is in its way.
  await mkdir(join(directory, 'nsdebuglog.1.log'))
  log.report(numbered(1))
  await until(async () => told.length === 2)
  await rm(join(directory, 'nsdebuglog.1.log'), { recursive: true })
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), [1])
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

void t.test('two writers of one file never mix their lines', async (t) => {
  const directory = t.testdir()
  const logs = [writerIn(directory), writerIn(directory)]
  for (const number of upTo(3000)) {
    for (const log of logs) log.report(numbered(number))
    if (number % 50 === 0) await logs[number % 2]?.flush()
  }
  await Promise.all(logs.map((log) => log.close()))
  const numbers = numbersOf(await linesOf(directory))
  t.strictSame(
    numbers.toSorted((a, b) => a - b),
    upTo(6000).map((i) => Math.floor(i / 2)),
  )
})

void t.test('killed in the middle of a flood, it has written every flushed line, and whole ones only', async (t) => {
  const directory = t.testdir()
  const program = fileURLToPath(new URL('../../support/log-flood.js', import.meta.url))
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  let flushed = -1
  for await (const line of createInterface(child.stdout)) {
    flushed = Number(line)
    if (flushed > 5000) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  const numbers = numbersOf(await linesOf(directory))
  t.strictSame(numbers, upTo(numbers.length), 'no gap, no half line')
  t.ok(numbers.length > flushed, `${numbers.length} lines, ${flushed + 1} flushed`)
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

/** Looks until a condition holds, for at most five seconds. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const started = Date.now(); Date.now() - started < 5000; await delay(5)) {
    if (await condition()) return
  }
  throw new Error('it did not happen within five seconds')
}
