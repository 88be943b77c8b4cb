import fc from 'fast-check'
import t from 'tap'
import { curl } from '../../support/curl.js'
import type { Route } from '../../support/flow-dialer.js'
import { allOf, connected, readUntil } from '../../support/loopback.js'
import { oddMessages } from '../../support/odd-messages.js'
import { httpOrigin } from '../../support/origins.js'
import { get, OK, openDoor, origin, rawOrigin } from '../../support/proxied-origins.js'

const web = await httpOrigin()
t.teardown(web.close)

void t.test('a WebSocket upgrade: bytes both ways, from the first one', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('Upgrade'))
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ')
    else socket.write(bytes.toString('latin1').toUpperCase())
  })
  const { flows, port } = await openDoor(t, upstream.port)
  const client = await connected(port)
  client.write(get('http://box.com//ws', 'Connection: Upgrade', 'Upgrade: websocket', 'Proxy-Connection: x'))
  t.match(await readUntil(client, 'hello '), /^HTTP\/1.1 101 /)
  client.write('ping')
  t.equal(await readUntil(client, 'PING'), 'PING')
  t.match(upstream.heard[0], /^GET \/\/ws HTTP\/1.1\r\n(?!.*proxy-).*host: box.com\r\n/is)
  t.equal(flows.length, 1)
  for (const socket of upstream.sockets) socket.resetAndDestroy()
  await allOf(client)
  client.destroy()
})

void t.test('a refused WebSocket upgrade arrives whole', async (t) => {
  const upstream = await origin(t, (_req, res) => res.writeHead(401).end())
  const chunked = await rawOrigin(t, (socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nno, \r\n6\r\nsorry\n\r\n0\r\n\r\n')
  })
  const upgrade = get('http://box.com/ws', 'Connection: Upgrade', 'Upgrade: websocket')
  const cases: readonly [why: string, route: Route, answer: RegExp][] = [
    ['by the origin', upstream.port, /^HTTP\/1.1 401 /],
    [
      'by the origin, in chunks',
      chunked.port,
      /^HTTP\/1.1 403 .*chunked.*\r\n\r\n4\r\nno, \r\n6\r\nsorry\n\r\n0\r\n\r\n$/is,
    ],
    ['by policy', 'blocked', /^HTTP\/1.1 403 .*steerlab: box.com:80 is blocked/s],
    ['by the gateway', 'gateway-down', /^HTTP\/1.1 503 /],
  ]
  for (const [why, route, answer] of cases) {
    const { port } = await openDoor(t, route)
    const client = await connected(port)
    client.write(upgrade)
    t.match(await allOf(client), answer, why)
    client.destroy()
  }
  const { port } = await openDoor(t, web.port)
  const client = await connected(port)
  client.write(get('/ws', 'Connection: Upgrade', 'Upgrade: websocket'))
  t.match(await allOf(client), /^HTTP\/1.1 400 /, 'in origin-form')
  client.destroy()
})

void t.test('whatever a server answers, the client is answered and the door serves on', async (t) => {
  let answer: Buffer = Buffer.alloc(0)
  const upstream = await rawOrigin(t, (socket) => void socket.end(answer))
  const { port, proxy } = await openDoor(t, upstream.port)
  const statuses = ['200 OK', '204 No', '304 Same', '100 Go', '101 Switch', '000 No', '099 No', '999 ?', '200 O\x01K']
  const lines = statuses.flatMap((status) => [`HTTP/1.1 ${status}`, `HTTP/1.0 ${status}`])
  for (const bytes of fc.sample(oddMessages(lines), 400)) {
    answer = bytes
    for (const headers of [['Connection: close'], ['Connection: Upgrade', 'Upgrade: websocket']]) {
      const client = await connected(port)
      client.write(get('http://box.com/', ...headers))
      await allOf(client)
      client.destroy()
    }
  }
  answer = Buffer.from(OK)
  t.match(await curl('-x', proxy, 'http://box.com/'), { stdout: 'ok' })
})

void t.test('whatever a client asks, the door serves on', async (t) => {
  const upstream = await rawOrigin(t, (socket) => void socket.end(OK))
  const { port, proxy } = await openDoor(t, upstream.port)
  const methods = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'QUERY', 'TRACE']
  const lines = methods.flatMap((method) => [
    `${method} http://box.com HTTP/1.1`,
    `${method} http://box.com//?a HTTP/1.0`,
  ])
  for (const bytes of fc.sample(oddMessages(lines), 400)) {
    const client = await connected(port)
    client.end(bytes)
    await allOf(client)
    client.destroy()
  }
  t.match(await curl('-x', proxy, 'http://box.com/'), { stdout: 'ok' })
})
