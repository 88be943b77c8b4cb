/** What becomes of steered flows at a gateway that inspects: which are looked into, and which stay byte-exact. */

import { once } from 'node:events'
import t from 'tap'
import { inspectedLab } from '../../support/inspected.js'
import { textOf } from '../../support/text-of.js'

const gateway = await inspectedLab(t)
const TENANT = 'ca.acme.goskope.com'
const LAB = 'steerlab lab origins CA'

void t.test('HTTPS arrives signed by the tenant, and is recorded', async (t) => {
  for (const [protocol, maxVersion] of [
    ['h2', 'TLSv1.3'],
    ['http/1.1', 'TLSv1.3'],
    ['http/1.1', 'TLSv1.2'],
  ] as const) {
    const client = await gateway.tls('box.com', { ALPNProtocols: [protocol], maxVersion })
    t.equal(client.getPeerCertificate().issuer.CN, TENANT)
    t.equal(client.alpnProtocol, protocol, `${protocol} is the origin's choice too`)
    t.equal(client.getProtocol(), maxVersion)
    client.destroy()
  }
  const answer = await gateway.get('box.com', '/whoami')
  t.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(answer, /"sni":"box\.com"/, 'the origin was asked by the same name')
  t.match(await gateway.recorded({ url: 'https://box.com/whoami' }), {
    user: 'alice@acme.example',
    device: 'desk',
    process: 'curl',
    host: 'box.com',
    source: '10.0.0.7:50123',
    method: 'GET',
    status: 200,
    action: 'allow',
    decrypted: true,
    pop: 'US-TEST1',
    protocol: 'http/1.1',
  })
})

void t.test('HTTP is looked into as well', async (t) => {
  const client = await gateway.open('box.com', 80)
  client.write('GET /whoami HTTP/1.1\r\nHost: box.com\r\nConnection: close\r\n\r\n')
  t.match(await textOf(client), /^HTTP\/1\.1 200 OK\r\n/)
  t.match(await gateway.recorded({ url: 'http://box.com/whoami' }), { decrypted: true, status: 200 })
})

void t.test('an origin that speaks first, and what is neither TLS nor HTTP, pass unread', async (t) => {
  const ssh = await gateway.open('github.com', 22)
  t.equal(String((await once(ssh, 'data'))[0]), 'SSH-2.0-steerlab\r\n')
  ssh.end('\x00\x01echo')
  t.equal(await textOf(ssh), '\x00\x01echo')
  t.match(await gateway.recorded({ notDecrypted: 'not-web', destination: '140.82.121.4:22' }), {
    action: 'bypass',
    decrypted: false,
    bytesSent: 6,
    bytesReceived: 24,
  })
})

void t.test('the agent says that a flow is not to be decrypted', async (t) => {
  const client = await gateway.tls('box.com', { request: { exempt: 'pinned' }, ca: gateway.labRoot })
  t.equal(client.getPeerCertificate().issuer.CN, LAB, "the origin's own certificate")
  client.destroy()
  t.match(await gateway.recorded({ notDecrypted: 'exempt' }), { rule: 'pinned', action: 'bypass', host: 'box.com' })
})

void t.test('do not decrypt: by host and by category, live', async (t) => {
  await gateway.configure('inspect.json', { doNotDecrypt: { hosts: ['*.zoom.us'], categories: ['Health'] } })
  await gateway.configure('categories.json', { categories: { Health: ['dropbox.com'] } })
  for (const host of ['us04web.zoom.us', 'dropbox.com']) {
    const client = await gateway.tls(host, { ca: gateway.labRoot })
    t.equal(client.getPeerCertificate().issuer.CN, LAB, host)
    client.destroy()
    t.match(await gateway.recorded({ host, notDecrypted: 'do-not-decrypt' }), { rule: /^doNotDecrypt\./ })
  }
  const other = await gateway.tls('box.com')
  t.equal(other.getPeerCertificate().issuer.CN, TENANT, 'another host is')
  other.destroy()
  await gateway.configure('inspect.json', {})
})

void t.test('a client that does not accept the certificate is told of by its alert', async (t) => {
  await t.rejects(gateway.tls('box.com', { ca: gateway.labRoot }), { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' })
  const refused = await gateway.recorded({ notDecrypted: 'client-refused' })
  // Node hangs up after the handshake; OpenSSL and browsers send an alert.
  t.match(refused, { action: 'refused', host: 'box.com', clientAlert: /./ })
})

void t.test('notskope.com is answered by the gateway', async (t) => {
  const answer = await gateway.get('notskope.com', '/')
  t.match(answer, /"steered":true/)
  t.match(answer, /"pop":"US-TEST1"/)
  const plain = await gateway.open('notskope.com', 80)
  plain.write('GET / HTTP/1.1\r\nHost: notskope.com\r\nConnection: close\r\n\r\n')
  t.match(await textOf(plain), /You are steered/)
})

void t.test('notskope.com is answered also where nothing is inspected', async (t) => {
  await gateway.configure('inspect.json', { inspect: false })
  t.match(await gateway.get('notskope.com', '/'), /"steered":true/)
  const client = await gateway.tls('box.com', { ca: gateway.labRoot })
  t.equal(client.getPeerCertificate().issuer.CN, LAB)
  client.destroy()
  await gateway.configure('inspect.json', {})
})
