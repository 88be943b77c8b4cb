import t from 'tap'
import { blockMemory } from '../../../agent/capture-file/block-memory.js'
import { pcapngFormat } from '../../../agent/capture-file/pcapng-format.js'
import { readPcapng } from '../../../agent/capture-file/pcapng-reader.js'
import { NOON_US } from '../../support/capture-files.js'

const HEAD = {
  interfaces: [
    { name: 'dns', description: 'the DNS door' },
    { name: 'tunnel', description: '' },
  ],
  comment: 'from the doors',
  application: 'steerlab 0.1.0',
  os: 'Linux',
  snapLength: 262_144,
}
const FORMAT = pcapngFormat(HEAD)

void t.test('an interface is described as the draft says, byte for byte', async (t) => {
  const last = Buffer.from(FORMAT.head.subarray(-44)).toString('hex')
  const length = '2c000000'
  const name = `02000600${Buffer.from('tunnel').toString('hex')}0000`
  const microseconds = '0900010006000000'
  t.equal(last, `01000000${length}0100000000000400${name}${microseconds}00000000${length}`)
})

void t.test('the head reads as it was meant', async (t) => {
  const { comment, interfaces, isCut } = readPcapng(FORMAT.head)
  t.equal(comment, 'from the doors')
  t.strictSame(
    interfaces,
    HEAD.interfaces.map((each) => ({ ...each, linkType: 1 })),
  )
  t.notOk(isCut)
})

/** A block written over memory that was used before. */
function blockOf(packet: Buffer, kept: number, text: string, outbound = true): Buffer {
  const comment = FORMAT.comment(text)
  const bytes = FORMAT.blockBytes(kept, comment.length)
  const memory = blockMemory(2000 + 66_000)
  memory.bytes.fill(0xa5)
  memory.bytes.set(packet, 5 + FORMAT.packetAt)
  FORMAT.writeAround(memory, 5, { interfaceId: 1, atUs: NOON_US, outbound }, kept, packet.length, comment)
  if (FORMAT.lengthOfBlock(memory.view, 5) !== bytes) throw new Error('another length than was said before')
  // Behind the block is the rest of the packet, or what was there.
  const behind = bytes < FORMAT.packetAt + packet.length ? packet[bytes - FORMAT.packetAt] : 0xa5
  if (memory.bytes[5 + bytes] !== behind) throw new Error('a byte more')
  return Buffer.from(memory.bytes.subarray(5, 5 + bytes))
}

for (const kept of [14, 15, 16, 17, 18, 1000])
  for (const text of ['', 'a', 'four', '«ü»'])
    void t.test(`a packet of which ${kept} bytes are kept, comment "${text}"`, async (t) => {
      const packet = Buffer.alloc(1001, 'p')
      const { packets } = readPcapng(Buffer.concat([FORMAT.head, blockOf(packet, kept, text)]))
      const [read] = packets
      t.match(read, { interfaceId: 1, atUs: NOON_US, comment: text, direction: 'outbound', originalLength: 1001 - 14 })
      t.equal(Buffer.from(read?.bytes ?? '').toString(), 'p'.repeat(kept - 14), 'behind the Ethernet header')
    })

void t.test('what is padded is 0, not what the memory held', async (t) => {
  const block = blockOf(Buffer.alloc(5, 1), 5, 'comment', false)
  t.strictSame([...block.subarray(33, 36)], [0, 0, 0])
  t.strictSame([...block.subarray(55, 56)], [0])
  t.strictSame([...block.subarray(36, 44)], [2, 0, 4, 0, 1, 0, 0, 0], 'inbound')
})

void t.test('a comment that is too long is cut at a character', async (t) => {
  const cut = FORMAT.comment('ü'.repeat(40_000))
  t.equal(cut.length, 65_534)
  const { packets } = readPcapng(Buffer.concat([FORMAT.head, blockOf(Buffer.alloc(10), 10, 'ü'.repeat(40_000))]))
  t.equal(packets[0]?.comment, 'ü'.repeat(32_767))
})

void t.test('secrets are of the type TLSK', async (t) => {
  const text = 'CLIENT_RANDOM 00 11\n'
  const block = Buffer.from(FORMAT.secrets(Buffer.from(text)) ?? '')
  t.equal(block.readUInt32LE(8), 0x544c534b)
  t.strictSame(readPcapng(Buffer.concat([FORMAT.head, block])).secrets, [text])
})

void t.test('statistics are received and dropped, per interface', async (t) => {
  const tail = Buffer.from(
    FORMAT.tail(NOON_US, [
      { taken: 7, dropped: 2 },
      { taken: 0, dropped: 0 },
    ]),
  )
  const length = tail.length / 2
  t.strictSame([tail.readUInt32LE(0), tail.readUInt32LE(4), tail.readUInt32LE(length + 8)], [5, length, 1])
  t.equal(BigInt(tail.readUInt32LE(12)) * 2n ** 32n + BigInt(tail.readUInt32LE(16)), BigInt(NOON_US))
  t.strictSame([tail.readBigUInt64LE(24), tail.readBigUInt64LE(36)], [9n, 2n])
})
