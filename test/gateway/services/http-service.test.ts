/** What the HTTP services have in common, on a plain one: requests, faults and their ends, with curl as the client. */

import { once } from 'node:events'
import t, { type Test } from 'tap'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import type { GatewayEntry } from '../../../gateway/gateway-log.js'
import { type HttpRequest, json, text } from '../../../gateway/services/http-answer.js'
import { type HttpServiceOptions, startHttpService } from '../../../gateway/services/http-service.js'
import { curl } from '../../support/curl.js'
import { connected } from '../../support/loopback.js'
import { textOf } from '../../support/text-of.js'
import { waitUntil } from '../../support/wait-until.js'

const CHECKER = { service: 'checker' } as const

async function newService(t: Test, options: Partial<HttpServiceOptions> = {}) {
  const board = new FaultBoard({ now: Date.now })
  const log: GatewayEntry[] = []
  const service = await startHttpService({
    name: 'checker',
    host: '127.0.0.1',
    port: 0,
    answer: () => text('well', 'text/plain'),
    faulty: { empty: () => text('', 'text/plain') },
    fault: board.source(CHECKER),
    log: (entry) => log.push(entry),
    ...options,
  })
  t.teardown(() => {
    board.clear()
    return service.close()
  })
  /** What curl heard: body, status, exit code. */
  const ask = async (...args: string[]) => {
    const heard = await curl('-w', '|%{http_code}', ...args, `http://127.0.0.1:${service.port}/a/b?c=d`)
    return `${heard.stdout} (${heard.exitCode})`
  }
  const fail = (fault: ServiceFault) => board.set(CHECKER, fault)
  return { ...service, log, ask, fail, mend: () => board.clear() }
}

const WELL = 'well|200 (0)'

void t.test('a request arrives whole, and the log has it without its query', async (t) => {
  const seen: HttpRequest[] = []
  const { ask, log } = await newService(t, {
    answer: (request) => {
      seen.push(request)
      return { ...json({}, 201), user: 'alice@acme.example' }
    },
    loggedPath: (path) => path.replace('b', '*'),
  })
  t.equal(await ask('--data', 'the body'), '{}|201 (0)')
  const query = new URLSearchParams('c=d')
  t.strictSame(seen, [{ method: 'POST', path: '/a/b', query, body: 'the body', clientIp: '127.0.0.1' }])
  t.strictSame(log, [
    { event: 'checker-request', method: 'POST', path: '/a/*', status: 201, user: 'alice@acme.example' },
  ])
})

void t.test('a service that fails says so, and goes on', async (t) => {
  let fails = true
  const { ask, log } = await newService(t, {
    answer: () => (fails ? Promise.reject(new Error('no disk')) : text('well', 'text/plain')),
  })
  t.equal(await ask(), '{"message":"The service has failed","status":"error"}|500 (0)')
  t.strictSame(log[0], { event: 'checker-failed', path: '/a/b', reason: 'no disk' })
  fails = false
  t.equal(await ask(), WELL)
})

void t.test('each fault, and its end', async (t) => {
  const { ask, log, fail, mend } = await newService(t)
  const cases: ReadonlyArray<readonly [fault: ServiceFault, heard: RegExp, logged: object]> = [
    [{ kind: 'time-out' }, /^\|000 \(28\)$/, { fault: 'time-out' }],
    [{ kind: 'garbage' }, /^\ufffd\ufffd\0.*\|200 \(0\)$/, { fault: 'garbage', status: 200 }],
    [{ kind: 'http-500' }, /^\{"message":"The service has failed".*\|500 \(0\)$/, { fault: 'http-500', status: 500 }],
    [{ kind: 'slow', ms: 30 }, /^well\|200 \(0\)$/, { fault: 'slow', status: 200 }],
    [{ kind: 'slow', ms: 120_000 }, /^\|000 \(28\)$/, { fault: 'slow', status: 200 }],
    [{ kind: 'empty' }, /^\|200 \(0\)$/, { fault: 'empty', status: 200 }],
    [{ kind: 'portal' }, /^well\|200 \(0\)$/, { fault: 'portal', status: 200 }],
  ]
  for (const [fault, heard, logged] of cases) {
    const { kind } = fault
    fail(fault)
    const begun = performance.now()
    t.match(await ask('--max-time', '0.5'), heard, kind)
    if (fault.kind === 'slow') t.ok(performance.now() - begun >= Math.min(fault.ms, 500), 'late')
    t.strictSame(log.at(-1), { event: 'checker-request', method: 'GET', path: '/a/b', ...logged })
    mend()
    t.equal(await ask(), WELL, `after ${kind}`)
    t.notOk('fault' in (log.at(-1) ?? {}), `after ${kind} the log says nothing of it`)
  }
})

void t.test('a service that refuses does not listen, and comes back on its port with its bounds', async (t) => {
  const { ask, port, fail, mend } = await newService(t, { requestMs: 200 })
  const before = await connected(port)
  before.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(before, 'data')
  fail({ kind: 'refuse' })
  await textOf(before)
  t.match(await ask(), /\(7\)$/, 'no connection')
  mend()
  await waitUntil(async () => (await ask()) === WELL)
  const slow = await connected(port)
  slow.write('GET / HTTP/1.1\r\n')
  t.match(await textOf(slow), /^HTTP\/1\.1 408 /, 'those who are slow are turned away again')
  slow.destroy()
})

void t.test('a stop waits for nobody', async (t) => {
  const { port, fail, close, log } = await newService(t)
  const heard: Promise<string>[] = []
  for (const fault of [{ kind: 'time-out' }, { kind: 'slow', ms: 120_000 }] as const) {
    fail(fault)
    const waiting = await connected(port)
    t.teardown(() => waiting.destroy())
    waiting.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    heard.push(textOf(waiting))
    await waitUntil(() => log.at(-1)?.['fault'] === fault.kind)
  }
  await close()
  t.strictSame(await Promise.all(heard), ['', ''], 'no answer comes')
  await t.rejects(connected(port), { code: 'ECONNREFUSED' })
})
