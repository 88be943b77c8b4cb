import { once } from 'node:events'
import net from 'node:net'
import { duplexPair } from 'node:stream'
import t from 'tap'
import { frameMessage, MessageReader } from '../../../agent/dns/stream-framing.js'
import { type Respond, serveQueries } from '../../../agent/dns/stream-service.js'

interface Connection {
  readonly client: net.Socket
  /** Messages received so far; `ended` once the server has ended the stream. */
  readonly received: Buffer[]
  ended: boolean
}

/** A client connected to a server whose streams are served by `respond`. */
async function connected(
  respond: Respond,
  body: (connection: Connection) => Promise<void>,
  idleMs?: number,
): Promise<void> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => serveQueries(socket, respond, idleMs))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as net.AddressInfo
  const client = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  const connection: Connection = { client, received: [], ended: false }
  const reader = new MessageReader()
  client.on('error', () => {})
  client.on('data', (chunk: Buffer) => connection.received.push(...reader.push(chunk)))
  client.on('end', () => {
    connection.ended = true
  })
  await once(client, 'connect')
  try {
    await body(connection)
  } finally {
    client.destroy()
    server.close()
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}

/** Answers each query with its own bytes, upside down. */
const mirror: Respond = async (query) => Buffer.from(query).reverse()

const [one, two] = [Buffer.from('question one'), Buffer.from('another question')]
const bothMirrored = [Buffer.from('eno noitseuq'), Buffer.from('noitseuq rehtona')]

void t.test('pipelined queries are answered', (t) =>
  connected(mirror, async ({ client, received }) => {
    client.write(Buffer.concat([frameMessage(one), frameMessage(two)]))
    await until(() => received.length === 2)
    t.same(received, bothMirrored)
  }),
)

void t.test('queries may arrive byte by byte', (t) =>
  connected(mirror, async ({ client, received }) => {
    for (const byte of Buffer.concat([frameMessage(one), frameMessage(two)])) {
      await new Promise((written) => client.write(Buffer.of(byte), written))
    }
    await until(() => received.length === 2)
    t.same(received, bothMirrored)
  }),
)

void t.test('a client that ends its side behind its queries still gets the replies, then the end', (t) => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const late: Respond = async (query) => held.then(() => mirror(query))
  return connected(
    late,
    async (connection) => {
      connection.client.end(Buffer.concat([frameMessage(one), frameMessage(two)]))
      await once(connection.client, 'finish')
      release()
      await until(() => connection.ended)
      t.same(connection.received, bothMirrored)
    },
    60_000,
  )
})

void t.test('a reply may overtake an earlier one', (t) => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const overtaking: Respond = async (query) => (query.equals(one) ? held.then(() => one) : two)
  return connected(overtaking, async ({ client, received }) => {
    client.write(Buffer.concat([frameMessage(one), frameMessage(two)]))
    await until(() => received.length === 1)
    t.same(received, [two])
    release()
    await until(() => received.length === 2)
    t.same(received, [two, one])
  })
})

void t.test('a stream that sends what deserves no answer is closed', (t) =>
  connected(
    async () => undefined,
    async (connection) => {
      connection.client.write(frameMessage(one))
      await until(() => connection.ended)
      t.same(connection.received, [])
    },
  ),
)

void t.test('a quiet stream is closed after its time', (t) =>
  connected(
    mirror,
    async (connection) => {
      connection.client.write(frameMessage(one))
      await until(() => connection.received.length === 1)
      const since = performance.now()
      await until(() => connection.ended)
      t.ok(performance.now() - since >= 90)
    },
    100,
  ),
)

void t.test('a client that does not read its replies is not read either, and gets them all in the end', (t) => {
  let asked = 0
  const large: Respond = async () => {
    asked += 1
    return Buffer.alloc(60_000, asked)
  }
  return connected(large, async ({ client, received }) => {
    const queries = 600
    client.pause()
    for (let n = 0; n < queries; n += 1) client.write(frameMessage(one))
    // What one connection holds does not stop another: each of these is a full turn of the server.
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate)
    t.ok(asked > 0 && asked < queries, `${asked} of ${queries} were asked: 64 pending and what the kernel buffers`)
    client.resume()
    await until(() => received.length === queries)
    t.equal(asked, queries)
  })
})

void t.test('it serves any duplex stream, and a broken one does no harm', async (t) => {
  const [server, client] = duplexPair()
  serveQueries(server, mirror)
  const reader = new MessageReader()
  client.write(frameMessage(one))
  const [chunk] = (await once(client, 'data')) as [Buffer]
  t.same(reader.push(chunk).concat(reader.push((client.read() as Buffer | null) ?? Buffer.alloc(0))), [bothMirrored[0]])
  const closed = new Promise((resolve) => server.once('close', resolve))
  server.destroy(new Error('broken'))
  await closed
})
