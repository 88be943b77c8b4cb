import { execFileSync } from 'node:child_process'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { FlowFailure } from '../../../agent/capture/door.js'
import { HttpDoor } from '../../../agent/capture/http-door.js'
import { DOOR_LIMITS, type DoorLimits } from '../../../agent/capture/loopback-door.js'
import { curl } from '../../support/curl.js'
import { askedOwners, flowDialer, type Route } from '../../support/flow-dialer.js'
import { allOf, closed, connected, listening, readUntil, sendEach } from '../../support/loopback.js'
import { echoAtEnd, httpOrigin, speaksFirst } from '../../support/origins.js'

const web = await httpOrigin()
const echo = await echoAtEnd()
t.teardown(() => Promise.all([web.close(), echo.close()]))

const PAC = 'function FindProxyForURL(url, host) { return "DIRECT"; }\n'
const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n'

/** An open door that sends every flow along `route`. */
async function open(t: Test, route: Route, limits: DoorLimits = DOOR_LIMITS) {
  const { flows, handle } = flowDialer(() => route)
  const owners = askedOwners()
  const door = new HttpDoor({ handle, owners, pac: () => PAC, limits })
  await door.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => door.close())
  const { port } = door.address()
  return { door, flows, owners, port, proxy: `http://127.0.0.1:${port}` }
}

void t.test('curl through CONNECT to an HTTPS origin, its certificate checked', async (t) => {
  const subject = ['-subj', '/CN=box.com', '-addext', 'subjectAltName=DNS:box.com', '-days', '1']
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const openssl = ['req', '-x509', ...algorithm, ...subject, '-keyout', '-', '-out', '-']
  const pem = execFileSync('openssl', openssl, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const origin = await listening(createTlsServer({ key: pem, cert: pem }, (_req, res) => res.end('secret')))
  t.teardown(origin.close)
  const { flows, owners, port, proxy } = await open(t, origin.port)
  const { stdout, stderr } = await curl('-x', proxy, '--cacert', join(t.testdir({ ca: pem }), 'ca'), 'https://box.com/')
  t.equal(stdout, 'secret', stderr)
  t.match(flows, [{ door: 'http-connect', host: 'box.com', destination: { ip: '', port: 443 } }])
  t.match(owners.asked, [{ transport: 'tcp', local: flows[0]?.source, remote: { ip: '127.0.0.1', port } }])
})

void t.test('curl through CONNECT to addresses', async (t) => {
  const { flows, proxy } = await open(t, web.port)
  for (const [host, ip] of [
    ['192.0.2.7', '192.0.2.7'],
    ['[2001:db8::7]', '2001:db8::7'],
  ] as const) {
    const { stdout, stderr } = await curl('-p', '-x', proxy, `http://${host}:8080/a`)
    t.equal(stdout, `GET /a ${host}:8080 0`, stderr)
    t.match(flows.at(-1), { door: 'http-connect', host: '', destination: { ip, port: 8_080 } })
  }
})

void t.test('every failure has its status and says why', async (t) => {
  const statuses: Readonly<Record<FlowFailure, readonly [status: number, why: string]>> = {
    blocked: [403, 'blocked by policy'],
    refused: [502, 'refused'],
    unreachable: [502, 'cannot be reached'],
    'host-not-found': [502, 'name was not found'],
    'timed-out': [504, 'in time'],
    'gateway-down': [503, 'gateway is not connected'],
  }
  for (const [failure, [status, why]] of Object.entries(statuses)) {
    const { port, proxy } = await open(t, failure as FlowFailure)
    const client = await connected(port)
    client.write('CONNECT zoom.us:443 HTTP/1.1\r\nHost: zoom.us:443\r\n\r\nearly data')
    const answer = await allOf(client)
    t.match(answer, new RegExp(`^HTTP/1.1 ${status} .*\r\n\r\nsteerlab: zoom.us:443 .*${why}.*\n$`, 's'), failure)
    client.destroy()
    const connect = await curl('-x', proxy, 'https://zoom.us/')
    t.match(connect.stderr, String(status), `${failure}: curl reads the status of CONNECT`)
    const forward = await curl('-x', proxy, '-w', ' %{http_code}', 'http://zoom.us/')
    t.match(forward.stdout, new RegExp(`steerlab: zoom.us:80 .*${why}.*\n ${status}$`), `${failure}: of a GET`)
  }
})

void t.test('bad CONNECT targets are answered 400 and make no flow', async (t) => {
  const { flows, port } = await open(t, echo.port)
  for (const target of [
    'box.com',
    'box.com:0',
    'box.com:99999',
    'http://box.com/',
    '/x',
    '*',
    '[::1%lo]:443',
    '127.1:443',
    ':443',
  ]) {
    const client = await connected(port)
    client.write(`CONNECT ${target} HTTP/1.1\r\nHost: box.com\r\n\r\n`)
    t.match(await allOf(client), /^HTTP\/1.1 400 /, target)
    client.destroy()
  }
  t.equal(flows.length, 0)
})

void t.test('the auto-configuration file, and nothing else, is served', async (t) => {
  const { flows, proxy } = await open(t, echo.port)
  for (const path of ['/proxy.pac', '/wpad.dat', '/proxy.pac?x=1']) {
    const { stdout } = await curl('-w', '%{content_type} %{http_code}', `${proxy}${path}`)
    t.equal(stdout, `${PAC}application/x-ns-proxy-autoconfig 200`, path)
  }
  for (const args of [['/'], ['/other'], ['-X', 'POST', '/proxy.pac']]) {
    const { stdout } = await curl('-w', '%{http_code}', ...args.slice(0, -1), `${proxy}${args.at(-1)}`)
    t.match(stdout, /^steerlab: .*\n404$/, args.join(' '))
  }
  const asterisk = await curl('-w', '%{http_code}', '-X', 'OPTIONS', '--request-target', '*', `${proxy}/`)
  t.match(asterisk.stdout, /^steerlab: .*\n400$/, 'OPTIONS *')
  t.equal(flows.length, 0)
})

void t.test('bytes behind CONNECT are kept, and both sides half-close', async (t) => {
  const { flows, port } = await open(t, echo.port)
  const client = await connected(port)
  client.end('CONNECT box.com:7 HTTP/1.1\r\n\r\nearly')
  t.equal(await allOf(client), `${ESTABLISHED}EARLY`, 'the client ended first, at once')
  t.equal(Buffer.from(flows[0]?.head ?? []).toString(), 'early')

  const patient = await connected(port)
  patient.write('CONNECT box.com:7 HTTP/1.1\r\n\r\n')
  t.equal(await readUntil(patient, '\r\n\r\n'), ESTABLISHED)
  patient.end('later')
  t.equal(await allOf(patient), 'LATER', 'the client ended first, later')

  const origin = await speaksFirst()
  t.teardown(origin.close)
  const other = await open(t, origin.port)
  const listener = await connected(other.port)
  listener.write('CONNECT box.com:25 HTTP/1.1\r\n\r\n')
  t.equal(await allOf(listener), `${ESTABLISHED}220 ready\r\n`, 'the origin ended first')
  listener.end('QUIT')
  t.equal(await origin.heard, 'QUIT')
})

void t.test('200 CONNECTs at a time, and no socket left of them', async (t) => {
  const { port } = await open(t, echo.port)
  const sockets = () => process.getActiveResourcesInfo().filter((name) => /^(TCPSocketWrap|Timeout)$/.test(name)).length
  const before = sockets()
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const client = await connected(port)
      client.write('CONNECT box.com:7 HTTP/1.1\r\n\r\n')
      await readUntil(client, '\r\n\r\n')
      client.end(`flow ${i}`)
      const answer = await allOf(client)
      await closed(client)
      return answer
    }),
  )
  t.strictSame(
    answers,
    Array.from({ length: 200 }, (_, i) => `FLOW ${i}`),
  )
  for (let turn = 0; turn < 100 && sockets() > before; turn++) await new Promise(setImmediate)
  t.ok(sockets() <= before, `${sockets()} sockets and timers, ${before} before`)
})

