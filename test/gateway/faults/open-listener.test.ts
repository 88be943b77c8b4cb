/** A listener that refuses while a fault says so: every kind of server, and every moment at which things can change. */

import { createServer as createHttp } from 'node:http'
import { createServer as createHttp2, createSecureServer as createSecureHttp2 } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import { createServer, type Server } from 'node:net'
import { connect as connectTls, createServer as createTls } from 'node:tls'
import t, { type Test } from 'tap'
import { ensureTenantCertificates } from '../../../certs/tenant-authority.js'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import { listenUnlessRefusing } from '../../../gateway/faults/open-listener.js'
import { knock } from '../../support/knock.js'
import { allOf, closed, connected, listening } from '../../support/loopback.js'
import { waitUntil } from '../../support/wait-until.js'

const HOST = '127.0.0.1'
const whose = { tenant: 'acme', user: 'alice@acme.example', org: 'Acme' }
const { gateway } = await ensureTenantCertificates({ home: t.testdir(), ...whose, now: new Date() })
const identity = { key: gateway.key, cert: gateway.chain }
const quiet = (): Server => createServer((socket) => socket.on('error', () => {}))

/** A listener that a `down` shuts, with its faults in hand. */
async function newListener(t: Test, server: Server = quiet(), { isShut = false, port = 0 } = {}) {
  const board = new FaultBoard({ now: Date.now })
  const shut = () => board.set({ pop: 'A' }, { kind: 'down' })
  if (isShut) shut()
  const where = { host: HOST, port }
  const listener = await listenUnlessRefusing(server, where, board.source({ pop: 'A' }), (kind) => kind === 'down')
  t.teardown(() => listener.close())
  const reopened = () => waitUntil(async () => (await knock(listener.port)) === 'open')
  return { ...listener, board, shut, open: () => board.clear(), reopened }
}

void t.test('every kind of server refuses under a fault, and is there again on the same port', async (t) => {
  const kinds: readonly [name: string, server: Server][] = [
    ['net', quiet()],
    ['tls', createTls(identity)],
    ['http', createHttp()],
    ['https', createHttps(identity)],
    ['http2', createHttp2()],
    ['http2 over TLS', createSecureHttp2(identity)],
  ]
  for (const [name, server] of kinds) {
    const { port, shut, open, reopened, close } = await newListener(t, server)
    for (const round of [1, 2]) {
      const client = await connected(port)
      shut()
      await allOf(client)
      t.equal(await knock(port), 'ECONNREFUSED', `${name} refuses, time ${round}`)
      open()
      await t.resolves(reopened(), `${name} is there again`)
    }
    await close()
    t.equal(await knock(port), 'ECONNREFUSED', `${name} is closed`)
  }
})

void t.test('what was connected by TLS is destroyed too', async (t) => {
  const server = createTls(identity, (socket) => socket.on('error', () => {}))
  const { port, shut } = await newListener(t, server)
  const client = connectTls({ port, host: HOST, rejectUnauthorized: false })
  client.on('error', () => {})
  await new Promise((resolve) => client.once('secureConnect', resolve))
  shut()
  await t.resolves(closed(client.resume()))
})

void t.test('a fault that does not shut it changes nothing', async (t) => {
  const { port, board } = await newListener(t)
  const client = await connected(port)
  client.once('close', () => t.fail('cut off'))
  board.set({ pop: 'A' }, { kind: 'loss' })
  t.equal(await knock(port), 'open')
  client.removeAllListeners('close').destroy()
})

void t.test('started under a fault it has a port, refuses, and opens when the fault is gone', async (t) => {
  const { port, open, reopened } = await newListener(t, quiet(), { isShut: true })
  t.ok(port > 0)
  t.equal(await knock(port), 'ECONNREFUSED')
  open()
  await t.resolves(reopened())
})

void t.test('cutOff ends connections and goes on listening', async (t) => {
  const { port, cutOff } = await newListener(t)
  const client = await connected(port)
  await knock(port)
  cutOff()
  await allOf(client)
  t.equal(await knock(port), 'open')
})

void t.test('close is safe at every moment, also twice', async (t) => {
  type Listener = Awaited<ReturnType<typeof newListener>>
  const change = async (steps: string, { shut, open, port }: Listener): Promise<void> => {
    for (const step of steps.split(' '))
      if (step === 'shut') shut()
      else if (step === 'open') open()
      else await knock(port)
  }
  const cases: readonly [when: string, before: (listener: Listener) => unknown][] = [
    ['with a connection', ({ port }) => connected(port)],
    ['shutting', (listener) => change('shut', listener)],
    ['shut', (listener) => change('shut knock', listener)],
    ['shutting, and to open again', (listener) => change('shut open', listener)],
    ['opening again', (listener) => change('shut knock open', listener)],
    ['after many changes', (listener) => change('shut open shut open shut knock open shut open', listener)],
    ['closed', ({ close }) => close()],
    ['closing', ({ close }) => void close()],
  ]
  for (const [when, before] of cases) {
    const listener = await newListener(t)
    await before(listener)
    await Promise.all([listener.close(), listener.close()])
    t.equal(await knock(listener.port), 'ECONNREFUSED', when)
    listener.shut()
    listener.open()
    await listener.close()
    t.equal(await knock(listener.port), 'ECONNREFUSED', `${when}: no fault that ends opens it again`)
  }
})

void t.test('close can leave connections a time to end by themselves', async (t) => {
  const begun = performance.now()
  const { port, close } = await newListener(t)
  const [obedient, stubborn] = [await connected(port), await connected(port)]
  const ending = close(300)
  await waitUntil(async () => (await knock(port)) === 'ECONNREFUSED')
  t.ok(performance.now() - begun < 300, 'nobody new comes in meanwhile')
  obedient.resume().end()
  await closed(obedient)
  t.notOk(stubborn.closed)
  await ending
  await allOf(stubborn)
  t.ok(performance.now() - begun >= 299, 'and no longer than that')
})

void t.test('a port that is taken', async (t) => {
  const other = await listening(createServer())
  t.teardown(other.close)
  await t.rejects(newListener(t, quiet(), { port: other.port }), { code: 'port-in-use', exitCode: 2 })
  const where = { host: '192.0.2.1', port: 0 }
  const board = new FaultBoard({ now: Date.now })
  const attempt = listenUnlessRefusing(quiet(), where, board.source({ pop: 'A' }), () => false)
  await t.rejects(attempt, { code: 'listen-failed' })
})

void t.test('a port that somebody took meanwhile is tried until it is free', async (t) => {
  const server = quiet()
  const { port, shut, open, reopened } = await newListener(t, server)
  shut()
  await waitUntil(async () => (await knock(port)) === 'ECONNREFUSED')
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(port, HOST, resolve))
  const told = new Promise<NodeJS.ErrnoException>((resolve) => server.once('error', resolve))
  open()
  t.equal((await told).code, 'EADDRINUSE', 'the owner of the server is told')
  await new Promise((resolve) => squatter.close(resolve))
  await t.resolves(reopened())
})
