/** Secrets in a capture, read by tshark: with them it shows the HTTP of a TLS connection, without them it does not. */

import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import tls from 'node:tls'
import t, { type Test } from 'tap'
import { TcpConversation, type TcpSide } from '../../../agent/capture-file/tcp-conversation.js'
import { captureWriter, doubtsOf, fieldsOf, NOON_US } from '../../support/capture-files.js'
import { listening } from '../../support/loopback.js'
import { selfSigned } from '../../support/self-signed.js'

/** What passes a relay between a TLS client that asks for `/secret` and its server, in order, and the client's key log. */
async function talkOver(t: Test): Promise<{ readonly said: Array<readonly [TcpSide, Buffer]>; readonly keys: string }> {
  const { key, cert } = await selfSigned(t.testdir(), 'box.example')
  const server = tls.createServer({ key, cert }, (socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'))
  })
  const origin = await listening(server)
  t.teardown(origin.close)
  const said: Array<readonly [TcpSide, Buffer]> = []
  const relay = await listening(
    createServer((client) => {
      const upstream = connect(origin.port, '127.0.0.1')
      upstream.on('error', () => {})
      for (const [from, source, target] of [
        ['client', client, upstream],
        ['server', upstream, client],
      ] as const) {
        source.on('data', (bytes: Buffer) => said.push([from, bytes]))
        source.pipe(target)
      }
    }),
  )
  t.teardown(relay.close)
  const client = tls.connect({ port: relay.port, host: '127.0.0.1', ca: cert, servername: 'box.example' })
  const keys: string[] = []
  client.on('keylog', (line: Buffer) => keys.push(line.toString()))
  client.write('GET /secret HTTP/1.1\r\nHost: box.example\r\n\r\n')
  client.resume()
  await once(client, 'end')
  client.end()
  return { said, keys: keys.join('') }
}

void t.test('the request of a TLS connection is seen with the secrets only', async (t) => {
  const { said, keys } = await talkOver(t)
  for (const withKeys of [true, false]) {
    const writer = await captureWriter(t)
    const [client, server] = [
      { ip: '10.1.2.3', port: 40_000 },
      { ip: '203.0.113.9', port: 443 },
    ]
    const numbers = { interfaceId: 0, initial: { client: 1, server: 2 } }
    const tcp = new TcpConversation({ writer, client, server, ...numbers, comment: '' })
    tcp.begin(NOON_US)
    tcp.accepted(NOON_US)
    if (withKeys) writer.secrets(keys)
    for (const [from, bytes] of said) tcp.data(from, bytes, NOON_US)
    await writer.close()
    const http = await fieldsOf(writer.path, ['http.request.uri', 'http.response.code'], 'http')
    t.strictSame(http, withKeys ? ['/secret\t', '\t200'] : [])
    t.strictSame(await doubtsOf(writer.path), [])
  }
})
