/** The gateway's doors: who is served, what is dialled for them, and what becomes of those who break the protocol. */

import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import t from 'tap'
import { duplexPair } from '../../agent/capture/duplex-pair.js'
import { FRAME, frame, jsonFrame } from '../../agent/tunnel/frame.js'
import { WINDOW_BYTES } from '../../agent/tunnel/mux.js'
import type { OpenOutcome, TunnelStream } from '../../agent/tunnel/stream.js'
import { relayStream } from '../../agent/tunnel/stream-relay.js'
import type { TunnelKeeper } from '../../agent/tunnel/tunnel-keeper.js'
import { LAB_EGRESS_IP } from '../../gateway/gateway.js'
import { closed, connected, listening } from '../support/loopback.js'
import { echoAtEnd } from '../support/origins.js'
import { gatewayOf, labWith, newTenant, rawAgent, tunnelTo, USER } from '../support/tenant-gateway.js'
import { textOf } from '../support/text-of.js'
import { untilStill, waitUntil } from '../support/wait-until.js'

const [acme, other] = await Promise.all([newTenant(t), newTenant(t, 'other')])
const echo = await echoAtEnd()
t.teardown(echo.close)
type Entry = Readonly<Record<string, unknown>>
const HELLO = jsonFrame(FRAME.HELLO, 0, { protocol: 1, client: '', device: 'desk', window: WINDOW_BYTES })
const ORIGIN = { host: 'box.com', ip: '192.0.2.10', port: 443, process: 'curl', via: 'nsProxy' }

async function opened(
  tunnel: TunnelKeeper,
  request: object,
): Promise<readonly [stream: TunnelStream, outcome: OpenOutcome]> {
  const stream = (await tunnel.session(2000))!.session.open({ ...ORIGIN, ...request })!
  return [stream, await stream.whenOpened()]
}

/** The application's end of a flow that is open. */
function applicationOf(stream: TunnelStream): Duplex {
  const [app, near] = duplexPair()
  app.on('error', () => {})
  void relayStream(near, stream, new Uint8Array(0), 60_000)
  return app
}

// It takes the whole greeting time, so it runs beside all others.
const silent = await gatewayOf(t, acme)
const silence = closed(rawAgent(silent, acme).resume())

void t.test('who is not served', async (t) => {
  const gateway = await gatewayOf(t, acme)
  const cases: readonly [why: string, options: ConnectionOptions, entry: Entry][] = [
    ['no certificate', { pfx: undefined }, { event: 'tls-refused', reason: /did not return a certificate/ }],
    ['a user of another tenant', { pfx: other.agent.pfx }, { event: 'tls-refused', reason: /UNABLE_TO_GET_ISSUER/ }],
    ['no ALPN', { ALPNProtocols: [] }, { event: 'session-refused', user: USER, reason: /not the steerlab/ }],
    ['another protocol', { ALPNProtocols: ['h2'] }, { event: 'tls-refused', reason: /protocol/ }],
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }, { event: 'tls-refused', reason: /version|unsupported protocol/ }],
  ]
  for (const [why, options, entry] of cases) {
    const socket = rawAgent(gateway, acme, options)
    socket.once('secureConnect', () => socket.write(HELLO))
    t.equal(await textOf(socket), '', `${why}: not a byte`)
    await t.resolves(gateway.logged(entry), `${why}: logged`)
  }
  t.notOk(gateway.log().some(({ event }) => event === 'session-opened'))
  t.strictSame(gateway.counts(), { sessions: 0, flows: 0 })

  const welcome = rawAgent(gateway, acme)
  welcome.write(HELLO)
  await once(welcome, 'data')
  await t.resolves(gateway.logged({ event: 'session-opened', user: USER, device: 'desk' }), 'the user is served')
  welcome.destroy()
})

