/** Each documented error setting, against an origin of the lab that has the error: its default, and the other way. */

import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import type { InspectSettings } from '../../../gateway/inspect/settings/settings.js'
import type { NotDecrypted } from '../../../gateway/inspect/transaction.js'
import { inspectedLab } from '../../support/inspected.js'
import { listening } from '../../support/loopback.js'
import { OWN_ADDRESS, OWN_HOST } from '../../support/recording-origin.js'
import { waitUntil } from '../../support/wait-until.js'

/** Hangs up on its first connection, and takes no other. */
const leaving = createServer((socket) => {
  leaving.close()
  socket.once('data', () => socket.destroy())
})
const { port } = await listening(leaving)
const gateway = await inspectedLab(t, { origins: async () => ({ [OWN_ADDRESS]: { 443: port } }) })
const TENANT = 'ca.acme.goskope.com'

interface OddOrigin {
  readonly name: string
  readonly setting: keyof InspectSettings['errors']
  readonly usual: 'bypass' | 'block'
  readonly reason: NotDecrypted
}

const ORIGINS: readonly OddOrigin[] = [
  { name: 'self-signed', setting: 'selfSigned', usual: 'block', reason: 'self-signed' },
  { name: 'untrusted-root', setting: 'untrustedRoot', usual: 'block', reason: 'untrusted-root' },
  { name: 'wrong-host', setting: 'hostMismatch', usual: 'block', reason: 'host-mismatch' },
  { name: 'expired', setting: 'expired', usual: 'block', reason: 'expired' },
  { name: 'incomplete-chain', setting: 'incompleteChain', usual: 'bypass', reason: 'incomplete-chain' },
  { name: 'revoked', setting: 'revoked', usual: 'bypass', reason: 'revoked' },
  { name: 'client-cert', setting: 'clientCertificate', usual: 'bypass', reason: 'client-certificate' },
]

const other = { bypass: 'block', block: 'bypass' } as const

for (const { name, setting, usual, reason } of ORIGINS)
  void t.test(`${setting}: ${usual} unless it is said otherwise`, async (t) => {
    const host = `${name}.lab.example`
    for (const action of [usual, other[usual]]) {
      await gateway.configure('inspect.json', action === usual ? {} : { errors: { [setting]: action } })
      const rule = new RegExp(`errors\\.${setting}`)
      if (action === 'bypass') {
        const client = await gateway.tls(host, { rejectUnauthorized: false })
        t.not(client.getPeerCertificate().issuer.CN, TENANT, "bypass: the origin's own certificate arrives")
        client.destroy()
        t.match(await gateway.recorded({ host, notDecrypted: reason }), { action: 'bypass', rule, decrypted: false })
      } else {
        const answer = await gateway.get(host, '/')
        t.match(answer, /^HTTP\/1\.1 403 /, 'block: the block page')
        t.match(answer, rule, 'which names the setting')
        t.match(await gateway.recorded({ host, status: 403 }), { action: 'refused', rule })
      }
    }
  })

void t.test('handshakeError: the client gets to hear it from the origin itself, or the block page', async (t) => {
  await gateway.configure('inspect.json', {})
  for (const name of ['handshake-error', 'client-cert-tls12']) {
    const host = `${name}.lab.example`
    await t.rejects(gateway.tls(host), { code: /^ERR_SSL_|ECONNRESET/ }, `${name}: the origin's own alert`)
    t.match(await gateway.recorded({ host, notDecrypted: 'handshake-error' }), { action: 'bypass' })
  }
  await gateway.configure('inspect.json', { errors: { handshakeError: 'block' } })
  t.match(await gateway.get('handshake-error.lab.example', '/'), /^HTTP\/1\.1 403 [\s\S]*errors\.handshakeError/)
})

