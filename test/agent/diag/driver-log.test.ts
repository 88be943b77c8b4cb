/** The driver log on a real disk, a missing one, and a full one. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DriverLog } from '../../../agent/diag/driver-log.js'
import { waitUntil } from '../../support/wait-until.js'

const opened = (flow: number) => ({ type: 'opened', flow }) as const

void t.test('what is reported while it runs is in the file', async (t) => {
  const path = join(t.testdir({ 'd.log': 'of an earlier day\n' }), 'd.log')
  let now = 0
  const log = new DriverLog(() => now++)
  log.report(opened(1))
  t.strictSame(log.status, { file: '', running: false, lines: 0, lost: 0, failure: '' }, 'off, nothing happens')

  t.strictSame(log.start(path), { file: path, running: true, lines: 0, lost: 0, failure: '' })
  t.throws(() => log.start(path), { code: 'driver-log-running', message: /runs already: .*d\.log$/ })
  log.report(opened(2))
  log.report(opened(3))
  t.strictSame(await log.stop(), { file: path, running: false, lines: 2, lost: 0, failure: '' })
  t.equal(readFileSync(path, 'utf8'), '1970-01-01T00:00:00.000Z #2 opened\n1970-01-01T00:00:00.001Z #3 opened\n')
  log.report(opened(4))
  await t.rejects(log.stop(), { code: 'no-driver-log', message: 'no driver log runs' })
  t.equal(log.start(path).lines, 0, 'and once more')
  await log.stop()
  t.equal(readFileSync(path, 'utf8'), '')
})

void t.test('a new file is its owner’s alone', async (t) => {
  const path = join(t.testdir(), 'd.log')
  const log = new DriverLog(Date.now)
  log.start(path)
  t.equal(statSync(path).mode & 0o777, 0o600)
  await log.stop()
})

void t.test('a file that cannot be made', async (t) => {
  const log = new DriverLog(Date.now)
  const message = /^the driver log cannot be written: .*ENOENT/
  t.throws(() => log.start(join(t.testdir(), 'none', 'd.log')), { code: 'driver-log-failed', exitCode: 1, message })
  t.notOk(log.running)
})

void t.test('a full disk ends the log, and nothing else', async (t) => {
  const log = new DriverLog(Date.now)
  log.start('/dev/full')
  log.report(opened(1))
  await waitUntil(() => !log.running)
  t.match(log.status, { running: false, failure: /ENOSPC/ })
  log.report(opened(2))
  await t.rejects(log.stop(), { code: 'no-driver-log', message: /ended by itself \(.*ENOSPC/ })
})

void t.test('a full disk that is found at the end', async (t) => {
  const log = new DriverLog(Date.now)
  log.start('/dev/full')
  log.report(opened(1))
  t.match(await log.stop(), { running: false, failure: /ENOSPC/ })
})

void t.test('it ends itself at its size', async (t) => {
  const path = join(t.testdir(), 'd.log')
  const log = new DriverLog(Date.now, 100)
  log.start(path)
  for (let flow = 0; flow < 5; flow += 1) log.report(opened(flow))
  t.match(log.status, { running: false, lines: 2, failure: 'it has reached its 100 bytes' })
  await waitUntil(() => readFileSync(path, 'utf8').split('\n').length === 3)
})

void t.test('what waits for the disk is bounded', async (t) => {
  const path = join(t.testdir(), 'd.log')
  const log = new DriverLog(Date.now)
  log.start(path)
  const long = { type: 'owner', flow: 1, process: 'x'.repeat(1_000_000) } as const
  for (let i = 0; i < 10; i += 1) log.report(long)
  const { lines, lost } = await log.stop()
  t.equal(lines + lost, 10)
  t.ok(lost >= 5, `${lost} lost`)
  t.equal(readFileSync(path, 'utf8').split('\n').length - 1, lines, 'and only whole lines are there')
})

void t.test('the next one waits until the last is whole', async (t) => {
  const path = join(t.testdir(), 'd.log')
  const log = new DriverLog(() => 0)
  log.start(path)
  log.report(opened(1))
  const stopping = log.stop()
  t.throws(() => log.start(path), { code: 'driver-log-running' })
  t.match(await stopping, { running: false, lines: 1 })
  log.start(path)
  t.match(await log.stop(), { lines: 0 })
})
