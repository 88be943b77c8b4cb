/** Leaf certificates on demand: one a host, shared by concurrent handshakes, the most recently used kept. */

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type ConnectionOptions, connect, createServer, type PeerCertificate } from 'node:tls'
import t from 'tap'
import { generateKeys } from '../../certs/keys.js'
import { LeafContexts } from '../../certs/leaf-contexts.js'
import { issueRoot, openIssuer } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { opensslVerify } from '../support/openssl.js'

const now = new Date()
const [rootKeys, leafKeys] = await Promise.all([generateKeys('rsa-2048'), generateKeys('ec-p256')])
const root = issueRoot({ subject: { commonName: 'a root' }, keys: rootKeys, days: 3650, now })
const issuer = openIssuer(root, rootKeys.privateKey)
const leafContexts = (limit?: number) =>
  new LeafContexts({ issuer, keys: leafKeys, now: () => now, ...(limit === undefined ? {} : { limit }) })

void t.test('openssl accepts a leaf for its names alone', { skip: lacking('openssl') }, async (t) => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`
  for (const name of ['box.com', 'bücher.example', long]) {
    const { cert } = leafContexts().issue([name])
    const ascii = name.replace('bücher', 'xn--bcher-kva')
    const asServer = ['-purpose', 'sslserver', '-verify_hostname']
    t.equal(await opensslVerify({ root, leaf: cert }, ...asServer, ascii), 'ok', name)
    t.match(await opensslVerify({ root, leaf: cert }, ...asServer, 'zoom.us'), /hostname mismatch/, name)
  }
})

void t.test('a leaf lives no longer than browsers accept', async (t) => {
  const leaf = new X509Certificate(leafContexts().issue(['box.com']).cert)
  const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000
  t.equal(days, 396)
})

void t.test('a host has one context, however it is written', async (t) => {
  const leaves = leafContexts()
  const context = leaves.contextFor('box.com')
  t.ok(context)
  t.equal(leaves.contextFor('BOX.com.'), context)
  t.not(leaves.contextFor('www.box.com'), context)
  t.strictSame([leaves.size, leaves.issued], [2, 2])
})

void t.test('what is neither a DNS name nor an address has none', async (t) => {
  const leaves = leafContexts()
  for (const text of ['', 'a b', '1.2.3', '[::1]', 'x'.repeat(300)]) t.equal(leaves.contextFor(text), undefined, text)
  t.strictSame([leaves.size, leaves.issued], [0, 0])
})

void t.test('an address has one context, however it is written', async (t) => {
  const leaves = leafContexts()
  const context = leaves.contextFor('::ffff:127.0.0.1')
  t.ok(context)
  t.equal(leaves.contextFor('0:0:0:0:0:FFFF:7f00:1'), context)
  t.not(leaves.contextFor('127.0.0.1'), context, 'the same host over another protocol')
  t.not(leaves.contextFor('7f000001'), context, 'a DNS name of its digits')
  t.strictSame([leaves.size, leaves.issued], [3, 3])
})

void t.test('the contexts least recently used are dropped', async (t) => {
  const leaves = leafContexts(3)
  const [a, b] = ['a.example', 'b.example', 'c.example'].map((host) => leaves.contextFor(host))
  t.equal(leaves.contextFor('a.example'), a, 'used again')
  leaves.contextFor('d.example')
  t.equal(leaves.size, 3)
  t.equal(leaves.contextFor('a.example'), a, 'kept, for it was used')
  t.not(leaves.contextFor('b.example'), b, 'made anew, for it was the oldest')
})

void t.test('a server answers each server name with its own certificate', async (t) => {
  const leaves = leafContexts()
  const server = createServer({ ...leaves.issue(['localhost']), SNICallback: leaves.sniCallback }, (socket) => {
    socket.on('error', () => {})
    socket.end()
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const certificateFor = async (options: ConnectionOptions): Promise<PeerCertificate> => {
    const client = connect({ host: '127.0.0.1', port, ca: root, ...options })
    await once(client, 'secureConnect')
    const certificate = client.getPeerCertificate()
    client.destroy()
    return certificate
  }
  const hosts = ['box.com', 'zoom.us', 'box.com', 'xn--bcher-kva.example', 'box.com']
  const found = await Promise.all(hosts.map((servername) => certificateFor({ servername })))
  t.strictSame(
    found.map(({ subject }) => String(subject.CN)),
    hosts,
  )
  const serials = found.filter((_, index) => hosts[index] === 'box.com').map(({ serialNumber }) => serialNumber)
  t.equal(new Set(serials).size, 1, 'concurrent handshakes share one')
  const ignoring = { checkServerIdentity: () => undefined }
  t.equal((await certificateFor({ servername: '', ...ignoring })).subject.CN, 'localhost', 'no server name')
  t.equal(
    (await certificateFor({ servername: 'a b', ...ignoring })).subject.CN,
    'localhost',
    'a server name that is none',
  )
  await t.rejects(certificateFor({ servername: 'box.com', ca: issueOther() }), { code: /SELF_SIGNED|UNABLE|SIGNATURE/ })
})

function issueOther(): string {
  return issueRoot({ subject: { commonName: 'a root' }, keys: leafKeys, days: 1, now })
}
