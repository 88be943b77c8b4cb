/** A mock POP that fails under its sessions, and what they see of it. */

import t from 'tap'
import { FRAME, jsonFrame } from '../../../agent/tunnel/frame.js'
import { WINDOW_BYTES } from '../../../agent/tunnel/mux.js'
import { SILENT_PEER } from '../../../agent/tunnel/session.js'
import { knock } from '../../support/knock.js'
import { closed, connected } from '../../support/loopback.js'
import { echoAtEnd } from '../../support/origins.js'
import { agentSession, doorOf, measuredRtt } from '../../support/pop-door.js'
import { newTenant, rawAgent } from '../../support/tenant-gateway.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const acme = await newTenant(t)
const echo = await echoAtEnd()
t.teardown(echo.close)
const FLOW = { host: 'box.com', ip: '192.0.2.1', port: 443, process: 'curl', via: 'nsProxy' }

void t.test('down: sessions end at once, connects are refused, and it comes back on the same ports', async (t) => {
  const door = await doorOf(t, acme, {}, echo.port)
  for (const round of [1, 2]) {
    const agents = await Promise.all([1, 2, 3].map(() => agentSession(t, door.tunnelPort, acme)))
    const stream = agents[0]!.session.open(FLOW)!
    t.equal(await stream.whenOpened(), 'opened')
    door.fail({ kind: 'down' })
    for (const { ended } of agents) t.match(await ended, /closed|ECONNRESET/, `time ${round}`)
    for (const port of [door.tunnelPort, door.probePort]) t.equal(await knock(port), 'ECONNREFUSED')
    await waitUntil(() => door.counts().sessions === 0 && echo.sockets.size === 0)
    door.mend()
    await waitUntil(async () => (await knock(door.tunnelPort)) === 'open')
  }
})

void t.test('loss: silence without end, until the agent has had enough', async (t) => {
  const door = await doorOf(t, acme, { keepAlive: { pingAfterMs: 100, pongWithinMs: 100 } }, echo.port)
  const patient = await agentSession(t, door.tunnelPort, acme)
  const alert = await agentSession(t, door.tunnelPort, acme, { pingAfterMs: 300, pongWithinMs: 200 })
  const stream = alert.session.open(FLOW)!
  t.equal(await stream.whenOpened(), 'opened')
  const begun = performance.now()
  door.fail({ kind: 'loss' })
  const unanswered = patient.session.open(FLOW)!
  let opened = false
  void unanswered.whenOpened().then(() => {
    opened = true
  })
  t.equal(await alert.ended, SILENT_PEER)
  t.ok(performance.now() - begun >= 400, 'by its own keep-alive and nothing before')
  t.notOk(patient.isCutOff(), 'no FIN and no RST, though the gateway has missed pongs too')
  t.notOk(opened, 'no flow opens')

  door.mend()
  t.match(await patient.ended, /closed|ECONNRESET/, 'what was silent is cut off afterwards')
  await waitUntil(() => door.counts().sessions === 0 && echo.sockets.size === 0)
  await t.resolves(agentSession(t, door.tunnelPort, acme), 'and new sessions are served')
})

void t.test('loss: who connects gets no answer, also who had not quite arrived', async (t) => {
  const door = await doorOf(t, acme, { pop: { rttMs: 50 } })
  let heard = 0
  const dial = () => {
    const socket = rawAgent({ ip: '127.0.0.1', port: door.tunnelPort }, acme)
    t.teardown(() => socket.destroy())
    for (const event of ['secureConnect', 'end', 'close'] as const) socket.once(event, () => heard++)
    return socket
  }
  const early = dial()
  await new Promise((resolve) => early.once('connect', resolve))
  door.fail({ kind: 'loss' })
  const late = dial()
  await new Promise((resolve) => late.once('connect', resolve))
  const probe = await connected(door.probePort)
  probe.on('data', () => heard++).once('end', () => heard++)
  probe.write('GET / HTTP/1.1\r\nhost: pop\r\n\r\n')
  await untilStill(() => heard, 150)
  t.equal(heard, 0)
  const leaving = dial()
  await new Promise((resolve) => leaving.once('connect', resolve))
  leaving.destroy()
  door.mend()
  await waitUntil(() => early.closed && late.closed && probe.readableEnded)
  probe.destroy()
  t.ok((await measuredRtt(door.probePort)) >= 49)
})

void t.test('loss: a handshake that is under way ends in silence', async (t) => {
  const door = await doorOf(t, acme)
  const socket = rawAgent({ ip: '127.0.0.1', port: door.tunnelPort }, acme)
  t.teardown(() => socket.destroy())
  let heard = 0
  for (const event of ['data', 'end', 'close'] as const) socket.on(event, () => heard++)
  // In TLS 1.3 the client is done first.
  await new Promise<void>((resolve) => {
    socket.once('secureConnect', () => {
      door.fail({ kind: 'loss' })
      resolve()
    })
  })
  socket.write(jsonFrame(FRAME.HELLO, 0, { protocol: 1, client: '', device: 'desk', window: WINDOW_BYTES }))
  await untilStill(() => heard, 150)
  t.equal(heard, 0)
  t.strictSame([door.entries, door.counts().sessions], [[], 0])
  door.mend()
  await t.resolves(closed(socket))
})

void t.test('loss, then down: silence ends as everything does', async (t) => {
  const door = await doorOf(t, acme)
  const agent = await agentSession(t, door.tunnelPort, acme)
  door.fail({ kind: 'loss' })
  door.fail({ kind: 'down' })
  await agent.ended
  t.equal(await knock(door.tunnelPort), 'ECONNREFUSED')
})

void t.test('rtt: it is far away, for sessions that are open too', async (t) => {
  const door = await doorOf(t, acme, {}, echo.port)
  const agent = await agentSession(t, door.tunnelPort, acme)
  door.fail({ kind: 'rtt', ms: 120 })
  const begun = performance.now()
  t.equal(await agent.session.open(FLOW)!.whenOpened(), 'opened')
  t.ok(performance.now() - begun >= 119)
  t.ok((await measuredRtt(door.probePort)) >= 119)
  const again = performance.now()
  await agentSession(t, door.tunnelPort, acme)
  t.ok(performance.now() - again >= 2 * 119, 'one for the connection, one for the HELLO')
  t.notOk(agent.isCutOff())
})

void t.test('a fault with a time ends by itself', async (t) => {
  const door = await doorOf(t, acme)
  const silent = await agentSession(t, door.tunnelPort, acme)
  const begun = performance.now()
  door.fail({ kind: 'loss' }, 150)
  await silent.ended
  t.ok(performance.now() - begun >= 149)
  door.fail({ kind: 'down' }, 100)
  t.equal(await knock(door.tunnelPort), 'ECONNREFUSED')
  await t.resolves(waitUntil(async () => (await knock(door.tunnelPort)) === 'open'))
})
