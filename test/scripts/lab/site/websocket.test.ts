/** The WebSocket echo, with and without TLS. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { type ClientOptions, WebSocket } from 'ws'
import { testOrigins } from '../../../support/lab-origins.js'

const origins = await testOrigins()
t.teardown(() => origins.close())

async function open(url: string, options: ClientOptions = {}): Promise<WebSocket> {
  const client = new WebSocket(url, { ca: origins.ca, ...options })
  await once(client, 'open')
  return client
}

void t.test('text and bytes come back as what they were', async (t) => {
  for (const url of [`ws://127.0.0.1:${origins.http.port}/ws`, `wss://localhost:${origins.https.port}/ws?x=1`]) {
    const client = await open(url)
    client.send('grüezi')
    const [text, textIsBinary] = await once(client, 'message')
    t.strictSame([String(text), textIsBinary], ['grüezi', false], url)
    const bytes = randomBytes(1_000_000)
    client.send(bytes)
    const [echoed, isBinary] = await once(client, 'message')
    t.ok(isBinary && bytes.equals(echoed as Buffer), 'a megabyte')
    client.close(1000, 'done')
    const [code] = await once(client, 'close')
    t.equal(code, 1000)
  }
})

void t.test('a flood of messages comes back whole and in order', async (t) => {
  const client = await open(`ws://127.0.0.1:${origins.http.port}/ws`)
  const count = 300
  for (let n = 0; n < count; n++) client.send(Buffer.alloc(64 * 1024, n & 0xff))
  let received = 0
  let inOrder = true
  client.on('message', (message: Buffer) => {
    inOrder &&= message.length === 64 * 1024 && message[0] === (received & 0xff)
    if (++received === count) client.close()
  })
  await once(client, 'close')
  t.equal(received, count)
  t.ok(inOrder)
})

void t.test('a message over 16 MiB ends the connection with 1009', async (t) => {
  const client = await open(`ws://127.0.0.1:${origins.http.port}/ws`)
  client.on('error', () => {})
  client.send(Buffer.alloc(17 * 1024 * 1024))
  const [code] = await once(client, 'close')
  t.ok(code === 1009 || code === 1006, `${code}`)
})

void t.test('an upgrade elsewhere is 404', async (t) => {
  const client = new WebSocket(`ws://127.0.0.1:${origins.http.port}/elsewhere`)
  const [error] = await once(client, 'error')
  t.match((error as Error).message, /404/)
})

void t.test('broken frames end one connection, not the origin', async (t) => {
  const client = connect(origins.http.port, '127.0.0.1')
  client.on('error', () => {})
  const key = randomBytes(16).toString('base64')
  const head = [
    'GET /ws HTTP/1.1',
    'Host: box.com',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
  ]
  client.write([...head, `Sec-WebSocket-Key: ${key}`, '', ''].join('\r\n'))
  const [answer] = await once(client, 'data')
  t.match(String(answer), /^HTTP\/1\.1 101/)
  client.resume()
  client.write(Buffer.alloc(64, 0xff))
  await once(client, 'close')
  const healthy = await open(`ws://127.0.0.1:${origins.http.port}/ws`)
  healthy.send('still there')
  t.equal(String((await once(healthy, 'message'))[0]), 'still there')
  healthy.terminate()
})
