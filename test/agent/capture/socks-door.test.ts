import { once } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { SocksClient } from 'socks'
import t, { type Test } from 'tap'
import type { FlowFailure } from '../../../agent/capture/door.js'
import { DOOR_LIMITS, type DoorLimits } from '../../../agent/capture/loopback-door.js'
import { SocksDoor } from '../../../agent/capture/socks-door.js'
import { curl } from '../../support/curl.js'
import { askedOwners, flowDialer, type Route } from '../../support/flow-dialer.js'
import { allOf, closed, connected, sendEach } from '../../support/loopback.js'
import { echoAtEnd, httpOrigin, speaksFirst } from '../../support/origins.js'

const web = await httpOrigin()
const echo = await echoAtEnd()
t.teardown(() => Promise.all([web.close(), echo.close()]))

const GREETING = Buffer.from('050100', 'hex')
const BOX = Buffer.from('05010003', 'hex')
const request = (name: string) =>
  Buffer.concat([BOX, Buffer.from([name.length]), Buffer.from(name), Buffer.from([0, 80])])
const YES = '05000500000100000000 0000'.replace(' ', '')

/** An open door that sends every flow along `route`. */
async function open(t: Test, route: Route, limits: DoorLimits = DOOR_LIMITS) {
  const { flows, handle } = flowDialer(() => route)
  const owners = askedOwners()
  const door = new SocksDoor({ handle, owners, limits })
  await door.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => door.close())
  return { door, flows, owners, port: door.address().port }
}

void t.test('curl through the door: name, IPv4 and IPv6', async (t) => {
  const { flows, owners, port } = await open(t, web.port)
  const cases: readonly [url: string, host: string, ip: string][] = [
    ['http://box.com/whoami', 'box.com', ''],
    ['http://192.0.2.7/whoami', '', '192.0.2.7'],
    ['http://[2001:db8::7]/whoami', '', '2001:db8::7'],
  ]
  for (const [url, host, ip] of cases) {
    const { stdout } = await curl('--socks5-hostname', `127.0.0.1:${port}`, url)
    t.match(stdout, 'GET /whoami', url)
    t.match(flows.at(-1), { door: 'socks5', host, destination: { ip, port: 80 }, source: { ip: '127.0.0.1' } }, url)
  }
  t.match(owners.asked, [{ transport: 'tcp', local: flows[0]?.source, remote: { ip: '127.0.0.1', port } }, {}, {}])
  t.equal(owners.asked.length, 3, 'asked once each')
})

void t.test('the socks package through the door: name, IPv4 and IPv6', async (t) => {
  const { flows, port } = await open(t, echo.port)
  for (const host of ['box.com', '192.0.2.7', '2001:db8::7']) {
    const { socket } = await SocksClient.createConnection({
      command: 'connect',
      proxy: { host: '127.0.0.1', port, type: 5 },
      destination: { host, port: 4_242 },
    })
    const answer = allOf(socket)
    socket.end('hello')
    t.equal(await answer, 'HELLO', host)
    t.match(flows.at(-1), host === 'box.com' ? { host } : { destination: { ip: host, port: 4_242 } })
  }
})

void t.test('every failure has its reply code', async (t) => {
  const codes: Readonly<Record<FlowFailure, number>> = {
    blocked: 2,
    refused: 5,
    unreachable: 4,
    'host-not-found': 4,
    'timed-out': 6,
    'gateway-down': 1,
  }
  for (const [failure, code] of Object.entries(codes)) {
    const { port } = await open(t, failure as FlowFailure)
    const client = await connected(port)
    client.write(Buffer.concat([GREETING, request('box.com'), Buffer.from('early data')]))
    t.equal(hex(await allOf(client)), `0500050${code}000100000000${'0000'}`, failure)
    client.destroy()
  }
})

void t.test('what is not served is refused, and no flow made of it', async (t) => {
  const { flows, port } = await open(t, echo.port)
  const cases: readonly [why: string, sent: string, answer: string][] = [
    ['BIND', '050100 05020001 7f000001 0050', '0500 0507000100000000 0000'],
    ['UDP ASSOCIATE', '050100 05030001 00000000 0000', '0500 0507000100000000 0000'],
    ['user and password only', '050102', '05ff'],
    ['SOCKS4', '04010050 7f000001 00', ''],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex'), ''],
  ]
  for (const [why, sent, answer] of cases) {
    const client = await connected(port)
    client.write(Buffer.from(sent.replaceAll(' ', ''), 'hex'))
    t.equal(hex(await allOf(client)), answer.replaceAll(' ', ''), why)
    client.destroy()
  }
  t.equal(flows.length, 0)
})