void t.test('flows reach their origins from the egress address', async (t) => {
  const whoami = await listening(createServer((socket) => socket.end(`${socket.remoteAddress}`)))
  t.teardown(whoami.close)
  const gateway = await gatewayOf(t, acme, { lab: labWith({ '443': echo.port, '80': whoami.port }) })
  const { tunnel } = tunnelTo(t, gateway, acme)
  for (const ip of ['192.0.2.10', '2001:db8::10']) {
    const [stream, outcome] = await opened(tunnel, { ip })
    t.equal(outcome, 'opened')
    const app = applicationOf(stream)
    app.end(`hello ${ip}`)
    t.equal(await textOf(app), `HELLO ${ip.toUpperCase()}`)
  }
  const [stream] = await opened(tunnel, { port: 80 })
  const app = applicationOf(stream)
  t.equal(await textOf(app), LAB_EGRESS_IP)
  t.equal(tunnel.status.egressIp, LAB_EGRESS_IP)
  app.end()
  await waitUntil(() => gateway.counts().flows === 0)
  t.strictSame(gateway.counts(), { sessions: 1, flows: 0 })
})

void t.test('what cannot be opened comes back as a reset with its reason, and is logged', async (t) => {
  const dead = await listening(createServer())
  await dead.close()
  const lab = { lab: labWith({ '443': echo.port, '81': dead.port }) }
  const open = { lab: undefined }
  const cases: readonly [
    why: string,
    where: typeof lab | typeof open,
    request: object,
    reason: string,
    entry: Entry,
  ][] = [
    ['a closed port', lab, { port: 81 }, 'refused', { event: 'origin-failed', failure: 'refused' }],
    ['a port nobody serves', lab, { port: 25 }, 'refused', { event: 'origin-failed', port: 25 }],
    ['no such address', lab, { ip: '198.51.100.1' }, 'unreachable', { event: 'origin-failed', ip: '198.51.100.1' }],
    [
      'no such name',
      lab,
      { ip: '', host: 'a.invalid' },
      'unreachable',
      { event: 'origin-not-found', host: 'a.invalid' },
    ],
    ['loopback', open, { ip: '127.0.0.1' }, 'forbidden', { event: 'refused', ip: '127.0.0.1', detail: /loopback/ }],
    ['as IPv6', open, { ip: '::ffff:7f00:1' }, 'forbidden', { event: 'refused', ip: '::ffff:7f00:1' }],
    ['by its name', open, { ip: '', host: 'localhost' }, 'forbidden', { event: 'refused', host: 'localhost' }],
    ['no address', open, { ip: 'localhost' }, 'forbidden', { event: 'refused', ip: 'localhost' }],
    ['no port', lab, { port: 0 }, 'bad-request', { event: 'refused', detail: 'OPEN is malformed' }],
    ['no host', lab, { host: 1 }, 'bad-request', { event: 'refused', detail: 'OPEN is malformed' }],
  ]
  for (const where of [lab, open]) {
    const gateway = await gatewayOf(t, acme, where)
    const { tunnel } = tunnelTo(t, gateway, acme)
    for (const [why, , request, reason, entry] of cases.filter(([, at]) => at === where)) {
      const [, outcome] = await opened(tunnel, { ...request, port: 'port' in request ? request.port : echo.port })
      t.match(outcome, { reason }, why)
      await t.resolves(gateway.logged({ user: USER, ...entry }), `${why}: logged`)
    }
    t.match(tunnel.status, { state: 'connected', sessionId: 1 }, 'the session lives on')
  }
})

void t.test('who breaks the protocol is closed, with the reason in the log', async (t) => {
  const gateway = await gatewayOf(t, acme, { lab: labWith({ '443': echo.port }) })
  const cases: readonly [why: string, said: readonly Buffer[], reason: RegExp][] = [
    ['no frames', [Buffer.from('GET / HTTP/1.1\r\nHost: gateway\r\n\r\n')], /violation: frame of type 71 is longer/],
    ['an unknown frame', [HELLO, frame(99, 0)], /violation: unknown frame type 99/],
    ['OPEN before HELLO', [jsonFrame(FRAME.OPEN, 1, ORIGIN)], /violation: OPEN before HELLO/],
    ['a malformed HELLO', [jsonFrame(FRAME.HELLO, 0, { protocol: 2 })], /HELLO is malformed/],
    ['HELLO twice', [HELLO, HELLO], /violation: a second HELLO/],
    ['DATA for no stream', [HELLO, frame(FRAME.DATA, 7, Buffer.from('x'))], /violation: .* never opened/],
    ['OPENED by an agent', [HELLO, jsonFrame(FRAME.OPEN, 1, ORIGIN), frame(FRAME.OPENED, 1)], /may not say OPENED/],
    ['an endless frame', [HELLO, Buffer.from('04ffffff00000001', 'hex')], /violation: frame of type 4 is longer/],
  ]
  const broken = cases.map(async ([why, said, reason]) => {
    const socket = rawAgent(gateway, acme, { allowHalfOpen: true })
    // Goes on talking, as one that does not listen would.
    const talk = setInterval(() => socket.write('garbage'), 10)
    socket.write(Buffer.concat(said))
    await closed(socket.resume())
    clearInterval(talk)
    await t.resolves(gateway.logged({ event: 'session-ended', user: USER, reason }), why)
  })
  await Promise.all(broken)
  await waitUntil(() => gateway.counts().sessions === 0)
  t.equal(gateway.log().filter(({ event }) => event === 'session-ended').length, cases.length, 'one entry each')
})

