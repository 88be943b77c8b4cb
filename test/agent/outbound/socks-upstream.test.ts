import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { DOOR_LIMITS } from '../../../agent/capture/loopback-door.js'
import { SocksDoor } from '../../../agent/capture/socks-door.js'
import { connectThroughSocks, parseSocksUrl, type SocksUpstream } from '../../../agent/outbound/socks-upstream.js'
import { askedOwners, flowDialer } from '../../support/flow-dialer.js'
import { allOf, listening } from '../../support/loopback.js'
import { echoAtEnd } from '../../support/origins.js'

const TARGET = { ip: '192.0.2.7', port: 443 }
const TIMEOUT_MS = 5_000
const GRANTED = '05000001000000000000'
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const to = (port: number, user = '', password = ''): SocksUpstream => ({ host: '127.0.0.1', port, user, password })

/** A proxy of our own making that gives its n-th answer to the n-th thing it is told. */
async function scripted(t: Test, answers: readonly Buffer[], afterwards: (socket: Socket) => void = () => {}) {
  const told: string[] = []
  const server = await listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      let next = 0
      socket.on('data', (bytes: Buffer) => {
        told.push(bytes.toString('hex'))
        const answer = answers[next++]
        if (answer !== undefined) socket.write(answer)
        if (next === answers.length) afterwards(socket)
      })
    }),
  )
  t.teardown(server.close)
  return { ...server, told }
}

void t.test('URLs of a proxy', async (t) => {
  const good: readonly [url: string, host: string, port: number, user: string, password: string][] = [
    ['socks5://proxy.example:1081', 'proxy.example', 1081, '', ''],
    ['socks5://proxy.example', 'proxy.example', 1080, '', ''],
    ['socks5h://127.0.0.1:9/', '127.0.0.1', 9, '', ''],
    ['SOCKS5://[::1]:9', '::1', 9, '', ''],
    ['socks5://me:p%40ss%3A@proxy:9', 'proxy', 9, 'me', 'p@ss:'],
    ['socks5://me@proxy:9', 'proxy', 9, 'me', ''],
  ]
  for (const [url, host, port, user, password] of good)
    t.strictSame(parseSocksUrl(url), { host, port, user, password }, url)
  const bad = [
    ...['', 'proxy:1080', '127.0.0.1:1080', 'http://proxy:1080', 'socks4://proxy:1080', 'socks5://', 'socks5://:1080'],
    ...['socks5://proxy:0', 'socks5://proxy:65536', 'socks5://proxy:x', 'socks5://proxy:9/path', 'socks5://proxy:9?x'],
    ...['socks5://%ff@proxy:9', `socks5://${'u'.repeat(256)}@proxy:9`, `socks5://u:${'%C3%BC'.repeat(128)}@proxy:9`],
  ]
  for (const url of bad) t.throws(() => parseSocksUrl(url), { code: 'bad-socks-url', exitCode: 2 }, url.slice(0, 40))
})

void t.test('a connection through our own SOCKS5 door, IPv4 and IPv6, with half-close', async (t) => {
  const echo = await echoAtEnd()
  const { flows, handle } = flowDialer(() => echo.port)
  const door = new SocksDoor({ handle, owners: askedOwners(), limits: DOOR_LIMITS })
  await door.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => Promise.all([echo.close(), door.close()]))
  for (const ip of ['192.0.2.7', '2001:db8::7']) {
    const outcome = await connectThroughSocks(to(door.address().port), { ip, port: 7 }, TIMEOUT_MS)
    if (!('socket' in outcome)) return t.fail(outcome.detail)
    t.match(flows.at(-1)?.destination, { ip, port: 7 })
    t.ok(outcome.socket.isPaused() && outcome.socket.allowHalfOpen)
    t.ok(outcome.socket.listenerCount('error') > 0)
    outcome.socket.end('hello')
    t.equal(await allOf(outcome.socket), 'HELLO')
  }
})

void t.test('what the target says first waits in the paused socket', async (t) => {
  for (const afterwards of [(_: Socket) => {}, (socket: Socket) => void socket.end(' and more')]) {
    const proxy = await scripted(t, [hex('0500'), Buffer.concat([hex(GRANTED), Buffer.from('220 ready')])], afterwards)
    const outcome = await connectThroughSocks(to(proxy.port), TARGET, TIMEOUT_MS)
    if (!('socket' in outcome)) return t.fail(outcome.detail)
    t.ok(outcome.socket.isPaused())
    // Whoever takes the socket may take its time.
    for (let i = 0; i < 5; i++) await new Promise(setImmediate)
    const [chunk] = (await Promise.all([once(outcome.socket, 'data'), outcome.socket.resume()]))[0] as [Buffer]
    t.match(chunk.toString(), /^220 ready/)
    outcome.socket.destroy()
  }
})

