/** The doors of a mock POP: who it is, how far away, and how many it takes. */

import { createServer } from 'node:net'
import t from 'tap'
import { knock } from '../../support/knock.js'
import { allOf, connected, listening } from '../../support/loopback.js'
import { echoAtEnd } from '../../support/origins.js'
import { agentSession, doorOf, measuredRtt } from '../../support/pop-door.js'
import { newTenant, USER } from '../../support/tenant-gateway.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const acme = await newTenant(t)
const echo = await echoAtEnd()
t.teardown(echo.close)

void t.test('it says which POP it is, to the agent and in the log', async (t) => {
  const door = await doorOf(t, acme)
  t.equal(door.name, 'US-ORD1')
  t.strictSame(door.counts(), { sessions: 0, flows: 0 })
  const { hello } = await agentSession(t, door.tunnelPort, acme)
  t.match(hello, { pop: 'US-ORD1', session: 1 })
  t.strictSame(door.counts(), { sessions: 1, flows: 0 })
  t.match(door.entries, [{ event: 'session-opened', session: 1, user: USER, pop: 'US-ORD1' }])
})

void t.test('session and flow take its round trip, each way once', async (t) => {
  const door = await doorOf(t, acme, { pop: { rttMs: 60, jitterMs: 20 }, random: () => 0 }, echo.port)
  const begun = performance.now()
  const { session } = await agentSession(t, door.tunnelPort, acme)
  // One for the connection and one for the HELLO; a timer of Node may fire a millisecond early.
  t.ok(performance.now() - begun >= 2 * 39)
  const asked = performance.now()
  const stream = session.open({ host: 'box.com', ip: '192.0.2.1', port: 443, process: 'curl', via: 'nsProxy' })!
  t.equal(await stream.whenOpened(), 'opened')
  t.ok(performance.now() - asked >= 39)
  t.ok((await measuredRtt(door.probePort)) >= 39)
})

void t.test('a POP that is full turns away the one too many, and has room when one has left', async (t) => {
  const door = await doorOf(t, acme, { pop: { capacity: 2 } })
  const [first] = [await agentSession(t, door.tunnelPort, acme), await agentSession(t, door.tunnelPort, acme)]
  await t.rejects(agentSession(t, door.tunnelPort, acme))
  const refusal = { event: 'session-refused', reason: 'too many sessions', user: USER, pop: 'US-ORD1' }
  t.match(door.entries.at(-1), refusal)
  t.strictSame(door.counts(), { sessions: 2, flows: 0 })
  first.session.close('enough')
  await waitUntil(() => door.counts().sessions === 1)
  t.match((await agentSession(t, door.tunnelPort, acme)).hello, { session: 3 })
})

void t.test('who connects and says nothing takes no place of a session for ever', async (t) => {
  const door = await doorOf(t, acme, { pop: { capacity: 1 } })
  const sockets = await Promise.all(Array.from({ length: 257 }, () => connected(door.tunnelPort)))
  t.teardown(() => sockets.forEach((socket) => void socket.destroy()))
  const last = await connected(door.tunnelPort)
  t.equal(await allOf(last), '', 'not even TCP has room for more')
  last.destroy()
  t.match(door.entries, [{ event: 'session-refused', reason: 'too many connections', from: '127.0.0.1' }])
  for (const socket of sockets) socket.destroy()
  await waitUntil(() => door.entries.length > 257)
  await t.resolves(agentSession(t, door.tunnelPort, acme))
})

void t.test('who leaves before the round trip is over leaves nothing behind', async (t) => {
  const door = await doorOf(t, acme, { pop: { rttMs: 50 } })
  const gone = await connected(door.tunnelPort)
  gone.resetAndDestroy()
  const closing = await connected(door.tunnelPort)
  await door.close()
  t.equal(await allOf(closing), '')
  closing.destroy()
  await untilStill(() => door.entries.length, 100)
  t.strictSame(door.entries, [], 'nothing is left to happen when the round trip would be over')
})

void t.test('a POP that is not up refuses, and no fault that ends makes it listen', async (t) => {
  const door = await doorOf(t, acme, { pop: { up: false } })
  door.fail({ kind: 'loss' })
  door.mend()
  for (const port of [door.tunnelPort, door.probePort]) {
    t.ok(port > 0)
    t.equal(await knock(port), 'ECONNREFUSED')
  }
})

void t.test('a port that is taken, and then nothing is left open', async (t) => {
  const [taken, free] = [await listening(createServer()), await listening(createServer())]
  t.teardown(taken.close)
  await free.close()
  for (const ports of [
    { tunnel: taken.port, dtls: 0, probe: free.port },
    { tunnel: free.port, dtls: 0, probe: taken.port },
  ]) {
    await t.rejects(doorOf(t, acme, { ports }), { code: 'port-in-use' })
    t.equal(await knock(free.port), 'ECONNREFUSED')
  }
})

void t.test('close ends the sessions in order, and both doors', async (t) => {
  const door = await doorOf(t, acme)
  const { ended } = await agentSession(t, door.tunnelPort, acme)
  await Promise.all([door.close(), door.close()])
  t.equal(await ended, 'the peer is going away: the gateway is stopping')
  for (const port of [door.tunnelPort, door.probePort]) t.equal(await knock(port), 'ECONNREFUSED')
})
