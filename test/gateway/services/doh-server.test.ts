/** DNS over HTTPS as curl sees it, over HTTP/1.1 and HTTP/2: it resolves by it, asks for JSON, and meets each fault. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { GARBAGE } from '../../../gateway/services/dns-answers.js'
import { startDohServer } from '../../../gateway/services/doh-server.js'
import { dohOf, NEAREST, type TestService } from '../../support/cloud-dns.js'
import { curl } from '../../support/curl.js'
import { closed, listening } from '../../support/loopback.js'
import { lacking } from '../../support/needs.js'
import { textOf } from '../../support/text-of.js'
import { waitUntil } from '../../support/wait-until.js'

const skip = lacking('openssl', 'curl')
const GATEWAY = 'gateway-lab.goskope.com'
const RESOLVE = `/resolve?name=${GATEWAY}&type=A`

/** curl at a path of a service: status and version of HTTP, body, exit code. */
function curlAt({ port, caFile }: TestService & { readonly caFile: string }) {
  const trust = ['--resolve', `dns.google:${port}:127.0.0.1`, '--cacert', caFile, '-w', '|%{http_code} %{http_version}']
  return async (path: string, ...args: readonly string[]): Promise<string> => {
    const { stdout, exitCode } = await curl(...trust, ...args, `https://dns.google:${port}${path}`)
    return `${stdout} (${exitCode})`
  }
}

/** A gateway of the cloud, as a web server on its address. */
async function gatewayAt(t: Test, ip: string): Promise<number> {
  const server = await listening(
    createServer((_request, response) => response.end(`${ip} here`)),
    ip,
  )
  t.teardown(server.close)
  return server.port
}

void t.test('curl finds the gateway by it', { skip }, async (t) => {
  const doh = await dohOf(t)
  const port = await gatewayAt(t, NEAREST)
  const means = ['--doh-url', `https://dns.google:${doh.port}/dns-query`, '--cacert', doh.caFile]
  const route = ['--resolve', `dns.google:${doh.port}:127.0.0.1`]
  const found = await curl(...means, ...route, `http://${GATEWAY}:${port}/`)
  t.match(found, { exitCode: 0, stdout: `${NEAREST} here` })
  const entry = { event: 'doh-request', http: '2.0', method: 'POST', path: '/dns-query', status: 200, name: GATEWAY }
  t.strictSame(
    [...doh.log].sort((one, other) => String(one['type']).localeCompare(String(other['type']))),
    [
      { ...entry, type: 'A' },
      { ...entry, type: 'AAAA' },
    ],
  )
  t.match(await curl(...means, ...route, `http://nobody.example:${port}/`), { exitCode: 6 }, 'and what is not ours not')
  doh.fail({ kind: 'http-500' })
  t.match(await curl(...means, ...route, `http://${GATEWAY}:${port}/`), { exitCode: 6 }, 'nor by one that fails')
})

void t.test('JSON over both versions of HTTP', { skip }, async (t) => {
  const doh = await dohOf(t)
  const ask = curlAt(doh)
  for (const [version, number] of [
    ['--http1.1', '1.1'],
    ['--http2', '2'],
  ] as const) {
    const [body = '', rest] = (await ask(`${RESOLVE}&edns_client_subnet=203.0.113.5/24`, version)).split('|')
    t.equal(rest, `200 ${number} (0)`)
    t.match(JSON.parse(body), { Status: 0, Answer: [{ data: '127.18.0.2' }], edns_client_subnet: '203.0.113.0/24' })
    t.match(await ask('/resolve', version), `|400 ${number}`)
    t.match(await ask('/', version), `|404 ${number}`)
    t.match(await ask('/dns-query', version, '-X', 'PUT'), `|405 ${number}`)
    t.match(await ask('/dns-query', version, '--data', 'x'), `|415 ${number}`)
    const large = ['--data', 'x'.repeat(65_536), '-H', 'content-type: application/dns-message', '-H', 'expect:']
    t.match(await ask('/dns-query', version, ...large), `|413 ${number}`)
    t.match(await ask(RESOLVE, version, '-H', `x: ${'x'.repeat(100_000)}`), /\|(431|000)/, 'too large a header')
  }
  t.match(await ask(RESOLVE), /\|200 2 \(0\)$/, 'the service lives')
})

