/** A tenant's certificates: made once, judged by openssl, used in a mutual handshake, remade when they no longer serve. */

import { fork } from 'node:child_process'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, connect, createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ensureTenantCertificates, type TenantCertificates } from '../../certs/tenant-authority.js'
import { issueCertificate, openIssuer } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { opensslVerify } from '../support/openssl.js'
import { runProgram } from '../support/run-program.js'

const DAY_MS = 86_400_000
const now = new Date()
const acme = { tenant: 'acme', user: 'alice@acme.example', org: 'Acme Corp', now }
const skip = lacking('openssl')
/** A set made once for the tests that only look at it. */
const sharedHome = t.testdir()
const shared = await ensureTenantCertificates({ ...acme, home: sharedHome })

const parts = ({ agent, gateway }: TenantCertificates) => ({
  root: agent.authority,
  tenant: agent.tenantAuthority,
  gateway: gateway.chain,
  pfx: agent.pfx.toString('base64'),
})
const serialOf = (pem: string) => new X509Certificate(pem).serialNumber

void t.test('openssl accepts the whole set', { skip }, async (t) => {
  const { paths, agent } = shared
  const { root, tenant, gateway } = parts(shared)
  t.equal(await opensslVerify({ root, leaf: root }), 'ok', 'nscacert.pem')
  t.equal(await opensslVerify({ root, leaf: tenant }), 'ok', 'nstenantcert.pem')
  const server = { root, between: tenant, leaf: gateway }
  for (const name of ['gateway', 'addon', 'achecker'])
    t.equal(await opensslVerify(server, '-purpose', 'sslserver', '-verify_hostname', `${name}-acme.goskope.com`), 'ok')
  t.match(await opensslVerify(server, '-verify_hostname', 'gateway-acme.example.com'), /hostname mismatch/)

  const pkcs12 = ['pkcs12', '-in', paths.userPkcs12, '-nodes', '-passin']
  const opened = await runProgram('openssl', [...pkcs12, `pass:${agent.passphrase}`])
  const [user = ''] = opened.stdout.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  t.match(opened.stdout, /BEGIN PRIVATE KEY/)
  t.match(new X509Certificate(user).subject, /CN=alice@acme\.example/)
  t.equal(await opensslVerify({ root, between: tenant, leaf: user }, '-purpose', 'sslclient'), 'ok', 'nsusercert.p12')
  t.match(await opensslVerify({ root, between: tenant, leaf: user }, '-purpose', 'sslserver'), /purpose/, 'no server')
  t.not((await runProgram('openssl', [...pkcs12, 'pass:wrong'])).code, 0, 'a wrong passphrase opens nothing')
})

void t.test('the tenant intermediate carries the subject of the reference', async (t) => {
  const { subject, keyUsage } = new X509Certificate(await readFile(shared.paths.tenant))
  t.equal(keyUsage, undefined, 'no extended key usage')
  t.match(
    subject.replaceAll('\n', ', '),
    /^C=US, ST=CA, L=San Francisco, O=Acme Corp, OU=[0-9a-f]{32}, CN=ca\.acme\.goskope\.com, emailAddress=certadmin@netskope\.com$/,
  )
})

void t.test("the gateway's issuer is the tenant intermediate with its key", async (t) => {
  const { certificate, key } = shared.gateway.issuer
  t.equal(certificate, await readFile(shared.paths.tenant, 'utf8'))
  t.ok(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
})

void t.test('files and directories are for the user alone', async (t) => {
  const home = sharedHome
  const { paths } = shared
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  const set = join(home, 'gateway', 'certificates-1')
  for (const directory of [join(home, 'gateway'), set, join(home, 'stagent', 'data')])
    t.equal(await mode(directory), '700')
  for (const name of await readdir(set)) t.equal(await mode(join(set, name)), '600', name)
  t.equal(await mode(paths.userPkcs12), '600')
  t.strictSame(await readdir(join(home, 'stagent', 'data')), ['nscacert.pem', 'nstenantcert.pem', 'nsusercert.p12'])
})

void t.test('a second start finds the same set', async (t) => {
  t.strictSame(await ensureTenantCertificates({ ...acme, home: sharedHome }), shared)
})

const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS)

