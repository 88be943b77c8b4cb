/** Round trips measured against small servers; what is measured is told by a clock of the test's own. */

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Pop } from '../../../agent/pop/pop.js'
import { type ProbeOptions, probeRtts } from '../../../agent/pop/rtt-probe.js'
import { freePort } from '../../support/https-host.js'
import { type Listening, listening } from '../../support/loopback.js'
import { waitUntil } from '../../support/wait-until.js'
import { LONDON } from './gslb-sample.js'

const GREETING = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'

async function server(t: Test, treat: (socket: Socket) => void): Promise<Listening> {
  const listener = await listening(createServer(treat))
  t.teardown(listener.close)
  return listener
}

/** Options that lead everything to the ports, in turn by the last number of the address: 192.0.2.0 is the first port. */
function probing(ports: readonly number[], more: Partial<ProbeOptions> = {}): ProbeOptions {
  const route = ({ ip }: { ip: string }) => ({ ip: '127.0.0.1', port: ports[Number(ip.split('.')[3])]! })
  return { route, now: () => performance.now(), ...more }
}

/** POPs whose probes are at 192.0.2.0, 192.0.2.1 and so on. */
function popsOf(count: number): readonly Pop[] {
  return Array.from({ length: count }, (_, n) => ({
    ...LONDON,
    name: `UK-LON${n}`,
    ip: '198.51.100.1',
    probe: { ip: `192.0.2.${n}`, port: 80, path: '/rtt' },
  }))
}

/** A clock that says these, one after the other. */
function scripted(...times: readonly number[]): () => number {
  const left = [...times]
  return () => left.shift()!
}

const answering = (socket: Socket) => void socket.once('data', () => socket.end(GREETING))

void t.test('the longer of connecting and first byte counts, in tenths of a ms', async (t) => {
  const cases: readonly [why: string, times: readonly number[], rttMs: number][] = [
    ['a slow connection', [0, 40, 45], 40],
    ['a slow answer', [100, 103, 145], 42],
    ['fractions', [0, 0.25, 12.345], 12.1],
    ['nothing measurable', [7, 7, 7], 0],
  ]
  const { port } = await server(t, answering)
  for (const [why, times, rttMs] of cases) {
    const options = probing([port], { now: scripted(...times) })
    t.strictSame(await probeRtts(popsOf(1), options), [{ ...popsOf(1)[0], rttMs }], why)
  }
})

void t.test('the first byte ends the measurement, and the connection', async (t) => {
  const listener = await server(t, (socket) => void socket.once('data', () => socket.write('H')))
  const [pop] = await probeRtts(popsOf(1), probing([listener.port]))
  t.type(pop!.rttMs, 'number')
  await waitUntil(() => listener.sockets.size === 0)
})

void t.test('the request is one of HTTP for the public address', async (t) => {
  const requests: string[] = []
  const { port } = await server(t, (socket) => {
    socket.once('data', (bytes) => {
      requests.push(bytes.toString())
      socket.end(GREETING)
    })
  })
  await probeRtts(popsOf(1), probing([port]))
  t.strictSame(requests, ['GET /rtt HTTP/1.1\r\nhost: 192.0.2.0\r\nconnection: close\r\n\r\n'])
})

void t.test('a POP without a probe endpoint is only connected to, at its tunnel port', async (t) => {
  const listener = await server(t, (socket) => void socket.resume())
  const { probe: _, ...pop } = LONDON
  const asked: object[] = []
  const route = (endpoint: object) => {
    asked.push(endpoint)
    return { ip: '127.0.0.1', port: listener.port }
  }
  t.strictSame(await probeRtts([pop], { route, now: scripted(0, 3.14) }), [{ ...pop, rttMs: 3.1 }])
  t.strictSame(asked, [{ ip: '163.116.128.8', port: 443 }])
  await waitUntil(() => listener.sockets.size === 0)
})

void t.test('the ten nearest are asked, all at once', async (t) => {
  // Nobody is answered before everybody has asked.
  const waiting: Socket[] = []
  const listener = await server(t, (socket) => {
    socket.once('data', () => {
      if (waiting.push(socket) === 10) for (const each of waiting) each.end(GREETING)
    })
  })
  const routed: string[] = []
  const route = ({ ip }: { ip: string }) => {
    routed.push(ip)
    return { ip: '127.0.0.1', port: listener.port }
  }
  const pops = popsOf(12)
  const measured = await probeRtts(pops, { route, deadlineMs: 10_000, now: () => performance.now() })
  t.strictSame(
    measured.map(({ name }) => name),
    pops.map(({ name }) => name),
    'all are handed back, in their order',
  )
  t.strictSame(
    measured.map(({ rttMs }) => typeof rttMs),
    [...Array(10).fill('number'), 'undefined', 'undefined'],
  )
  t.equal(routed.length, 10)
  const two = await probeRtts(pops, { route: () => ({ ip: '127.0.0.1', port: 1 }), most: 2, now: () => 0 })
  t.equal(two.length, 12)
})

void t.test('who does not answer has no round trip, and holds up nobody else', async (t) => {
  const listeners = await Promise.all([
    server(t, (socket) => void socket.resume()),
    server(t, answering),
    server(t, (socket) => void socket.once('data', () => socket.end())),
    server(t, (socket) => void socket.once('data', () => socket.resetAndDestroy())),
    server(t, (socket) => void socket.destroy()),
  ])
  const ports = [...listeners.map(({ port }) => port), await freePort()]
  const measured = await probeRtts(popsOf(6), probing(ports, { deadlineMs: 300 }))
  t.strictSame(
    measured.map(({ rttMs }) => rttMs !== undefined),
    [false, true, false, false, false, false],
  )
  await waitUntil(() => listeners.every(({ sockets }) => sockets.size === 0))
})

void t.test('nobody has to answer before the deadline ends it, and nothing is asked of nobody', async (t) => {
  const { port } = await server(t, (socket) => void socket.resume())
  const startedAt = performance.now()
  t.match(
    await probeRtts(popsOf(3), probing([port, port, port], { deadlineMs: 100 })),
    Array(3).fill({ rttMs: undefined }),
  )
  t.ok(performance.now() - startedAt < 5000)
  t.strictSame(await probeRtts([], probing([])), [])
})

void t.test('an abort ends it at once, and what was measured until then stays', async (t) => {
  const fast = await server(t, answering)
  const silent = createServer()
  const listener = await listening(silent)
  t.teardown(listener.close)
  const stop = new AbortController()
  const options = probing([fast.port, listener.port], { deadlineMs: 60_000, signal: stop.signal })
  const probes = probeRtts(popsOf(2), options)
  const [socket] = (await once(silent, 'connection')) as [Socket]
  await once(socket, 'data')
  await waitUntil(() => fast.sockets.size === 0)
  stop.abort()
  t.strictSame(
    (await probes).map(({ rttMs }) => typeof rttMs),
    ['number', 'undefined'],
  )
  await waitUntil(() => listener.sockets.size === 0)
  t.match(await probeRtts(popsOf(1), options), [{ rttMs: undefined }], 'after it nothing is asked')
})
