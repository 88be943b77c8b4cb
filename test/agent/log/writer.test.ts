import fs from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import { PROFILES } from '../../../agent/log/profiles.js'
import { LEVELS } from '../../../agent/log/record.js'
import { linesOf, numbered, numbersOf, upTo, writerIn } from '../../support/numbered-lines.js'

// A zone whose clock jumps, so that local time is not UTC by chance.
process.env.TZ = 'America/New_York'

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

void t.test('the two lines of a flow that is bypassed by tunnelling come from one worker', async (t) => {
  const directory = t.testdir()
  const log = writerIn(directory)
  const [source, destination] = [
    { ip: '10.0.2.140', port: 60894 },
    { ip: '98.136.103.27', port: 443 },
  ]
  const flow = { process: 'chrome.exe', host: 'udc.yahoo.com' }
  log.report({ type: 'bypass-pinned-tunnel', ...flow })
  log.report({ type: 'flow-tunneled', transport: 'DTLS', sessionId: 1, source, ...flow, destination, via: 'nsProxy' })
  log.report({ type: 'tunnel-closed', transport: 'TLS' })
  await log.close()
  const [pinned, tunneled, closed] = (await linesOf(directory)).map((line) => line.split(' ')[4])
  t.equal(pinned, tunneled)
  t.not(closed, tunneled, "the life of the tunnel is another one's")
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

void t.test('the level may change while the log runs', async (t) => {
  const directory = t.testdir()
  const log = writerIn(directory)
  t.equal(log.level, 'info', 'as in the real client')
  const numbers = upTo(5).filter((number) => {
    const level = LEVELS[number]!
    log.level = level
    log.report(numbered(number))
    return log.level === level
  })
  t.strictSame(numbers, upTo(5), 'it is what it was set to')
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), [3, 4], 'an info line is written at info and debug')
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
  log.report(numbered(0))
  await log.flush()
  for (const number of upTo(1001).slice(1)) log.report(numbered(number))
  await endOfTurn()
  t.strictSame(numbersOf(await linesOf(directory)), upTo(1001))
  t.equal(writes, 2)
  await log.close()
  t.equal(writes, 2)
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

void t.test('writers of one log never mix their lines, nor rotate under each other', async (t) => {
  const directory = t.testdir()
  const limits = { maxBytes: 20_000, maxFiles: 100 }
  const logs = [
    writerIn(directory, { ...limits, pid: 1000 }),
    writerIn(directory, { ...limits, pid: 2000, profile: PROFILES['macos-r126'] }),
  ]
  for (const number of upTo(3000)) {
    for (const log of logs) log.report(numbered(number))
    if (number % 50 === 0) await logs[number % 2]?.flush()
  }
  await Promise.all(logs.map((log) => log.close()))
  const { length } = await readdir(directory)
  t.ok(length > 20, `${length} files`)
  const names = [
    ...upTo(length)
      .slice(1)
      .reverse()
      .map((n) => `nsdebuglog.${n}.log`),
    'nsdebuglog.log',
  ]
  const files = await Promise.all(names.map((name) => linesOf(directory, name)))
  for (const lines of files) t.ok(lines.join('').length <= limits.maxBytes, 'within its size')
  for (const process of ['stAgentSvc', 'stAgentNE']) {
    const lines = files.flat().filter((line) => line.includes(` ${process} `))
    t.strictSame(numbersOf(lines), upTo(3000), `${process}: whole, in order, none lost`)
  }
  t.equal(files.flat().length, 6000)
})

void t.test('a writer that is closed leaves the log to the others', async (t) => {
  const directory = t.testdir()
  const [one, other] = [writerIn(directory), writerIn(directory)]
  one.report(numbered(0))
  await one.close()
  await one.close()
  other.report(numbered(1))
  one.report(numbered(2))
  const late = writerIn(directory, { maxBytes: 1 })
  late.report(numbered(3))
  await Promise.all([other.close(), late.close()])
  t.strictSame(await readdir(directory), ['nsdebuglog.log'], 'the size is the one it was opened with first')
  t.strictSame(numbersOf(await linesOf(directory)), [0, 1, 3])
})

void t.test('the size may be changed while it writes', async (t) => {
  const directory = t.testdir()
  const log = writerIn(directory, { maxFiles: 100, maxBytes: 1e9 })
  t.equal(log.maxBytes, 1e9)
  for (const number of upTo(20)) log.report(numbered(number))
  await log.flush()
  t.strictSame(await readdir(directory), ['nsdebuglog.log'])
  log.maxBytes = 300
  for (const number of upTo(4)) log.report(numbered(number))
  await log.flush()
  t.equal((await readdir(directory)).length, 3, 'the large one, and two of two lines')
  log.maxBytes = 1e9
  for (const number of upTo(20)) log.report(numbered(number))
  await log.close()
  t.strictSame(numbersOf(await linesOf(directory)), [2, 3, ...upTo(20)])
})