void t.test('handshakeError: an origin that is gone when the flow is to be passed on', async (t) => {
  await gateway.configure('inspect.json', {})
  await t.rejects(gateway.tls(OWN_HOST))
  t.match(await gateway.recorded({ host: OWN_HOST }), {
    action: 'failed',
    notDecrypted: 'handshake-error',
    rule: 'errors.handshakeError',
    why: /could not be reached again \(.*ECONNREFUSED/,
    decrypted: false,
  })
})

void t.test('revocation is not looked up where that is switched off', async (t) => {
  await gateway.configure('inspect.json', { checkRevocation: false, errors: { revoked: 'block' } })
  const client = await gateway.tls('revoked.lab.example')
  t.equal(client.getPeerCertificate().issuer.CN, TENANT)
  client.destroy()
})

void t.test('malformedHttp: a 502, and from then on unread where the setting says so', async (t) => {
  const host = 'malformed-http.lab.example'
  await gateway.configure('inspect.json', {})
  for (const _ of [1, 2]) t.match(await gateway.get(host, '/'), /^HTTP\/1\.1 502 /, 'block: each time')
  t.match(await gateway.recorded({ host, status: 502 }), { action: 'failed' })
  await gateway.configure('inspect.json', { errors: { malformedHttp: 'bypass' } })
  const client = await gateway.tls(host, { rejectUnauthorized: false })
  t.not(client.getPeerCertificate().issuer.CN, TENANT)
  client.destroy()
  t.match(await gateway.recorded({ host, notDecrypted: 'malformed-http' }), { action: 'bypass' })
})

void t.test('notHttp: relayed in clear the first time, unread from then on; or refused', async (t) => {
  const host = 'not-http.lab.example'
  await gateway.configure('inspect.json', {})
  for (const [time, issuer] of [
    ['the first time', /acme/],
    ['the second', /lab origins/],
  ] as const) {
    const client = await gateway.tls(host, { rejectUnauthorized: false })
    t.match(client.getPeerCertificate().issuer.CN, issuer, time)
    let heard = String((await once(client, 'data'))[0])
    client.write('hello\r\n')
    while (!heard.includes('hello')) heard += String((await once(client, 'data'))[0])
    t.pass(`${time}: the line comes back`)
    client.destroy()
  }
  t.match(await gateway.recorded({ host, notDecrypted: 'not-http' }), { action: 'bypass', rule: 'errors.notHttp' })
  await gateway.configure('inspect.json', { errors: { notHttp: 'block' } })
  t.match(await gateway.get(host, '/'), /^HTTP\/1\.1 403 [\s\S]*errors\.notHttp/)
})

void t.test('noSni: passed unread, or the block page for the host the agent knows', async (t) => {
  await gateway.configure('inspect.json', {})
  const client = await gateway.tls('box.com', { servername: '', rejectUnauthorized: false })
  t.not(client.getPeerCertificate().issuer.CN, TENANT)
  client.destroy()
  t.match(await gateway.recorded({ notDecrypted: 'no-sni' }), { action: 'bypass', rule: 'errors.noSni' })
  await gateway.configure('inspect.json', { errors: { noSni: 'block' } })
  const blocked = await gateway.tls('box.com', { servername: '', checkServerIdentity: () => undefined })
  t.equal(blocked.getPeerCertificate().subject.CN, 'box.com')
  blocked.destroy()
})

void t.test('malformedTls: passed on as it is, or hung up on', async (t) => {
  const malformed = Buffer.from([22, 3, 1, 0, 5, 9, 9, 9, 9, 9])
  for (const [action, recorded] of [
    ['bypass', 'bypass'],
    ['block', 'refused'],
  ] as const) {
    await gateway.configure('inspect.json', { errors: { malformedTls: action } })
    const client = await gateway.open('box.com')
    client.on('error', () => {})
    client.end(malformed)
    client.resume()
    t.match(await gateway.recorded({ notDecrypted: 'malformed-tls', action: recorded }), {
      rule: 'errors.malformedTls',
    })
    client.destroy()
  }
})

/** The head of the answer to a request for zoom.us, over a connection for box.com, with TLS or without. */
async function askZoomWithin(port: 443 | 80, path: string): Promise<string> {
  const client = port === 443 ? await gateway.tls('box.com') : await gateway.open('box.com', port)
  client.on('error', () => {})
  client.write(`GET ${path} HTTP/1.1\r\nHost: zoom.us\r\n\r\n`)
  const head = String((await once(client, 'data'))[0])
  client.destroy()
  return head
}

void t.test('domainFronting: the request is judged for both hosts, or gets the block page', async (t) => {
  const recorded = () => gateway.transactions().filter(({ host }) => host === 'zoom.us')
  const ofZoom = { name: 'No zoom', action: 'block', hosts: ['zoom.us'], paths: ['/zoom'] }
  const ofBox = { name: 'No box', action: 'block', hosts: ['box.com'], paths: ['/box'] }
  await gateway.configure('policy.json', { rules: [ofZoom, ofBox] })
  for (const [action, rows] of [
    [
      'bypass',
      [
        [443, '/whoami', 200, /^domain-fronting$/],
        [443, '/zoom', 403, /^No zoom$/],
        [443, '/box', 403, /^No box$/],
      ],
    ],
    [
      'block',
      [
        [443, '/whoami', 403, /errors\.domainFronting/],
        // There is no certificate to be fronted by.
        [80, '/whoami', 200, /^$/],
        [80, '/zoom', 403, /^No zoom$/],
        [80, '/box', 403, /^No box$/],
      ],
    ],
  ] as const) {
    await gateway.configure('inspect.json', { errors: { domainFronting: action } })
    for (const [port, path, status, rule] of rows) {
      const what = `${action}: ${path}, port ${port}`
      const before = recorded().length
      t.match(await askZoomWithin(port, path), new RegExp(`^HTTP/1\\.1 ${status} `), what)
      await waitUntil(() => recorded().length > before)
      t.match(recorded().at(-1), { status, rule }, what)
    }
  }
})
