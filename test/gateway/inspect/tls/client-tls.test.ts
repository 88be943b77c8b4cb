/** Finishing clients' handshakes, and what their refusals look like; the clients are openssl, curl and Node. */

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import t, { type Test } from 'tap'
import { tenantLeaves } from '../../../../certs/tenant-leaves.js'
import { acceptClientTls, type ClientTls } from '../../../../gateway/inspect/tls/client-tls.js'
import { curl } from '../../../support/curl.js'
import { allOf, connected, listening } from '../../../support/loopback.js'
import { lacking } from '../../../support/needs.js'
import { newTenant } from '../../../support/tenant-gateway.js'

const tenant = await newTenant(t)
const root = tenant.agent.authority
const rootFile = join(t.testdir(), 'root.pem')
writeFileSync(rootFile, root)
const leaves = await tenantLeaves({ issuer: tenant.gateway.issuer, keyKind: 'ec-p256', now: () => new Date() })

/** A listener whose next client's handshake is accepted. */
async function accepting(protocol = 'http/1.1', withinMs = 5000) {
  const server = createServer()
  const { port, close } = await listening(server)
  t.teardown(close)
  const outcome = (once(server, 'connection') as Promise<[Socket]>).then(([socket]) =>
    acceptClientTls(socket, leaves.contextFor('box.com')!, protocol, withinMs),
  )
  return { port, outcome }
}

const isRefused = async (t: Test, outcome: Promise<ClientTls>, alert: string | RegExp) =>
  t.match(await outcome, { alert }, String(alert))

void t.test('a client that trusts the tenant is served, by the protocol that was chosen', async (t) => {
  for (const [protocol, offered, chosen] of [
    ['h2', ['h2', 'http/1.1'], 'h2'],
    ['http/1.1', ['h2', 'http/1.1'], 'http/1.1'],
    ['', ['h2', 'http/1.1'], false],
    ['http/1.1', [], false],
  ] as const) {
    const { port, outcome } = await accepting(protocol)
    const options: ConnectionOptions = { port, host: '127.0.0.1', servername: 'box.com', ca: root }
    const client = connect(offered.length === 0 ? options : { ...options, ALPNProtocols: [...offered] })
    client.on('error', () => {})
    await once(client, 'secureConnect')
    t.equal(client.alpnProtocol, chosen, `${protocol || 'none'} of ${offered}`)
    const accepted = await outcome
    t.ok('tls' in accepted)
    client.destroy()
  }
})

void t.test('a session is resumed, with a certificate that is checked no second time', async (t) => {
  const one = await accepting()
  const options: ConnectionOptions = { host: '127.0.0.1', servername: 'box.com', ca: root }
  const first = connect({ ...options, port: one.port })
  first.on('error', () => {})
  const [session] = (await once(first, 'session')) as [Buffer]
  first.destroy()
  const other = await accepting()
  const second = connect({ ...options, port: other.port, session })
  second.on('error', () => {})
  await once(second, 'secureConnect')
  t.ok(second.isSessionReused())
  second.destroy()
})

void t.test('refusals are told apart', { skip: lacking('curl') }, async (t) => {
  const { port, outcome } = await accepting()
  await curl('--resolve', `box.com:${port}:127.0.0.1`, `https://box.com:${port}/`)
  await isRefused(t, outcome, 'unknown_ca')

  const wrongName = await accepting()
  await curl(
    '--cacert',
    rootFile,
    '--resolve',
    `other.example:${wrongName.port}:127.0.0.1`,
    `https://other.example:${wrongName.port}/`,
  )
  const ended = await wrongName.outcome
  t.ok('alert' in ended || 'tls' in ended, 'curl looks at the name after the handshake, other clients before')

  const old = await accepting()
  connect({
    port: old.port,
    host: '127.0.0.1',
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
  }).on('error', () => {})
  await isRefused(t, old.outcome, /unsupported_protocol|version/)
})

void t.test('who hangs up, and who says nothing', async (t) => {
  const hanging = await accepting()
  const client = await connected(hanging.port)
  client.end()
  await isRefused(t, hanging.outcome, 'closed')

  const silent = await accepting('http/1.1', 100)
  const slow = await connected(silent.port)
  slow.write(Buffer.from([22, 3, 1, 2, 0]))
  await isRefused(t, silent.outcome, 'timed_out')
  await allOf(slow)
  t.pass('and its connection is closed')

  const garbage = await accepting()
  const noise = await connected(garbage.port)
  noise.write('GET / HTTP/1.1\r\n\r\n')
  await isRefused(t, garbage.outcome, /http_request|wrong_version/)
  noise.destroy()
})
