/** What is not looked into arrives as it was sent, every byte, in both directions, to the half-closes at the end. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import t from 'tap'
import { handshakeOf, inRecords, nodeHello, withExtension } from '../../support/client-hellos.js'
import { cut } from '../../support/cut-bytes.js'
import { inspectedLab } from '../../support/inspected.js'
import { OWN_ADDRESS, OWN_HOST, recordingOrigin } from '../../support/recording-origin.js'
import { textOf } from '../../support/text-of.js'
import { waitUntil } from '../../support/wait-until.js'

const origin = await recordingOrigin(t)
const gateway = await inspectedLab(t, { origins: async () => ({ [OWN_ADDRESS]: { 443: origin.port } }) })
const WEB = ['h2', 'http/1.1']
const hello = await nodeHello(OWN_HOST, WEB)

/** encrypted_client_hello (RFC 9849). */
const ENCRYPTED_CLIENT_HELLO = 0xfe0d

/** More than a window of the tunnel. */
const BODY_BYTES = 600_000

interface Row {
  readonly first: Buffer
  /** Of the transaction. */
  readonly notDecrypted: string
  readonly rule?: string | RegExp
  /** inspect.json. */
  readonly settings?: object
  /** Of OPEN. */
  readonly request?: object
  /** The origin breaks the gateway's own handshake off, and is dialled anew. */
  readonly refuses?: true
  readonly speaksFirst?: true
}

const NOT_DECRYPTED = { doNotDecrypt: { hosts: [OWN_HOST] } }
const ROWS: Readonly<Record<string, Row>> = {
  'a host that is not to be decrypted': { first: hello, notDecrypted: 'do-not-decrypt', settings: NOT_DECRYPTED },
  'the same, its ClientHello in records of five bytes': {
    first: inRecords(handshakeOf(hello), 5),
    notDecrypted: 'do-not-decrypt',
    settings: NOT_DECRYPTED,
  },
  'a host of a category that is not to be decrypted': {
    first: hello,
    notDecrypted: 'do-not-decrypt',
    rule: 'doNotDecrypt.categories Test Sites',
    settings: { doNotDecrypt: { categories: ['Test Sites'] } },
  },
  'a flow of a certificate-pinned app': {
    first: hello,
    request: { exempt: 'pinned' },
    notDecrypted: 'exempt',
    rule: 'pinned',
  },
  'a flow under a category exception': {
    first: hello,
    request: { exempt: 'category' },
    notDecrypted: 'exempt',
    rule: 'category',
  },
  'plain HTTP of an exempt flow': {
    first: Buffer.from(`GET / HTTP/1.1\r\nhOsT:  ${OWN_HOST}\r\n\r\n`),
    request: { exempt: 'cloud-bypass' },
    notDecrypted: 'exempt',
    rule: 'cloud-bypass',
  },
  'inspection that is switched off': { first: hello, notDecrypted: 'inspection-off', settings: { inspect: false } },
  'a protocol of its own on port 443': { first: Buffer.from('\x00\x01\x02hello'), notDecrypted: 'not-web' },
  'text that is no HTTP': { first: Buffer.from('HELO box.com\r\n'), notDecrypted: 'not-web' },
  'an origin that speaks first': { first: Buffer.from('EHLO\r\n'), notDecrypted: 'not-web', speaksFirst: true },
  'TLS for a protocol that is not HTTP': {
    first: await nodeHello(OWN_HOST, ['imap', 'xmpp-client']),
    notDecrypted: 'not-http',
    rule: 'errors.notHttp',
  },
  'TLS whose ClientHello is encrypted': {
    first: withExtension(await nodeHello('outer.example', WEB), ENCRYPTED_CLIENT_HELLO, randomBytes(200)),
    notDecrypted: 'encrypted-client-hello',
    rule: 'errors.encryptedClientHello',
  },
  'TLS without a server name': { first: await nodeHello('', WEB), notDecrypted: 'no-sni', rule: 'errors.noSni' },
  'what begins like TLS and is not': {
    first: Buffer.from([22, 3, 1, 0, 9, 7, 7, 7, 7, 7, 7, 7, 7, 7]),
    notDecrypted: 'malformed-tls',
    rule: 'errors.malformedTls',
  },
  "an origin with which the gateway's own handshake fails": {
    first: hello,
    notDecrypted: 'handshake-error',
    rule: 'errors.handshakeError',
    refuses: true,
  },
}

for (const [what, row] of Object.entries(ROWS))
  void t.test(`${what} stays as it is`, async (t) => {
    const { first, settings, request, notDecrypted, rule = /^/, refuses, speaksFirst } = row
    if (settings !== undefined) await gateway.configure('inspect.json', settings)
    const up = Buffer.concat([first, randomBytes(BODY_BYTES)])
    const down = randomBytes(BODY_BYTES)
    const before = gateway.transactions().length

    let connection = origin.next()
    const client = await gateway.open(OWN_HOST, 443, request)
    const said: Buffer[] = []
    client.on('data', (chunk: Buffer) => said.push(chunk))
    if (speaksFirst) {
      ;(await connection).socket.write(down.subarray(0, 1))
      await once(client, 'data')
    }
    // In pieces that fit nothing.
    for (const piece of cut(first, [1, 8, 500])) client.write(piece)
    if (refuses) {
      const { socket } = await connection
      await once(socket, 'data')
      connection = origin.next()
      socket.resetAndDestroy()
    }
    const { socket, bytes } = await connection
    if (bytes().length === 0) await once(socket, 'data')
    const ends = [once(socket, 'end'), once(client, 'end')]
    client.end(up.subarray(first.length))
    socket.end(down.subarray(speaksFirst ? 1 : 0))
    await Promise.all(ends)
    t.ok(bytes().equals(up), 'the origin heard what the client said')
    t.ok(Buffer.concat(said).equals(down), 'and the client what the origin said')

    await waitUntil(() => gateway.transactions().length > before)
    t.match(gateway.transactions().slice(before), [
      { notDecrypted, rule, action: 'bypass', decrypted: false, bytesSent: up.length, bytesReceived: down.length },
    ])
    if (settings !== undefined) await gateway.configure('inspect.json', {})
  })

void t.test('and what is looked into is not: the origin hears the gateway', async (t) => {
  const connection = origin.next()
  const client = await gateway.open(OWN_HOST)
  client.write(hello)
  const { socket, bytes } = await connection
  await once(socket, 'data')
  t.notOk(bytes().equals(hello))
  client.destroy()
})

void t.test('an origin that wants a certificate of the client gets it from the client', async (t) => {
  const plain = await gateway.open('client-cert.lab.example', 80)
  plain.write('GET /client.pem HTTP/1.1\r\nHost: client-cert.lab.example\r\nConnection: close\r\n\r\n')
  const [, pem = ''] = (await textOf(plain)).split('\r\n\r\n')
  const own = { cert: pem, key: pem, ca: gateway.labRoot }
  for (const [host, notDecrypted] of [
    ['client-cert.lab.example', 'client-certificate'],
    ['client-cert-tls12.lab.example', 'handshake-error'],
  ] as const) {
    t.match(await gateway.get(host, '/whoami', own), /^HTTP\/1\.1 200 /, host)
    t.match(await gateway.recorded({ host, notDecrypted }), { action: 'bypass', decrypted: false })
  }
})