void t.test('an unfinished request is answered 408 after its time', async (t) => {
  const { port } = await open(t, echo.port, { ...DOOR_LIMITS, greetingMs: 50 })
  for (const begun of ['', 'CONNECT box.com:443 HTTP/1.1\r\nX:']) {
    const client = await connected(port)
    client.write(begun)
    t.match(await allOf(client), /^HTTP\/1.1 408 /, `after '${begun}'`)
    client.destroy()
  }
})

void t.test('more unfinished requests than allowed are closed, finished ones do not count', async (t) => {
  const { port } = await open(t, echo.port, { ...DOOR_LIMITS, greetings: 2 })
  const first = await connected(port)
  const second = await connected(port)
  const third = await connected(port)
  t.equal(await allOf(third), '')
  first.write('CONNECT box.com:7 HTTP/1.1\r\n\r\n')
  await readUntil(first, '\r\n\r\n')
  const fourth = await connected(port)
  fourth.end('CONNECT box.com:7 HTTP/1.1\r\n\r\nx')
  t.match(await allOf(fourth), /X$/)
  for (const socket of [first, second, third, fourth]) socket.destroy()
})

void t.test('close ends the listener and whatever is open', async (t) => {
  const { door, flows, port } = await open(t, echo.port)
  const tunnel = await connected(port)
  tunnel.write('CONNECT box.com:7 HTTP/1.1\r\n\r\n')
  await readUntil(tunnel, '\r\n\r\n')
  const idle = await connected(port)
  idle.write('GET /proxy.pac HTTP/1.1\r\nHost: x\r\n\r\n')
  await readUntil(idle, PAC)
  const begun = await connected(port)
  begun.write('GET /')
  const ended = Promise.all([tunnel, idle, begun].map(allOf))
  await door.close()
  await ended
  t.ok(flows[0]?.socket.destroyed)
  t.throws(() => door.address(), { code: 'not-listening' })
  await t.rejects(door.listen({ host: '0.0.0.0', port: 0 }), { code: 'not-loopback', exitCode: 2 })
})

void t.test('300 sockets of noise and mutated requests, and the door still serves', async (t) => {
  const { port, proxy } = await open(t, 'refused')
  const seeds = [
    'CONNECT box.com:443 HTTP/1.1\r\nHost: box.com\r\n\r\n',
    'GET http://box.com/ HTTP/1.1\r\nHost: box.com\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
  ]
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }))
    .map(([seed, changes]) => {
      const bytes = Buffer.from(seed)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
  const inputs = fc.sample(fc.oneof(mutated, fc.uint8Array({ minLength: 1, maxLength: 400 })), 300)
  await sendEach(port, inputs)
  const { stdout } = await curl(`${proxy}/proxy.pac`)
  t.equal(stdout, PAC)
})