interface Case {
  readonly why: string
  readonly keeps: 'authorities' | 'nothing'
  /** When the set was made, if not just now. */
  readonly madeAt?: Date
  /** What is done to the set, given the path of its files. */
  readonly harm?: (file: (name: string) => string) => Promise<void>
  /** For whom it is asked next, if not for the same. */
  readonly next?: { readonly tenant?: string; readonly user?: string; readonly org?: string }
}

/** The gateway's certificate as sets had it before there was an add-on service. */
async function forTheTunnelOnly(file: (name: string) => string): Promise<void> {
  const keyOf = async (name: string) => createPrivateKey(await readFile(file(name)))
  const issuer = openIssuer(await readFile(file('tenant.pem'), 'utf8'), await keyOf('tenant.key.pem'))
  const commonName = 'gateway-acme.goskope.com'
  const subjectPublicKey = createPublicKey(await keyOf('gateway.key.pem'))
  const content = { subject: { commonName }, names: [commonName], subjectPublicKey, days: 365, now }
  await writeFile(file('gateway.pem'), issueCertificate({ ...content, issuer, purpose: 'server' }))
}

const CASES: readonly Case[] = [
  { why: 'another user', keeps: 'authorities', next: { user: 'bob@acme.example' } },
  { why: 'leaves near their end', keeps: 'authorities', madeAt: inDays(-370) },
  { why: 'a lost gateway key', keeps: 'authorities', harm: (file) => rm(file('gateway.key.pem')) },
  { why: 'a cut PKCS#12', keeps: 'authorities', harm: (file) => truncate(file('user.p12'), 700) },
  { why: 'a broken certificate', keeps: 'authorities', harm: (file) => writeFile(file('user.pem'), 'no PEM') },
  { why: 'a gateway certificate that does not name the add-on service', keeps: 'authorities', harm: forTheTunnelOnly },
  { why: 'another tenant', keeps: 'nothing', next: { tenant: 'other' } },
  { why: 'another organisation', keeps: 'nothing', next: { org: 'Other Corp' } },
  { why: 'authorities near their end', keeps: 'nothing', madeAt: inDays(-3300) },
  { why: 'a clock set back', keeps: 'nothing', madeAt: inDays(30) },
  { why: 'a lost root key', keeps: 'nothing', harm: (file) => rm(file('root.key.pem')) },
  {
    why: "the gateway's key in place of the tenant's",
    keeps: 'nothing',
    harm: async (file) => writeFile(file('tenant.key.pem'), await readFile(file('gateway.key.pem'))),
  },
]

void t.test('what no longer serves is remade, the authorities only when they must', async (t) => {
  t.testdir()
  for (const [index, { why, keeps, madeAt, harm, next }] of CASES.entries()) {
    const home = join(t.testdirName, `home-${index}`)
    if (madeAt === undefined) await cp(sharedHome, home, { recursive: true })
    const before = parts(await ensureTenantCertificates({ ...acme, home, now: madeAt ?? now }))
    await harm?.((name) => join(home, 'gateway', 'certificates-1', name))
    const after = await ensureTenantCertificates({ ...acme, ...next, home })
    const made = parts(after)
    t.equal(serialOf(made.root) === serialOf(before.root), keeps === 'authorities', `${why}: root`)
    t.equal(serialOf(made.tenant) === serialOf(before.tenant), keeps === 'authorities', `${why}: tenant`)
    t.not(serialOf(made.gateway), serialOf(before.gateway), `${why}: gateway`)
    t.not(made.pfx, before.pfx, `${why}: user`)
    t.equal(await readFile(after.paths.userPkcs12, 'base64'), made.pfx, `${why}: the copy`)
    t.equal(await handshake(after), next?.user ?? acme.user, `${why}: it works`)
  }
})

