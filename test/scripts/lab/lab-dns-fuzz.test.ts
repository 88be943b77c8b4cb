/** Nothing that a client sends to the lab's name server makes it throw, stall or stop answering. */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Packet } from 'dns2'
import fc from 'fast-check'
import t from 'tap'
import { answerQuery } from '../../../scripts/lab/dns-answer.js'
import { startLabDns } from '../../../scripts/lab/lab-dns.js'
import { ZONE } from '../../../scripts/lab/zone.js'
import { ZoneIndex } from '../../../scripts/lab/zone-lookup.js'

const index = new ZoneIndex(ZONE)
const server = await startLabDns(index)
t.teardown(() => server.close())
process.on('unhandledRejection', (error) => t.fail(`unhandled rejection: ${error}`))

const query = Buffer.from('abcd01000001000000000001' + '03626f7803636f6d0000010001' + '0000290200000000000000', 'hex')

/** A query with a few bytes changed, cut or doubled; or any bytes at all; or absurd counts. */
const datagrams = fc.oneof(
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.tuple(fc.nat(query.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }).map((changes) => {
    const bytes = Buffer.from(query)
    for (const [at, value] of changes) bytes.writeUInt8(value, at)
    return bytes
  }),
  fc.nat(query.length).map((length) => query.subarray(0, length)),
  fc.nat(8).map((times) => Buffer.concat(Array.from({ length: times }, () => query))),
  fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.nat(0xffff), fc.nat(0xffff)).map((counts) => {
    const bytes = Buffer.from(query)
    for (const [index, count] of counts.entries()) bytes.writeUInt16BE(count, 4 + 2 * index)
    return bytes
  }),
  // Compression pointers of all kinds, also to themselves.
  fc.tuple(fc.nat(0x3fff), fc.nat(0xffff)).map(([to, type]) => {
    const bytes = Buffer.concat([query.subarray(0, 12), Buffer.alloc(6)])
    bytes.writeUInt16BE(0xc000 | to, 12)
    bytes.writeUInt16BE(type, 14)
    bytes.writeUInt16BE(1, 16)
    return bytes
  }),
)

async function answersUdp(client: Socket): Promise<boolean> {
  const id = 0x7e57
  const probe = Buffer.from(query)
  probe.writeUInt16BE(id)
  const answered = new Promise<boolean>((resolve) => {
    const onMessage = (message: Buffer) => {
      if (message.length < 12 || message.readUInt16BE() !== id || message.readUInt16BE(6) !== 1) return
      client.off('message', onMessage)
      resolve(true)
    }
    client.on('message', onMessage)
  })
  client.send(probe, server.port, '127.0.0.1')
  return answered
}

void t.test('10,000 random and mutated messages get an answer that can be written, or none', async (t) => {
  fc.assert(
    fc.property(datagrams, (bytes) => {
      if (bytes.length < 12) return
      const answer = answerQuery(index, Packet.parse(bytes))
      if (answer === undefined) return
      const written = answer.toBuffer()
      if (written.readUInt16BE() !== bytes.readUInt16BE() || (written.readUInt8(2) & 0x80) === 0) {
        throw new Error('not the answer to this query')
      }
    }),
    { numRuns: 10_000 },
  )
  t.pass('none threw')
})

void t.test('10,000 of them over UDP, then an ordinary query', async (t) => {
  const client = createSocket('udp4')
  t.teardown(() => client.close())
  const samples = fc.sample(datagrams, 10_000)
  for (const [n, bytes] of samples.entries()) {
    client.send(bytes, server.port, '127.0.0.1')
    // An answered query every now and then keeps the sender from overrunning the socket's buffer.
    if (n % 50 === 49) t.ok(await answersUdp(client))
  }
})

void t.test('broken framing over TCP closes one connection, not the server', async (t) => {
  for (const bytes of [...fc.sample(datagrams, 200), Buffer.of(0, 0), Buffer.of(0xff, 0xff, 1)]) {
    const client = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true })
    client.on('error', () => {})
    client.on('data', () => {})
    const closed = once(client, 'close')
    client.end(bytes)
    await closed
  }
  const framed = Buffer.concat([Buffer.of(0, query.length), query])
  const client = connect(server.port, '127.0.0.1')
  client.write(framed)
  const [answer] = (await once(client, 'data')) as [Buffer]
  t.equal(answer.readUInt16BE(2), 0xabcd)
  client.destroy()
})

void t.test('a response is not answered, or two servers would answer each other for ever', async (t) => {
  const response = Buffer.from(query)
  response.writeUInt8(0x81, 2)
  t.equal(answerQuery(index, Packet.parse(response)), undefined)
})
