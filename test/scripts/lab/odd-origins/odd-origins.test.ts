/** What the odd origins do, asked with curl, openssl and raw TLS. */

import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { nameOf, type OddHost } from '../../../../scripts/lab/odd-origins/hosts.js'
import { LINE_GREETING, MALFORMED_ANSWER } from '../../../../scripts/lab/odd-origins/odd-servers.js'
import { allOf, connected, readUntil } from '../../../support/loopback.js'
import { lacking } from '../../../support/needs.js'
import { oddLab } from '../../../support/odd-lab.js'

const lab = await oddLab()
t.teardown(() => lab.close())
const whoami = (host: OddHost) => `https://${nameOf(host)}/whoami`

void t.test('those that are web sites serve the site', { skip: lacking('curl') }, async (t) => {
  for (const [host, tlsVersion, ...args] of [
    ['rsa-chain', 'TLSv1.3'],
    ['tls12', 'TLSv1.2'],
    ['late-tickets', 'TLSv1.3', '--http1.1'],
    ['revoked', 'TLSv1.3'],
    ['self-signed', 'TLSv1.3', '-k'],
    ['expired', 'TLSv1.3', '-k'],
    ['wrong-host', 'TLSv1.3', '-k'],
    ['untrusted-root', 'TLSv1.3', '-k'],
    ['incomplete-chain', 'TLSv1.3', '-k'],
  ] as const) {
    const { stdout, stderr } = await lab.curl(host, ...args, whoami(host))
    t.match(JSON.parse(stdout || '{}'), { host: nameOf(host), sni: nameOf(host), tlsVersion }, `${host} ${stderr}`)
  }
  t.equal((await lab.curl('tls12', '--tlsv1.3', whoami('tls12'))).code, 35, 'tls12 speaks nothing newer')
  t.equal(
    (await lab.curl('late-tickets', '--tls-max', '1.2', whoami('late-tickets'))).code,
    35,
    'and this nothing older',
  )
})

void t.test('a client without a certificate is refused, late in TLS 1.3', { skip: lacking('curl') }, async (t) => {
  const late = lab.tls('client-cert')
  const refused = once(late, 'error').catch((error) => [error])
  await once(late, 'secureConnect')
  t.match(await refused, [{ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }])
  const early = lab.tls('client-cert-tls12')
  early.on('secureConnect', () => t.fail('no handshake'))
  const [error] = await once(early, 'error').catch((error) => [error])
  t.match(error, { code: /ALERT_HANDSHAKE_FAILURE/ })

  const file = join(t.testdir(), 'client.pem')
  await lab.curl('client-cert', '-o', file, `http://${nameOf('client-cert')}/client.pem`)
  for (const host of ['client-cert', 'client-cert-tls12'] as const) {
    const { stdout, stderr } = await lab.curl(host, '--cert', file, whoami(host))
    t.match(JSON.parse(stdout || '{}'), { host: nameOf(host) }, stderr)
    t.not((await lab.curl(host, whoami(host))).code, 0, `${host} without one`)
  }
})

void t.test('a handshake is refused by an alert', { skip: lacking('openssl') }, async (t) => {
  const [error] = await once(lab.tls('handshake-error'), 'error').catch((error) => [error])
  t.match(error, { code: /HANDSHAKE_FAILURE/ })
  t.match((await lab.sClient('handshake-error')).stderr, /alert handshake failure/)
})

void t.test('an answer that is no HTTP, where HTTP/1.1 was agreed', { skip: lacking('curl') }, async (t) => {
  const socket = lab.tls('malformed-http', { ALPNProtocols: ['h2', 'http/1.1'] })
  await once(socket, 'secureConnect')
  t.equal(socket.alpnProtocol, 'http/1.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  t.equal(await allOf(socket), MALFORMED_ANSWER)
  t.equal((await lab.curl('malformed-http', whoami('malformed-http'))).code, 1, 'curl: unsupported protocol')
})

void t.test('a protocol in which the server speaks first, and nothing is agreed', async (t) => {
  const socket = lab.tls('not-http', { ALPNProtocols: ['http/1.1'] })
  await once(socket, 'secureConnect')
  t.equal(socket.alpnProtocol, false)
  t.equal(await readUntil(socket, '\n'), LINE_GREETING)
  socket.write('hello\n')
  t.equal(await readUntil(socket, '\n'), 'hello\n')
  socket.destroy()
})

void t.test('tickets come with the first answer, later than the handshake', async (t) => {
  const socket = lab.tls('late-tickets', { ALPNProtocols: ['http/1.1'] })
  await once(socket, 'secureConnect')
  const begun = performance.now()
  socket.write('GET /whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  const ticket = once(socket, 'session').then(() => performance.now() - begun)
  t.match(await allOf(socket), /^HTTP\/1\.1 200 OK\r\n/)
  const took = await ticket
  t.ok(took > 150 && took < 2000, `${took} ms`)
  const usual = lab.tls('rsa-chain')
  usual.resume()
  await once(usual, 'session')
  usual.destroy()
})

void t.test('closing ends them all, also what waits', async (t) => {
  const own = await oddLab()
  const waits = own.tls('late-tickets')
  await once(waits, 'secureConnect')
  const idle = await connected(own.portOf('handshake-error'))
  const heard = Promise.all([allOf(waits), allOf(idle)])
  await own.close()
  t.strictSame(await heard, ['', ''])
  idle.destroy()
})