void t.test('500 flows at once, and no socket more than before', async (t) => {
  const gateway = await gatewayOf(t, acme, { lab: labWith({ '443': echo.port }) })
  const { tunnel } = tunnelTo(t, gateway, acme)
  await tunnel.session(2000)
  // Its sockets would be counted, before or after.
  await silence
  const openFiles = () => readdirSync('/proc/self/fd').length
  await untilStill(openFiles)
  const before = openFiles()
  const apps = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const [stream, outcome] = await opened(tunnel, {})
      return outcome === 'opened' ? applicationOf(stream) : undefined
    }),
  )
  t.equal(gateway.counts().flows, 500)
  await waitUntil(() => echo.sockets.size === 500)
  t.equal(openFiles(), before + 1000, 'a socket at the gateway and one at the origin each')
  const answers = await Promise.all(
    apps.map((app, i) => {
      app?.end(`flow ${i}`)
      return app === undefined ? '' : textOf(app)
    }),
  )
  t.strictSame(
    answers,
    apps.map((_, i) => `FLOW ${i}`),
  )
  await waitUntil(() => openFiles() <= before)
  t.equal(openFiles(), before)
  t.match([gateway.counts().flows, tunnel.status.flows], [0, 0])
})

void t.test('an agent that goes away takes its origins along', async (t) => {
  const gateway = await gatewayOf(t, acme, { lab: labWith({ '443': echo.port }) })
  const { tunnel } = tunnelTo(t, gateway, acme)
  await opened(tunnel, {})
  t.equal(echo.sockets.size, 1)
  tunnel.close()
  await waitUntil(() => echo.sockets.size === 0)
  t.strictSame(gateway.counts(), { sessions: 0, flows: 0 })
})

void t.test('close ends all: sessions, flows, and who has only just come', async (t) => {
  const gateway = await gatewayOf(t, acme, { lab: labWith({ '443': echo.port }) })
  const { tunnel, events } = tunnelTo(t, gateway, acme)
  const [stream] = await opened(tunnel, {})
  const app = applicationOf(stream).resume()
  // Neither hangs up when the gateway does.
  const callers = [rawAgent(gateway, acme, { allowHalfOpen: true }), await connected(gateway.port, gateway.ip)]
  const ends = callers.map(textOf)
  await waitUntil(() => gateway.counts().sessions === 2)
  const start = performance.now()
  await gateway.close()
  t.ok(performance.now() - start < 2000, `${performance.now() - start} ms`)
  await Promise.all([...ends, closed(app)])
  for (const caller of callers) caller.destroy()
  await waitUntil(() => echo.sockets.size === 0)
  t.ok(events.some(({ type }) => type === 'tunnel-closed'))
  t.strictSame(gateway.counts(), { sessions: 0, flows: 0 })
  await gateway.logged({ event: 'session-ended', reason: 'the gateway is stopping' })
  await t.rejects(once(rawAgent(gateway, acme), 'secureConnect'), { code: 'ECONNREFUSED' })
})

void t.test('who never says HELLO is closed after the greeting time', async (t) => {
  await silence
  await t.resolves(silent.logged({ event: 'session-ended', user: USER, reason: 'no HELLO in time' }))
})
