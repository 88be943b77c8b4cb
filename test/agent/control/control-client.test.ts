/** Asking an agent, also one that is not there, refuses, or goes away. */

import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ControlClient } from '../../../agent/control/control-client.js'
import { type ControlAnswers, ControlServer } from '../../../agent/control/control-server.js'
import { userMistake } from '../../../agent/errors.js'
import { shortDirectory } from '../../support/short-directory.js'
import { waitUntil } from '../../support/wait-until.js'

const ANSWERS: ControlAnswers = {
  status: () => ({ state: 'connected' }),
  map: () => 'ü'.repeat(1_000_000),
  update: () => null,
  flows: () => {
    throw new Error('no flows today')
  },
  pop: () => null,
  enable: () => null,
  disable: () => {
    throw userMistake('not-allowed', 'the client cannot be disabled')
  },
  details: () => null,
  log: () => null,
  blocked: () => [],
  'driver-log': () => null,
  capture: () => [],
  'speed-test': () => null,
  fault: (params) => ({ asked: params }),
  lease: () => null,
}

async function joined(t: Test, answers = ANSWERS) {
  const path = join(shortDirectory(t), 'agent.sock')
  const server = new ControlServer(answers, () => {})
  await server.listen(path)
  const client = (await ControlClient.open(path))!
  t.teardown(() => {
    client.close()
    server.close()
  })
  return { path, server, client }
}

void t.test('asks one thing, or several at once', async (t) => {
  const { client } = await joined(t)
  t.strictSame(await client.ask('status'), { state: 'connected' })
  const [map, status, flows, lease] = await Promise.allSettled(
    (['map', 'status', 'flows', 'lease'] as const).map((method) => client.ask(method)),
  )
  t.match(map, { value: ANSWERS.map(undefined) }, 'a long answer')
  t.match(status, { value: { state: 'connected' } })
  t.match(flows, { reason: { code: 'control-failed', message: 'no flows today' } })
  t.match(lease, { value: null })
})

void t.test('answers come back to their questions, whichever is ready first', async (t) => {
  const slow = new Promise((resolve) => setTimeout(resolve, 30, 'slow'))
  const { client } = await joined(t, { ...ANSWERS, map: () => slow })
  t.strictSame(await Promise.all([client.ask('map'), client.ask('status')]), ['slow', { state: 'connected' }])
})

void t.test('a question may come with parameters, and a refusal with its code', async (t) => {
  const { client } = await joined(t)
  t.strictSame(await client.ask('fault', { params: { list: true } }), { asked: { list: true } })
  t.strictSame(await client.ask('fault'), {}, 'without')
  const refused = { code: 'not-allowed', message: 'the client cannot be disabled', exitCode: 2 }
  await t.rejects(client.ask('disable'), refused)
})

void t.test('an agent that does not answer in time', async (t) => {
  const never = new Promise(() => {})
  const { client } = await joined(t, { ...ANSWERS, status: () => never })
  const late = { code: 'control-failed', message: 'the agent does not answer', exitCode: 1 }
  await t.rejects(client.ask('status', { withinMs: 20 }), late)
})

void t.test('no agent, no client', async (t) => {
  t.equal(await ControlClient.open(join(shortDirectory(t), 'agent.sock')), undefined, 'no socket')
  t.equal(await ControlClient.open(shortDirectory(t)), undefined, 'something else')
})

void t.test('an agent that goes away', async (t) => {
  const never = new Promise(() => {})
  const { client, server } = await joined(t, { ...ANSWERS, status: () => never })
  const gone = new Promise<void>((resolve) => client.onClose(resolve))
  const waiting = client.ask('status')
  void client.ask('lease').catch(() => {})
  await waitUntil(() => server.leases === 1)
  server.close()
  await t.rejects(waiting, { code: 'control-failed', message: 'the agent went away' })
  await gone
  await t.rejects(client.ask('map'), { code: 'control-failed', message: 'the agent went away' }, 'told at once')
})

void t.test('closing gives the lease back', async (t) => {
  const { client, server } = await joined(t)
  await client.ask('lease')
  t.equal(server.leases, 1)
  client.close()
  await waitUntil(() => server.leases === 0)
})
