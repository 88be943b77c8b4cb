import { once } from 'node:events'
import { Agent, createServer as createHttpServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import httpProxy from 'http-proxy'
import t from 'tap'
import { curl } from '../../support/curl.js'
import { allOf, closed, connected, listening, readUntil } from '../../support/loopback.js'
import { httpOrigin } from '../../support/origins.js'
import { get, OK, openDoor, origin, rawOrigin } from '../../support/proxied-origins.js'

const web = await httpOrigin()
t.teardown(web.close)

void t.test('curl forwards plain requests, methods, bodies and paths as they are', async (t) => {
  const { flows, proxy } = await openDoor(t, web.port)
  const cases: readonly [why: string, args: readonly string[], answer: string][] = [
    ['GET', ['http://box.com/a?b=//c'], 'GET /a?b=//c box.com 0'],
    [
      'double slashes',
      ['--path-as-is', 'http://box.com//a///b/../http://x//y'],
      'GET //a///b/../http://x//y box.com 0',
    ],
    ['odd characters', ['-g', 'http://box.com/{a|b}?"[c]'], 'GET /{a|b}?"[c] box.com 0'],
    ['a port', ['http://box.com:8080/'], 'GET / box.com:8080 0'],
    ['another Host header', ['-H', 'Host: zoom.us', 'http://box.com/'], 'GET / box.com 0'],
    ['an IPv6 address', ['http://[2001:db8::7]/'], 'GET / [2001:db8::7] 0'],
    ['POST', ['-d', 'hello', 'http://box.com/p'], 'POST /p box.com 5'],
    ['POST in chunks', ['-H', 'Transfer-Encoding: chunked', '-d', 'hello', 'http://box.com/p'], 'POST /p box.com 5'],
    ['POST that waits for 100', ['-H', 'Expect: 100-continue', '-d', 'hello', 'http://box.com/p'], 'POST /p box.com 5'],
    ['DELETE with a body', ['-X', 'DELETE', '-d', 'hello', 'http://box.com/d'], 'DELETE /d box.com 5'],
    ['DELETE without', ['-X', 'DELETE', 'http://box.com/d'], 'DELETE /d box.com 0'],
    [
      'OPTIONS in chunks',
      ['-X', 'OPTIONS', '-H', 'Transfer-Encoding: chunked', '-d', 'hi', 'http://box.com/'],
      'OPTIONS / box.com 2',
    ],
    ['HTTP/1.0', ['-0', 'http://box.com/'], 'GET / box.com 0'],
    ['an offer of h2c', ['--http2', 'http://box.com/h2'], 'GET /h2 box.com 0'],
    ['an offer of h2c with a body', ['--http2', '-d', 'hello', 'http://box.com/h2'], 'POST /h2 box.com 5'],
  ]
  for (const [why, args, answer] of cases) {
    const { stdout, stderr } = await curl('-x', proxy, ...args)
    t.equal(stdout, answer, `${why} ${stderr}`)
  }
  t.match(await curl('-x', proxy, '-I', 'http://box.com/'), { exitCode: 0, stdout: /^HTTP\/1.1 200 OK/ }, 'HEAD')
  t.equal(flows.length, cases.length + 1)
  t.match(flows[0], {
    door: 'http-forward',
    host: 'box.com',
    destination: { ip: '', port: 80 },
    source: { ip: '127.0.0.1' },
  })
  t.match(await curl('-x', proxy, '--request-target', 'https://box.com/', 'http://box.com/'), {
    stdout: /^steerlab: ask/,
  })
})

void t.test('headers meant for the proxy stay here, the others pass', async (t) => {
  const { port } = await openDoor(t, web.port)
  const client = await connected(port)
  const kept = ['Cookie: a=b', 'Accept: */*', 'X-Kept: 1']
  const dropped = ['Proxy-Authorization: x', 'Proxy-Connection: y', 'Keep-Alive: z', 'TE: trailers', 'X-Named: 1']
  client.write(get('http://box.com/', ...kept, ...dropped, 'Connection: X-Named, Host, keep-alive'))
  await readUntil(client, 'box.com 0')
  const { headers } = web.seen.at(-1) as IncomingMessage
  t.strictSame(headers, { host: 'box.com', cookie: 'a=b', accept: '*/*', 'x-kept': '1', connection: 'keep-alive' })
  client.destroy()
})

void t.test('hole 1: a chunked DELETE reaches the origin as one request', async (t) => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: box.com\r\n\r\n'
  const request = (url: string) =>
    `DELETE ${url} HTTP/1.1\r\nHost: box.com\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
  const paths: string[] = []
  const upstream = await origin(t, (req, res) => {
    paths.push(req.url ?? '')
    let body = ''
    req.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1')
    })
    req.on('end', () => res.end(body))
  })
  const { port } = await openDoor(t, upstream.port)
  const client = await connected(port)
  client.write(request('http://box.com/d'))
  await readUntil(client, smuggled)
  client.write(get('http://box.com/after', 'Connection: close'))
  await allOf(client)
  t.strictSame(paths, ['/d', '/after'])

  // The same request through http-proxy as it comes: what the test above would see without the cure.
  paths.length = 0
  const agent = new Agent({ keepAlive: true })
  const bare = httpProxy.createProxyServer({ target: `http://127.0.0.1:${upstream.port}`, agent })
  bare.on('error', () => {})
  const unsafe = await listening(createHttpServer((req, res) => bare.web(req, res)))
  t.teardown(async () => {
    agent.destroy()
    await unsafe.close()
  })
  const victim = await connected(unsafe.port)
  victim.write(request('/d'))
  while (paths.length < 2) await new Promise(setImmediate)
  t.strictSame(paths, ['/d', '/smuggled'], 'http-proxy alone')
  victim.destroy()
})