void t.test('user and password', async (t) => {
  const accepted = await scripted(t, [hex('0502'), hex('0100'), hex(GRANTED)])
  const outcome = await connectThroughSocks(to(accepted.port, 'me', 'secret'), TARGET, TIMEOUT_MS)
  t.ok('socket' in outcome)
  if ('socket' in outcome) outcome.socket.destroy()
  t.strictSame(accepted.told, ['05020002', '01026d6506736563726574', '05010001c000020701bb'])
  const cases: readonly [why: string, answers: readonly Buffer[]][] = [
    ['refused', [hex('0502'), hex('0101')]],
    ['wanted but not given', [hex('05ff')]],
  ]
  for (const [why, answers] of cases) {
    const proxy = await scripted(t, answers)
    t.match(
      await connectThroughSocks(to(proxy.port, 'me', 'wrong'), TARGET, TIMEOUT_MS),
      { failure: 'unreachable' },
      why,
    )
  }
})

void t.test('every reply code has its failure', async (t) => {
  const failures = [
    'unreachable',
    'forbidden',
    'unreachable',
    'unreachable',
    'refused',
    'timed-out',
    'unreachable',
    'unreachable',
    'unreachable',
  ]
  for (const [index, failure] of failures.entries()) {
    const reply = `050${index + 1}0001 00000000 0000`
    const proxy = await scripted(t, [hex('0500'), hex(reply)])
    t.match(
      await connectThroughSocks(to(proxy.port), TARGET, TIMEOUT_MS),
      { failure, detail: /^upstream proxy/ },
      reply,
    )
  }
})

void t.test('a proxy that is not there, goes away, is silent or speaks something else', async (t) => {
  const gone = await scripted(t, [])
  await gone.close()
  t.match(await connectThroughSocks(to(gone.port), TARGET, TIMEOUT_MS), {
    failure: 'unreachable',
    detail: /ECONNREFUSED/,
  })
  const silent = await scripted(t, [])
  t.match(await connectThroughSocks(to(silent.port), TARGET, 30), { failure: 'timed-out', detail: /timed out/ })
  const half = await scripted(t, [hex('0500'), hex('0500')])
  t.match(await connectThroughSocks(to(half.port), TARGET, 30), { failure: 'timed-out' })
  const resets = await scripted(t, [hex('0500')], (socket) => socket.resetAndDestroy())
  t.match(await connectThroughSocks(to(resets.port), TARGET, TIMEOUT_MS), { failure: 'unreachable' })
  const ends = await scripted(t, [hex('0500')], (socket) => void socket.end())
  t.match(await connectThroughSocks(to(ends.port), TARGET, TIMEOUT_MS), { failure: 'unreachable' })
  const http = await scripted(t, [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')])
  t.match(await connectThroughSocks(to(http.port), TARGET, TIMEOUT_MS), { failure: 'unreachable' })
})

void t.test('300 proxies that answer noise: always an outcome, never an exception', async (t) => {
  const answer = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    fc
      .tuple(fc.constantFrom('0500', '0502', '0100', GRANTED), fc.uint8Array({ maxLength: 20 }))
      .map(([start, tail]) => Buffer.concat([hex(start), tail])),
  )
  let script: readonly Uint8Array[] = []
  const server = await listening(
    createServer((socket) => {
      let next = 0
      socket.on('data', () => (next < script.length ? socket.write(script[next++]!) : socket.end()))
    }),
  )
  t.teardown(server.close)
  const outcomes: string[] = []
  for (script of fc.sample(fc.array(answer, { minLength: 1, maxLength: 3 }), 300)) {
    const outcome = await connectThroughSocks(to(server.port, 'me', 'secret'), TARGET, 20)
    outcomes.push('socket' in outcome ? 'socket' : outcome.failure)
    if ('socket' in outcome) outcome.socket.destroy()
  }
  t.equal(outcomes.length, 300)
  t.ok(new Set(outcomes).size > 1, [...new Set(outcomes)].join(' '))
})
