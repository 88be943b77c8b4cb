/** What nsdiag asks of an agent's parts; details, events and speed have tests of their own. */

import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DiagnosedParts } from '../../../agent/diag/diagnostics.js'
import { diagnostics } from '../../../agent/diag/diagnostics.js'
import { DriverLog } from '../../../agent/diag/driver-log.js'
import type { FlowRecord } from '../../../agent/flow-history.js'
import type { Level } from '../../../agent/log/record.js'

function asked(t: Test) {
  const log: { level: Level; maxBytes: number } = { level: 'info', maxBytes: 10_485_760 }
  const flow = { time: 1, verdict: { action: 'block', kind: 'pinned', app: 'opera' } } as FlowRecord
  const logs = t.testdir()
  const parts = {
    version: '0.1.0',
    logs,
    explicitProxy: false,
    session: async () => undefined,
    log,
    history: { recent: [flow] },
    driverLog: new DriverLog(Date.now),
  }
  return { log, logs, answers: diagnostics(parts as unknown as DiagnosedParts) }
}

void t.test('how much is logged', async (t) => {
  const { log, answers } = asked(t)
  t.strictSame(answers.setLog({}), { level: 'info', megabytes: 10 }, 'nothing to change')
  t.strictSame(answers.setLog({ level: 'debug' }), { level: 'debug', megabytes: 10 })
  t.strictSame(answers.setLog({ megabytes: 1024 }), { level: 'debug', megabytes: 1024 })
  t.strictSame(log, { level: 'debug', maxBytes: 1024 ** 3 })
})

void t.test('the driver log lands in the log directory', async (t) => {
  const { logs, answers } = asked(t)
  t.equal(answers.driverLog.start().file, join(logs, 'nsdriver.log'))
  t.match(await answers.driverLog.stop(), { running: false })
  t.equal(answers.driverLog.start('d.log').file, join(logs, 'd.log'))
  await answers.driverLog.stop()
})

void t.test('blocked apps, and a tunnel that is not there', async (t) => {
  const { answers } = asked(t)
  t.strictSame(answers.blocked(), [{ app: 'opera', time: 1 }])
  await t.rejects(answers.speedTest({ direction: 'upload', bytes: 1 }), { code: 'speed-test-failed' })
})