void t.test('hole 2: when the client goes away, so does the upstream, at once', async (t) => {
  const upload = 'POST http://box.com/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegun'
  const websocket = get('http://box.com/', 'Connection: Upgrade', 'Upgrade: websocket')
  const cases: readonly [why: string, sent: string, answered: string][] = [
    ['no answer yet', get('http://box.com/'), ''],
    ['a slow answer', get('http://box.com/'), 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun'],
    ['a slow upload', upload, ''],
    ['a slow upload that waited for 100', upload.replace('Host', 'Expect: 100-continue\r\nHost'), ''],
    ['an upgrade without an answer', websocket, ''],
    [
      'an upgraded connection',
      websocket,
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbegun',
    ],
    ['an idle kept connection', get('http://box.com/'), OK],
  ]
  for (const [why, sent, answered] of cases) {
    for (const leave of ['destroy', 'resetAndDestroy'] as const) {
      const upstream = await rawOrigin(t, (socket) => void socket.write(answered))
      const { port } = await openDoor(t, upstream.port)
      const client = await connected(port)
      client.write(sent)
      while (upstream.heard.join('') === '') await new Promise(setImmediate)
      if (answered !== '') await readUntil(client, answered.endsWith('begun') ? 'begun' : 'ok')
      const gone = [...upstream.sockets].map(closed)
      client[leave]()
      t.equal((await Promise.all(gone)).length, 1, `${why}, ${leave}`)
    }
  }
})

void t.test('an upstream that dies in the middle of its answer ends the client too', async (t) => {
  for (const head of ['Content-Length: 100\r\n', 'Transfer-Encoding: chunked\r\n']) {
    const upstream = await rawOrigin(t, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n5\r\nbegun`, () => socket.resetAndDestroy())
    })
    const { port } = await openDoor(t, upstream.port)
    const client = await connected(port)
    client.write(get('http://box.com/'))
    t.match(await allOf(client), /^HTTP\/1.1 200 OK/, head)
    client.destroy()
  }
})

void t.test('a client keeps its upstream connections for GET, and shares them with no other', async (t) => {
  const { flows, port } = await openDoor(t, web.port)
  const ask = async (client: Socket, message: string) => {
    client.write(message)
    await readUntil(client, 'com 0')
    return flows.length
  }
  const one = await connected(port)
  const other = await connected(port)
  t.equal(await ask(one, get('http://box.com/1')), 1, 'a first request')
  t.equal(await ask(one, get('http://box.com/2')), 1, 'the next uses the same flow')
  t.equal(await ask(one, get('http://zoom.com/')), 2, 'another host is another flow')
  t.equal(await ask(other, get('http://box.com/')), 3, 'another client is another flow')
  const post = 'POST http://box.com/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'
  t.equal(await ask(one, post), 4, 'what may not be sent twice has its own')
  t.equal(web.seen.at(-1)?.headers.connection, 'close')
  for (let i = 0; i < 12; i++) await ask(one, get(`http://host-${i}.com/`))
  const openFlows = flows.filter((flow) => !flow.socket.destroyed && !flow.socket.writableEnded)
  t.ok(openFlows.length <= 10, `${openFlows.length} kept of ${flows.length}`)
  one.destroy()
  other.destroy()
})

void t.test('a kept connection that the origin closes just then is no error', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes, nth) => {
    if (nth === 0 && bytes.includes('/second')) socket.resetAndDestroy()
    else socket.write(OK)
  })
  const { flows, port } = await openDoor(t, upstream.port)
  const client = await connected(port)
  client.write(get('http://box.com/first'))
  await readUntil(client, 'ok')
  client.write(get('http://box.com/second'))
  t.match(await readUntil(client, 'ok'), '200 OK')
  t.equal(flows.length, 2, 'asked again over a new flow')
  client.destroy()
})

void t.test('a kept connection that the origin has closed is not used', async (t) => {
  const upstream = await rawOrigin(t, (socket) => socket.end(OK))
  const { flows, port } = await openDoor(t, upstream.port)
  const client = await connected(port)
  for (let nth = 1; nth <= 3; nth++) {
    client.write(get('http://box.com/'))
    await readUntil(client, 'ok')
    const { socket } = flows.at(-1)!
    await closed(socket)
    t.equal(flows.length, nth)
  }
  client.destroy()
})

void t.test('a new connection that the origin resets is an error, not tried again', async (t) => {
  const upstream = await rawOrigin(t, (socket) => socket.resetAndDestroy())
  const { flows, proxy } = await openDoor(t, upstream.port)
  t.match(await curl('-x', proxy, '-w', '%{http_code}', 'http://box.com/'), { stdout: /box.com:80 .*\n502$/ })
  t.equal(flows.length, 1)
})

void t.test('a client that reads nothing stops the origin', async (t) => {
  const upstream = await origin(t, (_req, res) => {
    const fill = () => {
      while (res.write(Buffer.alloc(65_536)));
    }
    res.on('drain', fill)
    fill()
  })
  const { flows, port } = await openDoor(t, upstream.port)
  const client = await connected(port)
  client.write(get('http://box.com/'))
  await once(client, 'readable')
  const [flow] = flows
  const buffered = () => (flow?.socket.writableLength ?? 0) + (flow?.socket.readableLength ?? 0)
  const [accepted] = upstream.sockets
  let before = -1
  // Still for a while = stopped; the bytes on the way are those the system's socket buffers hold.
  for (let still = 0; still < 50; ) {
    await new Promise(setImmediate)
    still = accepted?.bytesWritten === before ? still + 1 : 0
    before = accepted?.bytesWritten ?? 0
  }
  t.ok(buffered() < 1_000_000, `${buffered()} bytes held by the pair`)
  client.destroy()
})
