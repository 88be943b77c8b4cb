import fc from 'fast-check'
import t from 'tap'
import { readPcapng } from '../../../agent/capture-file/pcapng-reader.js'
import { captureWriter, NOON_US, wholeFile } from '../../support/capture-files.js'

/** A small capture: three packets and a secret between. */
async function example(t: Parameters<typeof captureWriter>[0]): Promise<Buffer> {
  const writer = await captureWriter(t)
  writer.raw(0, NOON_US, Buffer.from('first'), 5, true, 'a comment')
  writer.secrets('CLIENT_RANDOM 00 11\n')
  writer.raw(1, NOON_US + 1, Buffer.from('second'), 600, false)
  writer.raw(0, NOON_US + 2, Buffer.from('third'), 5, true)
  return wholeFile(writer)
}

void t.test('reads what the writer wrote', async (t) => {
  const contents = readPcapng(await example(t))
  t.match(contents, { comment: 'rebuilt for a test', secrets: ['CLIENT_RANDOM 00 11\n'], isCut: false })
  t.strictSame(
    contents.interfaces.map(({ name }) => name),
    ['namespace', 'dns'],
  )
  t.strictSame(
    contents.packets.map(({ bytes, ...packet }) => ({ ...packet, text: Buffer.from(bytes).toString() })),
    [
      { interfaceId: 0, atUs: NOON_US, comment: 'a comment', direction: 'outbound', originalLength: 5, text: 'first' },
      { interfaceId: 1, atUs: NOON_US + 1, comment: '', direction: 'inbound', originalLength: 600, text: 'second' },
      { interfaceId: 0, atUs: NOON_US + 2, comment: '', direction: 'outbound', originalLength: 5, text: 'third' },
    ],
  )
})

void t.test('wherever the file ends, what is whole is read', async (t) => {
  const file = await example(t)
  const whole = readPcapng(file)
  let most = 0
  for (let end = 12; end < file.length; end++) {
    const { packets } = readPcapng(file.subarray(0, end))
    t.ok(packets.length >= most && packets.length <= most + 1)
    most = packets.length
    t.strictSame(packets, whole.packets.slice(0, most))
  }
  t.equal(most, 3)
  t.ok(readPcapng(file.subarray(0, -1)).isCut)
})

void t.test('packets begin behind the link header that their interface has', async (t) => {
  const file = await example(t)
  const [ethernet] = readPcapng(file).packets
  t.match(ethernet, { bytes: Buffer.from('first'), originalLength: 5 })
  // The first interface stands behind the section header, its link type at 8: RAW.
  file.writeUInt16LE(101, file.readUInt32LE(4) + 8)
  const [raw, second] = readPcapng(file).packets
  t.match(raw, { originalLength: 14 + 5 })
  t.strictSame(Buffer.from(raw?.bytes.subarray(14) ?? ''), Buffer.from('first'))
  t.match(second, { bytes: Buffer.from('second'), originalLength: 600 }, 'of the other interface')
})

void t.test('a packet of an interface that is not there is damage', async (t) => {
  const file = await example(t)
  // A packet's block has its interface at 8, its frame at 28.
  const interfaceAt = file.indexOf('first') - 14 - 28 + 8
  t.equal(file.readUInt32LE(interfaceAt), 0)
  file.writeUInt32LE(2, interfaceAt)
  t.throws(() => readPcapng(file), { code: 'capture-invalid' })
})

void t.test('something else is refused', async (t) => {
  const refusal = { code: 'capture-invalid' }
  t.throws(() => readPcapng(Buffer.alloc(0)), refusal)
  t.throws(() => readPcapng(Buffer.from('d4c3b2a1020004000000000000000000', 'hex')), refusal)
  t.throws(() => readPcapng(Buffer.from('0a0d0d0a0000001c1a2b3c4d00010000', 'hex')), refusal, 'big-endian')
})

void t.test('any damage is read or refused, in time', async (t) => {
  const file = await example(t)
  const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 })
  fc.assert(
    fc.property(changes, (changes) => {
      const damaged = Buffer.from(file)
      for (const [at, byte] of changes) damaged[at] = byte
      try {
        return readPcapng(damaged).packets.length <= 3
      } catch (error) {
        return (error as { code?: string }).code === 'capture-invalid'
      }
    }),
    { numRuns: 2000 },
  )
})
