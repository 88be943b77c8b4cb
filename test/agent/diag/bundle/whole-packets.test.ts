/** Captures that end in the middle of a packet, in both formats and byte orders. */

import fc from 'fast-check'
import t from 'tap'
import { WholePackets } from '../../../../agent/diag/bundle/whole-packets.js'

type Order = 'little' | 'big'

function numbers(order: Order, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) {
    if (order === 'little') bytes.writeUInt32LE(value, i * 4)
    else bytes.writeUInt32BE(value, i * 4)
  }
  return bytes
}

function block(order: Order, type: number, content: Buffer): Buffer {
  const length = content.length + 12
  return Buffer.concat([numbers(order, type, length), content, numbers(order, length)])
}

const section = (order: Order) => block(order, 0x0a0d0d0a, numbers(order, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff))
const pcapng = (order: Order, ...types: readonly number[]) =>
  Buffer.concat([section(order), ...types.map((type) => block(order, type, Buffer.alloc(64, type)))])
const pcapPacket = (order: Order, bytes: number) =>
  Buffer.concat([numbers(order, 1, 2, bytes, bytes), Buffer.alloc(bytes, 7)])
const pcap = (order: Order, ...packets: readonly number[]) =>
  Buffer.concat([
    numbers(order, 0xa1b2c3d4, 4 * 65536 + 2, 0, 0, 262144, 101),
    ...packets.map((n) => pcapPacket(order, n)),
  ])

function through(bytes: Buffer, size = bytes.length || 1): { readonly out: Buffer; readonly packets: WholePackets } {
  const packets = new WholePackets()
  const out: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) out.push(packets.push(bytes.subarray(at, at + size)))
  return { out: Buffer.concat(out), packets }
}

void t.test('a file of whole packets comes whole, one that is cut up to its last whole packet', async (t) => {
  for (const order of ['little', 'big'] as const) {
    for (const [name, file, last] of [
      ['pcapng', pcapng(order, 1, 6, 6), 76],
      ['pcap', pcap(order, 60, 0, 100), 116],
    ] as const) {
      t.strictSame(through(file).out, file, `${name}, ${order}`)
      for (const cut of [1, 8, last - 1]) {
        const { out, packets } = through(file.subarray(0, file.length - cut))
        t.strictSame(out, file.subarray(0, file.length - last), `${name}, ${order}, ${cut} bytes missing`)
        t.equal(packets.cutBytes, last - cut)
      }
    }
  }
})

void t.test('TLS secrets are taken out, and only these', async (t) => {
  for (const order of ['little', 'big'] as const) {
    const { out, packets } = through(pcapng(order, 10, 1, 10, 10, 6))
    t.strictSame([out, packets.secretsBlocks, packets.cutBytes], [pcapng(order, 1, 6), 3, 0], order)
  }
  for (const file of [pcapng('little', 1, 6), pcap('little', 10, 10)]) {
    const { out, packets } = through(file)
    t.strictSame([out, packets.secretsBlocks], [file, 0])
  }
})

void t.test('a second section may have the other byte order', async (t) => {
  const file = Buffer.concat([pcapng('little', 6), pcapng('big', 10)])
  const { out, packets } = through(file)
  t.strictSame([out, packets.secretsBlocks], [Buffer.concat([pcapng('little', 6), pcapng('big')]), 1])
})

void t.test('what is no capture comes as it is, of a damaged one what can be told from secrets', async (t) => {
  const file = Buffer.from('no capture, but long enough to be one')
  t.strictSame(through(file).out, file)
  const damaged = Buffer.concat([numbers('little', 6, 3, 0, 0, 0), pcapng('little', 10)])
  for (const whole of [pcapng('little', 1), Buffer.alloc(0)]) {
    const start = whole.length === 0 ? numbers('little', 0x0a0d0d0a, 3, 0x1a2b3c4d) : whole
    for (const size of [1000, 7]) {
      const { out, packets } = through(Buffer.concat([start, damaged]), size)
      t.strictSame([out, packets.cutBytes], [whole, start.length + damaged.length - whole.length])
    }
  }
})

void t.test('blocks in any pieces: all but the secrets', async () => {
  const order = fc.constantFrom<Order>('little', 'big')
  const types = fc.array(fc.constantFrom(1, 6, 10), { maxLength: 8 })
  const property = fc.property(order, types, fc.integer({ min: 1, max: 200 }), (order, types, size) => {
    const { out, packets } = through(pcapng(order, ...types), size)
    const kept = types.filter((type) => type !== 10)
    return out.equals(pcapng(order, ...kept)) && packets.secretsBlocks === types.length - kept.length
  })
  fc.assert(property, { numRuns: 300 })
})

void t.test('any bytes in any pieces: nothing is made up, no fault', async () => {
  const begin = fc.constantFrom(Buffer.alloc(0), section('little'), section('big'), pcap('little'), pcap('big'))
  const property = fc.property(
    begin,
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 1, max: 50 }),
    (head, tail, size) => {
      const file = Buffer.concat([head, tail])
      const { out, packets } = through(file, size)
      const isPart = packets.secretsBlocks > 0 || file.subarray(0, out.length).equals(out)
      return isPart && out.equals(through(file).out)
    },
  )
  fc.assert(property, { numRuns: 500 })
})
