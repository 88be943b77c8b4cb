import fc from 'fast-check'
import t from 'tap'
import { decodeInode, encodeRequest, FAMILY, type SocketQuery } from '../../../agent/process/sock-diag.js'

const query: SocketQuery = {
  family: FAMILY.ipv4,
  transport: 'tcp',
  localAddress: Uint8Array.of(127, 0, 0, 1),
  localPort: 0xb5f2,
  remoteAddress: Uint8Array.of(93, 184, 216, 34),
  remotePort: 443,
  sequence: 7,
}

/** A reply as the kernel sends it for an established socket. */
function replyTo({ localPort, remotePort, sequence }: SocketQuery, inode: number): Buffer {
  const reply = Buffer.alloc(108)
  reply.writeUInt32LE(reply.length, 0)
  reply.writeUInt16LE(20, 4)
  reply.writeUInt32LE(sequence, 8)
  reply[16] = 2
  reply[17] = 1
  reply.writeUInt16BE(localPort, 20)
  reply.writeUInt16BE(remotePort, 22)
  reply.writeUInt32LE(1000, 80)
  reply.writeUInt32LE(inode, 84)
  return reply
}

void t.test('a TCP request is the 72 bytes of <linux/inet_diag.h>', async (t) => {
  t.equal(
    encodeRequest(query).toString('hex'),
    '48000000140001000700000000000000' + // length 72, type 20, REQUEST, sequence 7
      '02060000ffffffff' + // AF_INET, TCP, all states
      'b5f201bb' + // ports, network order
      '7f000001000000000000000000000000' +
      '5db8d822000000000000000000000000' +
      '00000000ffffffffffffffff', // any interface, no cookie
  )
})

void t.test('a UDP request has its sides swapped', async (t) => {
  const request = encodeRequest({ ...query, transport: 'udp' })
  t.equal(request[17], 17)
  t.equal(request.toString('hex', 24, 28), '01bbb5f2')
  t.equal(request.toString('hex', 28, 32), '5db8d822')
  t.equal(request.toString('hex', 44, 48), '7f000001')
})

void t.test('an IPv6 request carries sixteen bytes a side', async (t) => {
  const localAddress = new Uint8Array(16).fill(0x11)
  const request = encodeRequest({
    ...query,
    family: FAMILY.ipv6,
    localAddress,
    remoteAddress: new Uint8Array(16).fill(0x22),
  })
  t.equal(request[16], 10)
  t.equal(request.toString('hex', 28, 60), '11'.repeat(16) + '22'.repeat(16))
})

void t.test('the reply gives the inode', async (t) => {
  t.equal(decodeInode(replyTo(query, 0xfedcba98), query), 0xfedcba98)
})

const refused: readonly (readonly [string, (reply: Buffer) => unknown])[] = [
  ['an error (no such socket)', (reply) => reply.writeUInt16LE(2, 4)],
  ['the reply to an earlier request', (reply) => reply.writeUInt32LE(6, 8)],
  ['a listener on the local port', (reply) => reply.writeUInt16BE(0, 22)],
  ['a socket on another port', (reply) => reply.writeUInt16BE(1, 20)],
]
for (const [what, change] of refused) {
  void t.test(`${what} is no socket`, async (t) => {
    const reply = replyTo(query, 5)
    change(reply)
    t.equal(decodeInode(reply, query), 0)
  })
}

void t.test('a reply that is cut is no socket', async (t) => {
  for (const length of [0, 4, 16, 36, 87]) t.equal(decodeInode(replyTo(query, 5).subarray(0, length), query), 0)
})

void t.test('an unconnected UDP socket counts, though its remote port is 0', async (t) => {
  const udp: SocketQuery = { ...query, transport: 'udp' }
  t.equal(decodeInode(replyTo({ ...udp, remotePort: 0 }, 5), udp), 5)
})

void t.test('any bytes decode to a number', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, likely) => {
      const reply = Buffer.from(bytes)
      if (likely && reply.length > 6) reply.writeUInt16LE(20, 4)
      return Number.isInteger(decodeInode(reply, query))
    }),
    { numRuns: 10_000 },
  )
})