void t.test('processes that start at once end with one set', async (t) => {
  const home = t.testdir()
  const program = fileURLToPath(new URL('../support/certificates-maker.js', import.meta.url))
  const makers = Array.from({ length: 3 }, () => fork(program))
  await Promise.all(makers.map((maker) => once(maker, 'message')))
  const answers = makers.map((maker) => once(maker, 'message'))
  for (const maker of makers) maker.send(home)
  const found = (await Promise.all(answers)).map(([set]) => JSON.stringify(set))
  t.equal(new Set(found).size, 1)
  t.match(found[0], /BEGIN CERTIFICATE/)
  t.strictSame(await readdir(join(home, 'gateway')), ['certificates-1'])
})

void t.test('gateway and user know each other, and nobody else', async (t) => {
  const ours = shared
  const theirs = await ensureTenantCertificates({ ...acme, home: t.testdir() })
  t.equal(await handshake(ours), 'alice@acme.example', 'the user is known by name')
  const { serverName, key, chain } = ours.gateway
  const { pfx, passphrase } = theirs.agent
  t.match(await handshake(ours, { servername: 'gateway-acme.example.com' }), 'ERR_TLS_CERT_ALTNAME_INVALID')
  t.match(
    await handshake(ours, { ca: theirs.agent.authority }),
    /UNABLE_TO_GET_ISSUER|SELF_SIGNED|SIGNATURE/,
    'other root',
  )
  t.match(await handshake(ours, { pfx, passphrase }), 'refused', "another home's user")
  t.match(await handshake(ours, { pfx: undefined }), 'refused', 'no certificate')
  t.match(await handshake(ours, { pfx: undefined, key, cert: chain }), 'refused', `${serverName} as a client`)
})

const BAD_IDENTITIES = [
  ['tenant-invalid', { tenant: '' }],
  ['tenant-invalid', { tenant: 'Acme' }],
  ['tenant-invalid', { tenant: 'a b' }],
  ['tenant-invalid', { tenant: '-acme' }],
  ['tenant-invalid', { tenant: 'a'.repeat(45) }],
  ['user-invalid', { user: 'alice' }],
  ['user-invalid', { user: `${'a'.repeat(60)}@x.org` }],
  ['org-invalid', { org: ' ' }],
  ['org-invalid', { org: 'Acme\nCorp' }],
] as const

void t.test('an identity that no certificate can carry is the mistake of the user', async (t) => {
  const home = t.testdir()
  for (const [code, wrong] of BAD_IDENTITIES) {
    await t.rejects(ensureTenantCertificates({ ...acme, ...wrong, home }), { code, exitCode: 2 }, JSON.stringify(wrong))
  }
  await t.resolves(
    ensureTenantCertificates({ ...acme, tenant: `${'a'.repeat(41)}.de`, home }),
    'the longest, with region',
  )
})

/** A TLS 1.3 connection between gateway and agent: the user's name as the gateway saw it, `refused`, or an error code. */
async function handshake({ gateway, agent }: TenantCertificates, changes: ConnectionOptions = {}): Promise<string> {
  const server = createServer(
    {
      key: gateway.key,
      cert: gateway.chain,
      ca: gateway.clientAuthority,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    },
    (socket) => {
      socket.on('error', () => {})
      socket.end(String(socket.getPeerCertificate().subject.CN))
    },
  )
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { authority: ca, pfx, passphrase } = agent
  const client = connect({ host: '127.0.0.1', port, servername: gateway.serverName, ca, pfx, passphrase, ...changes })
  try {
    client.setEncoding('utf8')
    const chunks: string[] = []
    for await (const chunk of client) chunks.push(chunk)
    return chunks.join('') || 'refused'
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // In TLS 1.3 the client is done before the server has judged it: the refusal comes as an alert, a reset or an end.
    return /^ERR_SSL_|^ECONNRESET/.test(code) ? 'refused' : code
  } finally {
    client.destroy()
    server.close()
  }
}
