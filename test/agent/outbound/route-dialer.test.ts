/** The ways out: straight, into the lab, through a SOCKS5 proxy; and every way a dial can fail. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { DOOR_LIMITS } from '../../../agent/capture/loopback-door.js'
import { SocksDoor } from '../../../agent/capture/socks-door.js'
import type { DialOutcome } from '../../../agent/outbound/dial.js'
import { routeDialer } from '../../../agent/outbound/route-dialer.js'
import { askedOwners, flowDialer } from '../../support/flow-dialer.js'
import { allOf, closed, listening } from '../../support/loopback.js'
import { echoAtEnd } from '../../support/origins.js'
import { labWith } from '../../support/tenant-gateway.js'
import { waitUntil } from '../../support/wait-until.js'

const TIMEOUT_MS = 5000

/** What the origin says down a dialled socket, or the failure. */
async function heard(outcome: DialOutcome): Promise<string> {
  if ('failure' in outcome) return outcome.failure
  const text = await allOf(outcome.socket)
  outcome.socket.destroy()
  return text
}

/** An origin that says the address it is called from. */
async function whoami(t: Test) {
  const origin = await listening(createServer((socket) => socket.end(`${socket.remoteAddress}`)))
  t.teardown(origin.close)
  return origin
}

async function deadPort(): Promise<number> {
  const { port, close } = await listening(createServer())
  await close()
  return port
}

const labOf = (port: number, dead: number) => labWith({ '443': port, '81': dead })

void t.test('a socket is half-open, listened to, and has no time-out left', async (t) => {
  const echo = await echoAtEnd()
  t.teardown(echo.close)
  const outcome = await routeDialer({ timeoutMs: 60 }).dial({ ip: '127.0.0.1', port: echo.port })
  if ('failure' in outcome) return t.fail(outcome.detail)
  const { socket } = outcome
  t.ok(socket.allowHalfOpen)
  t.ok(socket.listenerCount('error') > 0)
  t.notOk(socket.timeout, 'the connect time-out is over')
  t.equal(socket.listenerCount('timeout'), 0)
  socket.end('hello')
  t.equal(await allOf(socket), 'HELLO')
})

void t.test('failures are values', async (t) => {
  const port = await deadPort()
  const dialer = routeDialer({ timeoutMs: TIMEOUT_MS })
  t.match(await dialer.dial({ ip: '127.0.0.1', port }), { failure: 'refused', detail: /ECONNREFUSED/ })
  t.match(await dialer.dial({ ip: '::1', port }), { failure: /refused|unreachable/ }, 'IPv6 may be off')
  // The kernel opens TCP to no broadcast or multicast address.
  for (const ip of ['255.255.255.255', '224.0.0.1'])
    t.match(await dialer.dial({ ip, port }), { failure: 'unreachable', detail: /ENETUNREACH/ }, ip)
})

void t.test('a forbidden destination is not dialled, by whatever way', async (t) => {
  const { port, sockets } = await whoami(t)
  const asked: string[] = []
  const forbidden = (ip: string, port: number) => {
    asked.push(`${ip} ${port}`)
    return ip === '127.0.0.1' ? 'not this one' : undefined
  }
  const lab = { ...labOf(port, 9), addresses: ['127.0.0.1'] }
  const socks = { host: '127.0.0.1', port, user: '', password: '' }
  for (const way of [{}, { lab }, { socks }]) {
    const dialer = routeDialer({ timeoutMs: TIMEOUT_MS, forbidden, ...way })
    const refused = { failure: 'forbidden', detail: 'not this one' }
    t.strictSame(await dialer.dial({ ip: '127.0.0.1', port }), refused, `${Object.keys(way)}`)
  }
  t.equal(sockets.size, 0)
  t.strictSame(asked, Array(3).fill(`127.0.0.1 ${port}`))
  const dialer = routeDialer({ timeoutMs: TIMEOUT_MS, forbidden: () => undefined })
  t.equal(await heard(await dialer.dial({ ip: '127.0.0.1', port })), '127.0.0.1', 'what is allowed is')
})