void t.test('each fault, and its end', { skip }, async (t) => {
  const doh = await dohOf(t)
  const ask = curlAt(doh)
  const good = await ask(RESOLVE)
  const cases: ReadonlyArray<readonly [fault: ServiceFault, heard: RegExp]> = [
    [{ kind: 'time-out' }, /^\|000 0 \(28\)$/],
    [{ kind: 'refuse' }, /^\|000 0 \(7\)$/],
    [{ kind: 'garbage' }, /^.*\ufffd.*\|200 [\d.]+ \(0\)$/s],
    [{ kind: 'slow', ms: 50 }, /"Answer"[\s\S]*\|200 [\d.]+ \(0\)$/],
    [{ kind: 'slow', ms: 120_000 }, /^\|000 0 \(28\)$/],
    [{ kind: 'http-500' }, /failed.*\|500 [\d.]+ \(0\)$/],
    [{ kind: 'empty' }, /^\{"Status":0(?!.*Answer).*\|200 [\d.]+ \(0\)$/],
    [{ kind: 'wrong-tenant' }, /"data":"163\.116\.128\.99".*\|200 [\d.]+ \(0\)$/],
  ]
  for (const [fault, heard] of cases) {
    doh.fail(fault)
    for (const version of ['--http1.1', '--http2']) {
      const begun = performance.now()
      t.match(await ask(RESOLVE, version, '--max-time', '0.5'), heard, `${fault.kind} ${version}`)
      if (fault.kind === 'slow') t.ok(performance.now() - begun >= Math.min(fault.ms, 500) - 1, 'late')
    }
    if (fault.kind !== 'refuse') t.match(doh.log.at(-1), { path: '/resolve', fault: fault.kind })
    doh.mend()
    if (fault.kind === 'refuse') await waitUntil(async () => (await ask(RESOLVE)) === good)
    t.equal(await ask(RESOLVE), good, `after ${fault.kind}`)
  }
  t.equal(GARBAGE.toString().includes('\ufffd'), true, 'garbage is no UTF-8')
})

/** A connection on which anything can be said. */
function rawClient(t: Test, port: number): TLSSocket {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  return socket
}

void t.test('those who are slow, or speak no HTTP', async (t) => {
  const { port } = await dohOf(t, { requestMs: 200 })
  const sayings: ReadonlyArray<readonly [why: string, text: string, status: number]> = [
    ['another language', 'EHLO steerlab\r\n\r\n', 400],
    ['a header that does not end', 'GET / HTTP/1.1\r\nhost: x\r\n', 408],
    ['a body that does not come', 'POST /dns-query HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{', 408],
  ]
  for (const [why, text, status] of sayings) {
    const client = rawClient(t, port)
    client.write(text)
    t.match(await textOf(client), `HTTP/1.1 ${status} `, why)
  }
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  t.teardown(() => session.destroy())
  const post = { ':method': 'POST', ':path': '/dns-query', 'content-type': 'application/dns-message' }
  const slow = session.request(post, { endStream: false })
  let answered = false
  slow.on('response', () => {
    answered = true
  })
  slow.on('error', () => {})
  slow.write('{')
  await once(slow, 'close')
  t.notOk(answered, 'a body over HTTP/2 that does not end has no answer')
  const good = session.request({ ':path': RESOLVE })
  const [headers] = await once(good, 'response')
  t.equal(headers[':status'], 200, 'the session lives')
})

void t.test('a stop ends everything, and a port that is taken is told', async (t) => {
  const { port, fail, close } = await dohOf(t)
  const common = { key: '', cert: '', answer: () => ({ step: 'drop' }) as const, log: () => {} }
  const fault = { current: undefined, onChange: () => {} }
  await t.rejects(startDohServer({ ...common, host: '127.0.0.1', port, fault }), { code: 'port-in-use', exitCode: 2 })
  const waiting: TLSSocket[] = []
  for (const fault of [{ kind: 'time-out' }, { kind: 'slow', ms: 120_000 }] as const) {
    fail(fault)
    const client = rawClient(t, port)
    await once(client, 'secureConnect')
    client.write(`GET ${RESOLVE} HTTP/1.1\r\nhost: x\r\n\r\n`)
    waiting.push(client)
  }
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  session.on('error', () => {})
  await once(session, 'connect')
  await close()
  await Promise.all(waiting.map(closed))
  if (!session.destroyed) await once(session, 'close')
  t.equal(await textOf(waiting[0] as TLSSocket), '', 'nobody heard anything')
})
