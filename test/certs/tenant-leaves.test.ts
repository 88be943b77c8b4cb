/** The gateway's stand-ins for origins' certificates: their habits, who accepts them, and that each is made once. */

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type SecureContext, type TLSSocket } from 'node:tls'
import t from 'tap'
import type { KeyKind } from '../../certs/keys.js'
import { ensureTenantCertificates } from '../../certs/tenant-authority.js'
import { tenantLeaves } from '../../certs/tenant-leaves.js'
import { listening } from '../support/loopback.js'
import { lacking } from '../support/needs.js'
import { opensslVerify } from '../support/openssl.js'
import { runProgram } from '../support/run-program.js'

const now = () => new Date()
const identity = { tenant: 'acme', user: 'alice@acme.example', org: 'Acme Corp', now: now() }
const { agent, gateway } = await ensureTenantCertificates({ ...identity, home: t.testdir() })
const skip = lacking('openssl')
const leavesWith = (keyKind: KeyKind) => tenantLeaves({ issuer: gateway.issuer, keyKind, now })
const MEDIUM = { commonName: '*.medium.com', names: ['*.medium.com', 'medium.com'] } as const

/** Protocol and subjects that a client sees who trusts the tenant's root alone. */
async function seenBy(context: SecureContext | undefined, servername: string) {
  const server = createServer({ SNICallback: (_name, done) => done(null, context) }, (socket) => {
    socket.on('error', () => {})
    socket.end()
  })
  server.on('tlsClientError', () => {})
  const { port, close } = await listening(server)
  const client = connect({ host: '127.0.0.1', port, servername, ca: agent.authority })
  try {
    await once(client, 'secureConnect')
    return { protocol: client.getProtocol(), sent: subjectsOf(client) }
  } finally {
    client.destroy()
    await close()
  }
}

/** Of the certificates that the server sent. */
function subjectsOf(client: TLSSocket): string[] {
  const found: string[] = []
  for (let at = client.getPeerX509Certificate(); at !== undefined; at = at.issuerCertificate) found.push(at.subject)
  return found
}

void t.test('a leaf has the habits of the real one', { skip }, async (t) => {
  for (const [keyKind, bits] of [
    ['ec-p256', /Public-Key: \(256 bit\)/],
    ['rsa-2048', /Public-Key: \(2048 bit\)/],
  ] as const) {
    const { cert } = (await leavesWith(keyKind)).issue(MEDIUM.names, MEDIUM.commonName)
    const { stdout } = await runProgram('openssl', ['x509', '-noout', '-text', '-nameopt', 'RFC2253'], { input: cert })
    t.match(stdout, bits)
    t.match(stdout, /Signature Algorithm: sha256WithRSAEncryption/)
    t.match(stdout, /Subject: CN=\*\.medium\.com\n/)
    t.match(stdout, /Issuer: .*CN=ca\.acme\.goskope\.com.*O=Acme Corp/)
    t.match(stdout, /DNS:\*\.medium\.com, DNS:medium\.com\n/)
    t.match(stdout, /Subject Key Identifier/)
    t.match(stdout, /Authority Key Identifier/)
    const { validFrom, validTo } = new X509Certificate(cert)
    t.equal((Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000, 396, 'days')
  }
})

void t.test('openssl accepts leaves of all kinds of names', { skip }, async (t) => {
  const leaves = await leavesWith('ec-p256')
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`
  const chain = { root: agent.authority, between: agent.tenantAuthority }
  for (const [name, option] of [
    ['www.medium.com', '-verify_hostname'],
    [long, '-verify_hostname'],
    ['192.0.2.1', '-verify_ip'],
    ['2001:db8::1', '-verify_ip'],
  ] as const) {
    const leaf = leaves.issue([name]).cert
    t.equal(await opensslVerify({ ...chain, leaf }, '-purpose', 'sslserver', option, name), 'ok', name)
    t.match(await opensslVerify({ ...chain, leaf }, '-verify_hostname', 'zoom.us'), /mismatch/, name)
  }
})

void t.test('a client that trusts the root sees the chain', async (t) => {
  for (const keyKind of ['ec-p256', 'rsa-2048'] as const) {
    const context = (await leavesWith(keyKind)).contextFor('towardsdatascience.medium.com', MEDIUM)
    const { protocol, sent } = await seenBy(context, 'towardsdatascience.medium.com')
    t.equal(protocol, 'TLSv1.3')
    t.equal(sent.length, 2, 'the root is not sent')
    t.match(sent, ['CN=*.medium.com', /CN=ca\.acme\.goskope\.com/], keyKind)
    await t.rejects(seenBy(context, 'zoom.us'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  }
})

void t.test('a host has one certificate, whatever is mirrored later', async (t) => {
  const leaves = await leavesWith('ec-p256')
  const hosts = Array.from({ length: 40 }, (_, n) => `h${n}.medium.com`)
  const first = hosts.map((host) => leaves.contextFor(host, MEDIUM))
  t.strictSame(
    hosts.map((host, n) => leaves.contextFor(host) === first[n]),
    hosts.map(() => true),
  )
  t.equal(leaves.issued, 40)
})

void t.test("an issuer with another's key is refused", async (t) => {
  const issuer = { ...gateway.issuer, key: gateway.key }
  await t.rejects(tenantLeaves({ issuer, keyKind: 'ec-p256', now }), { code: 'issuer-key-mismatch' })
})
