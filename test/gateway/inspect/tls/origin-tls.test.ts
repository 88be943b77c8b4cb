/** The gateway's own TLS to origins: verified, resumed, and found out. */

import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createSecureContext, createServer as createTlsServer, type TlsOptions } from 'node:tls'
import t from 'tap'
import { generateKeys } from '../../../../certs/keys.js'
import { LeafContexts } from '../../../../certs/leaf-contexts.js'
import { namesToCarry } from '../../../../certs/mirrored-names.js'
import { issueRoot, openIssuer } from '../../../../certs/x509.js'
import { OriginMemory } from '../../../../gateway/inspect/tls/origin-memory.js'
import { mirroredNames, type OriginTls, openOriginTls } from '../../../../gateway/inspect/tls/origin-tls.js'
import { listening } from '../../../support/loopback.js'
import { runProgram } from '../../../support/run-program.js'

const keys = await generateKeys('ec-p256')
const root = issueRoot({ subject: { commonName: 'a root' }, keys, days: 30, now: new Date() })
const issuer = openIssuer(root, keys.privateKey)
const leaves = new LeafContexts({ issuer, keys: await generateKeys('ec-p256'), now: () => new Date() })
const roots = createSecureContext({ ca: [root], minVersion: 'TLSv1.2' })

/** An origin whose certificate is for these names at the moment. */
async function originFor(names: readonly [string, ...string[]], options: TlsOptions = {}) {
  const server = createTlsServer({ ...leaves.issue(names), ...options }, (socket) => socket.on('error', () => {}))
  server.on('tlsClientError', () => {})
  const { port } = await serve(server)
  return { port, rename: (others: readonly [string, ...string[]]) => server.setSecureContext(leaves.issue(others)) }
}

async function serve(server: Server) {
  const listener = await listening(server)
  t.teardown(listener.close)
  return listener
}

async function open(
  port: number,
  memory: OriginMemory,
  alpn: readonly string[] = [],
  withinMs = 5000,
  trusted = roots,
): Promise<OriginTls> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return openOriginTls(socket, { roots: trusted, servername: 'box.com', alpn, memory, key: 'box', withinMs })
}

const settingOf = (opened: OriginTls) => ('finding' in opened ? opened.finding.setting : 'good')

for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const)
  void t.test(`${maxVersion}: a good origin, and its session resumed with what is known of it`, async (t) => {
    const memory = new OriginMemory(() => 0)
    const { port } = await originFor(['*.example', 'box.com'], { maxVersion, ALPNProtocols: ['http/1.1'] })
    for (const isReused of [false, true]) {
      const opened = await open(port, memory, ['h2', 'http/1.1'])
      if ('finding' in opened) return t.fail(opened.finding.why)
      t.equal(opened.tls.isSessionReused(), isReused)
      t.equal(opened.tls.alpnProtocol, 'http/1.1')
      t.strictSame(mirroredNames(opened.certificate), { commonName: '*.example', names: ['*.example', 'box.com'] })
      t.ok(opened.certificate.leaf.length > 100)
      opened.tls.destroy()
    }
  })

void t.test(
  'the session of an origin that was not found good is not resumed: its name would pass unchecked',
  async (t) => {
    const memory = new OriginMemory(() => 0)
    const { port, rename } = await originFor(['box.com'])
    const good = await open(port, memory)
    t.equal(settingOf(good), 'good')
    if ('tls' in good) good.tls.destroy()
    // The good session cannot be resumed any more: its keys are gone with the context.
    rename(['other.example'])
    for (const time of ['the first time', 'the second', 'the third'])
      t.equal(settingOf(await open(port, memory)), 'hostMismatch', time)
  },
)

void t.test(
  'who wants a certificate is found out at the first contact, and who does not is not waited for again',
  async (t) => {
    const wanting = await originFor(['box.com'], { requestCert: true, rejectUnauthorized: true, ca: root })
    t.equal(settingOf(await open(wanting.port, new OriginMemory(() => 0))), 'clientCertificate')
    const memory = new OriginMemory(() => 0)
    const { port } = await originFor(['box.com'])
    t.equal(memory.isOpen('box'), false)
    const opened = await open(port, memory)
    t.equal(memory.isOpen('box'), true)
    if ('tls' in opened) opened.tls.destroy()
  },
)

void t.test('who says nothing, hangs up or speaks no TLS', async (t) => {
  const silent = await serve(createServer(() => {}))
  t.match(await open(silent.port, new OriginMemory(() => 0), [], 100), {
    finding: { setting: 'handshakeError', why: /within 100 ms/ },
  })
  const hanging = await serve(createServer((socket) => socket.end()))
  t.equal(settingOf(await open(hanging.port, new OriginMemory(() => 0))), 'handshakeError')
  const ssh = await serve(createServer((socket) => socket.write('SSH-2.0-x\r\n')))
  t.equal(settingOf(await open(ssh.port, new OriginMemory(() => 0))), 'handshakeError')
})

/** A certificate with these names, as a section of openssl's configuration has them: `DNS.1 = box.com`. */
async function certificateOf(directory: string, names: readonly string[]) {
  const file = (name: string) => join(directory, name)
  const sections = [
    '[req]',
    'distinguished_name = who',
    'x509_extensions = more',
    'prompt = no',
    '[who]',
    'CN = box.com',
  ]
  writeFileSync(
    file('names.cnf'),
    [...sections, '[more]', 'subjectAltName = @names', '[names]', ...names, ''].join('\n'),
  )
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const out = ['-config', file('names.cnf'), '-keyout', file('key.pem'), '-out', file('cert.pem')]
  const made = await runProgram('openssl', ['req', '-x509', ...kind, ...out])
  if (made.code !== 0) throw new Error(made.stderr)
  return { key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') }
}

void t.test('of a certificate with a name that node:tls has to quote nothing is mirrored', async (t) => {
  const plain = ['DNS.1 = box.com', 'DNS.2 = *.box.com']
  const both = ['box.com', '*.box.com']
  for (const [what, names, carried, isQuoted] of [
    ['nothing odd', plain, both, false],
    ['an address that is no host', [...plain, 'email.1 = a@box.com', 'URI.1 = http://box.com/'], both, false],
    ['a URL with names in it', [...plain, 'URI.1 = http://box.com/, DNS:bank.example, x'], ['box.com'], true],
    ['a DNS name with another in it', [...plain, 'DNS.3 = a, DNS:bank.example, x'], ['box.com'], true],
    ['a DNS name with a quotation mark', [...plain, 'DNS.3 = a\\"b'], ['box.com'], true],
  ] as const) {
    const { key, cert } = await certificateOf(t.testdir(), names)
    const server = createTlsServer({ key, cert }, (socket) => socket.on('error', () => {}))
    const { port } = await serve(server)
    const trusted = createSecureContext({ ca: [cert] })
    const opened = await open(port, new OriginMemory(() => 0), [], 5000, trusted)
    if ('finding' in opened) return t.fail(opened.finding.why)
    const { certificate } = opened
    t.equal(certificate.names.subjectaltname?.includes('"'), isQuoted, what)
    t.strictSame(namesToCarry('box.com', mirroredNames(certificate)).names, carried, what)
    opened.tls.destroy()
  }
})
