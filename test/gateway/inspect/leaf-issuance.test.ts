/** Whom the gateway makes certificates for: steered flows of an authenticated tunnel, and nobody else. */

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import t from 'tap'
import { dtlsUnavailable } from '../../../agent/tunnel/dtls/openssl.js'
import { ALPN_PROTOCOL } from '../../../agent/tunnel/frame.js'
import { tenantLeaves } from '../../../certs/tenant-leaves.js'
import { inspectedLab } from '../../support/inspected.js'
import { closed } from '../../support/loopback.js'
import { lacking } from '../../support/needs.js'
import { OWN_ADDRESS, OWN_HOST, recordingOrigin } from '../../support/recording-origin.js'
import { runProgram } from '../../support/run-program.js'
import { newTenant, rawAgent, TEST_POP } from '../../support/tenant-gateway.js'

const origin = await recordingOrigin(t)
const lab = await inspectedLab(t, { origins: async () => ({ [OWN_ADDRESS]: { 443: origin.port } }) })
const { gateway, tenant } = lab

const NAMES = ['box.com', OWN_HOST, 'notskope.com', 'www.box.com', 'localhost', 'a.b.c.d.example', 'x'.repeat(60)]
const DOORS = Object.entries(gateway.part.routes).filter(([where]) => where.endsWith('/tcp'))

/** Asks a door for a name; undefined when there is no certificate. */
async function shown(port: number, ip: string, options: ConnectionOptions): Promise<TLSSocket | undefined> {
  const socket = connect({ host: ip, port, rejectUnauthorized: false, ...options })
  socket.on('error', () => {})
  await Promise.race([once(socket, 'secureConnect').catch(() => {}), closed(socket)])
  t.teardown(() => socket.destroy())
  return socket.getPeerCertificate()?.raw === undefined ? undefined : socket
}

void t.test('a client that comes to a door without a tunnel gets no certificate of another name', async (t) => {
  t.ok(DOORS.length > 0)
  const own = new Set<string>()
  for (const [where, { ip, port }] of DOORS)
    for (const servername of NAMES)
      for (const ALPNProtocols of [[ALPN_PROTOCOL], ['h2', 'http/1.1'], []]) {
        const socket = await shown(port, ip, { servername, ALPNProtocols })
        const certificate = socket?.getPeerX509Certificate()
        if (certificate === undefined) continue
        own.add(certificate.fingerprint256)
        t.equal(certificate.checkHost(servername), undefined, `${where} asked for ${servername} shows its own`)
        socket?.destroy()
      }
  t.equal(own.size, 1, 'all doors show the one certificate of the gateway')
})

const skip = lacking('openssl') || (await dtlsUnavailable()) || false

void t.test('nor one that comes to the door of DTLS', { skip }, async (t) => {
  const { ip, port } = gateway.part.routes[`${TEST_POP.address}:443/udp`]!
  const asked = NAMES.map(async (servername) => {
    const way = ['-dtls1_2', '-connect', `${ip}:${port}`, '-servername', servername]
    const { stdout, stderr } = await runProgram('openssl', ['s_client', ...way])
    t.equal(new X509Certificate(stdout).checkHost(servername), undefined, `asked for ${servername} it shows its own`)
    t.match(stderr, 'alert handshake failure', 'and it wants one')
  })
  await Promise.all(asked)
})

void t.test('without a certificate of the tenant there is no tunnel', async (t) => {
  ;(await lab.open('box.com')).destroy()
  const before = gateway.counts().sessions
  const stranger = await newTenant(t)
  const { key, cert } = (
    await tenantLeaves({
      issuer: stranger.gateway.issuer,
      keyKind: 'ec-p256',
      now: () => new Date(),
    })
  ).issue(['alice.acme.example'])
  const rows: Readonly<Record<string, ConnectionOptions>> = {
    'no certificate': { pfx: undefined },
    'the certificate of a tenant of the same name': { pfx: stranger.agent.pfx },
    'a leaf of another authority': { pfx: undefined, key, cert },
    "the gateway's own certificate": { pfx: undefined, key: tenant.gateway.key, cert: tenant.gateway.chain },
  }
  for (const [who, options] of Object.entries(rows)) {
    const socket = rawAgent(gateway, tenant, options as never)
    let heard = 0
    socket.on('data', (chunk: Buffer) => (heard += chunk.length))
    // Anything at all, as a first word: HELLO and OPEN are only read of who is let in.
    socket.on('secureConnect', () => socket.write(Buffer.alloc(4096, 1)))
    await closed(socket)
    t.equal(heard, 0, `${who}: not a word`)
  }
  t.equal(gateway.counts().sessions, before, 'nor a session')
  t.strictSame(lab.transactions(), [])
  t.equal(origin.heard.length, 0, 'and no origin was dialled')
})

void t.test('a leaf that was made for a steered flow makes nobody a user of the tunnel', async (t) => {
  const client = await lab.tls('box.com')
  const leaf = client.getPeerX509Certificate()!
  t.match(leaf.issuer, 'ca.acme.goskope.com')
  t.strictSame(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'it is for servers alone')
  t.equal(leaf.ca, false)
  client.destroy()
})