void t.test('nobody answers: a listener whose backlog is full', async (t) => {
  const script =
    'const s = net.createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(s.address().port))'
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  child.kill('SIGSTOP')
  await waitUntil(() => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')))
  const port = Number(line)
  const dialer = routeDialer({ timeoutMs: 200 })
  const outcomes: DialOutcome[] = []
  while (outcomes.length < 10 && !outcomes.some((outcome) => 'failure' in outcome))
    outcomes.push(await dialer.dial({ ip: '127.0.0.1', port }))
  t.ok(outcomes.length > 1, 'the backlog took some')
  t.strictSame(outcomes.at(-1), { failure: 'timed-out', detail: `no answer from 127.0.0.1:${port} within 200 ms` })
  for (const outcome of outcomes) if ('socket' in outcome) outcome.socket.destroy()
})

void t.test('in the lab an address leads to a loopback port, from the lab’s own source', async (t) => {
  const { port } = await whoami(t)
  const lab = labOf(port, await deadPort())
  const dialer = routeDialer({ timeoutMs: TIMEOUT_MS, lab, labSource: '127.16.116.1' })
  const cases: readonly [ip: string, port: number, said: string, why: string][] = [
    ['192.0.2.10', 443, '127.16.116.1', 'an origin'],
    ['2001:db8::10', 443, '127.16.116.1', 'over IPv6'],
    ['192.0.2.10', 25, 'refused', 'a port nobody serves'],
    ['192.0.2.10', 81, 'refused', 'a port whose listener is dead'],
    ['203.0.113.5', 443, 'refused', 'a host that refuses'],
    ['198.51.100.1', 443, 'unreachable', 'an address of no name'],
    ['127.0.0.1', port, 'unreachable', 'the machine itself is not in the lab'],
  ]
  for (const [ip, to, said, why] of cases) t.equal(await heard(await dialer.dial({ ip, port: to })), said, why)
  const plain = routeDialer({ timeoutMs: TIMEOUT_MS, lab })
  t.equal(await heard(await plain.dial({ ip: '192.0.2.10', port: 443 })), '127.0.0.1', 'without a source')
})

void t.test('behind a SOCKS5 proxy the proxy dials; the lab needs none', async (t) => {
  const { port } = await whoami(t)
  const { flows, handle } = flowDialer((flow) => (flow.destination.port === 443 ? port : 'refused'))
  const door = new SocksDoor({ handle, owners: askedOwners(), limits: DOOR_LIMITS })
  await door.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => door.close())
  const socks = { host: '127.0.0.1', port: door.address().port, user: '', password: '' }
  const dialer = routeDialer({ timeoutMs: TIMEOUT_MS, socks })
  t.equal(await heard(await dialer.dial({ ip: '192.0.2.7', port: 443 })), '127.0.0.1')
  t.match(flows.at(-1)?.destination, { ip: '192.0.2.7', port: 443 })
  t.equal(await heard(await dialer.dial({ ip: '192.0.2.7', port: 80 })), 'refused')
  t.equal(await heard(await dialer.dial({ ip: '127.0.0.1', port })), '127.0.0.1', 'loopback is this machine’s own')
  const inLab = routeDialer({ timeoutMs: TIMEOUT_MS, socks, lab: labOf(port, 9) })
  t.equal(await heard(await inLab.dial({ ip: '192.0.2.10', port: 443 })), '127.0.0.1')
  t.equal(flows.length, 2, 'not through the proxy')
})

void t.test('an origin that resets later breaks nothing', async (t) => {
  const origin = await listening(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())))
  t.teardown(origin.close)
  const outcome = await routeDialer({ timeoutMs: TIMEOUT_MS }).dial({ ip: '127.0.0.1', port: origin.port })
  if ('failure' in outcome) return t.fail(outcome.detail)
  outcome.socket.write('x')
  await closed(outcome.socket)
  t.ok(outcome.socket.destroyed)
})