void t.test('byte by byte, and all at once with data behind', async (t) => {
  const { flows, port } = await open(t, echo.port)
  const whole = Buffer.concat([GREETING, request('box.com')])
  const slow = await connected(port)
  const answer = allOf(slow)
  for (const byte of whole) {
    slow.write(Buffer.from([byte]))
    await new Promise(setImmediate)
  }
  slow.end('abc')
  t.equal(hex(await answer), `${YES}${hex('ABC')}`, 'byte by byte')
  const fast = await connected(port)
  fast.end(Buffer.concat([whole, Buffer.from('def')]))
  t.equal(hex(await allOf(fast)), `${YES}${hex('DEF')}`, 'all at once, the end too')
  t.equal(Buffer.from(flows.at(-1)?.head ?? []).toString(), 'def', 'early data is the head')
})

void t.test('a server that speaks first and ends its side still hears the client', async (t) => {
  const origin = await speaksFirst()
  t.teardown(origin.close)
  const { port } = await open(t, origin.port)
  const client = await connected(port)
  client.write(Buffer.concat([GREETING, request('box.com')]))
  t.equal(hex(await allOf(client)), `${YES}${hex('220 ready\r\n')}`)
  client.end('after the end of the other side')
  t.equal(await origin.heard, 'after the end of the other side')
})

void t.test('an unfinished greeting is closed after its time', async (t) => {
  const { port } = await open(t, echo.port, { ...DOOR_LIMITS, greetingMs: 30 })
  const client = await connected(port)
  client.write(Buffer.from('0501', 'hex'))
  t.equal(await allOf(client), '')
})

void t.test('more unfinished greetings than allowed are closed, finished ones do not count', async (t) => {
  const { port } = await open(t, echo.port, { ...DOOR_LIMITS, greetings: 2 })
  const first = await connected(port)
  const second = await connected(port)
  const third = await connected(port)
  t.equal(await allOf(third), '')
  first.write(Buffer.concat([GREETING, request('box.com')]))
  await once(first.resume(), 'data')
  const fourth = await connected(port)
  fourth.end(Buffer.concat([GREETING, request('box.com'), Buffer.from('x')]))
  t.match(await allOf(fourth), /X$/, 'room again')
  for (const socket of [first, second, fourth]) socket.destroy()
})

void t.test('a client that goes away during its greeting leaves nothing', async (t) => {
  const { door, port } = await open(t, echo.port)
  for (const leave of [(s: Socket) => s.end(), (s: Socket) => s.resetAndDestroy()]) {
    const client = await connected(port)
    client.write(GREETING)
    await once(client.resume(), 'data')
    leave(client)
    await closed(client)
  }
  await door.close()
  t.throws(() => door.address(), { code: 'not-listening' })
})

void t.test('close ends open flows, and a door listens on loopback only', async (t) => {
  const { door, port } = await open(t, echo.port)
  const client = await connected(port)
  client.write(Buffer.concat([GREETING, request('box.com')]))
  await once(client.resume(), 'data')
  const ended = allOf(client)
  await door.close()
  await ended
  for (const host of ['0.0.0.0', '::', '192.0.2.1'])
    await t.rejects(door.listen({ host, port: 0 }), { code: 'not-loopback', exitCode: 2 }, host)
  const other = await open(t, echo.port)
  await t.rejects(door.listen({ host: '127.0.0.1', port: other.port }), { code: 'port-in-use', exitCode: 2 })
})

void t.test('300 sockets of noise and mutated greetings, and the door still serves', async (t) => {
  const { port } = await open(t, 'refused')
  const seed = Buffer.concat([GREETING, request('box.com')])
  const mutated = fc.tuple(fc.nat(seed.length - 1), fc.nat(255)).map(([at, value]) => {
    const bytes = Buffer.from(seed)
    bytes[at] = value
    return bytes
  })
  const inputs = fc.sample(fc.oneof(mutated, fc.uint8Array({ minLength: 1, maxLength: 400 })), 300)
  await sendEach(port, inputs)
  const { exitCode, stderr } = await curl('--socks5-hostname', `127.0.0.1:${port}`, 'http://box.com/')
  t.equal(exitCode, 97, stderr)
})

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}
