import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { readIpPacket } from '../../../agent/capture-file/ip-packet.js'
import { TCP_FLAG, type TcpPacket, type UdpPacket } from '../../../agent/capture-file/packet.js'
import { packetAddresses } from '../../../agent/capture-file/packet-addresses.js'
import { readPcapng } from '../../../agent/capture-file/pcapng-reader.js'
import { ringPath } from '../../../agent/capture-file/ring-file.js'
import { captureWriter, contentsOf, NOON_US, wholeFile } from '../../support/capture-files.js'

const CLIENT = { ip: '10.1.2.3', port: 40_000 }
const SERVER = { ip: '203.0.113.9', port: 443 }
const FACTS = { interfaceId: 0, atUs: NOON_US, outbound: true, addresses: packetAddresses(CLIENT, SERVER) }

function udp(payload: Uint8Array, comment?: string): UdpPacket {
  return { ...FACTS, payload, comment }
}

function tcp(payload: Uint8Array): TcpPacket {
  const numbers = { flags: TCP_FLAG.ack, seq: 1, ack: 2, window: 3, options: new Uint8Array(0) }
  return { ...FACTS, ...numbers, payload, begin: 0, end: payload.length }
}

void t.test('packets of all kinds come back in order, each on its interface', async (t) => {
  const writer = await captureWriter(t)
  writer.tcp(tcp(Buffer.from('segment')))
  writer.udp({ ...udp(Buffer.from('datagram'), 'said'), interfaceId: 1 })
  writer.icmpUnreachable(udp(Buffer.from('refused')), 'port', NOON_US + 5)
  writer.raw(1, NOON_US + 6, Buffer.from('as it was'), 1234, false, 'raw')
  const { packets } = await contentsOf(writer)
  t.strictSame(
    packets.map(({ interfaceId }) => interfaceId),
    [0, 1, 0, 1],
  )
  t.strictSame(
    packets.map(({ comment }) => comment),
    ['', 'said', '', 'raw'],
  )
  t.strictSame(
    packets.map(({ direction }) => direction),
    ['outbound', 'outbound', 'inbound', 'inbound'],
  )
  t.strictSame(
    packets.map(({ atUs }) => atUs - NOON_US),
    [0, 0, 5, 6],
  )
  const [segment, datagram, refusal] = packets.map(({ bytes }) => readIpPacket(bytes))
  t.equal(Buffer.from(segment?.payload ?? '').toString(), 'segment')
  t.equal(Buffer.from(datagram?.payload ?? '').toString(), 'datagram')
  t.match(refusal, { protocol: 'icmp', source: SERVER.ip, destination: CLIENT.ip })
  t.match(packets[3], { originalLength: 1234 })
  t.equal(writer.packets, 4)
})

void t.test('it counts what is in the file', async (t) => {
  const writer = await captureWriter(t)
  for (let i = 0; i < 1000; i++) writer.udp(udp(Buffer.alloc(i)))
  const before = writer.bytes
  await writer.flush()
  t.equal((await stat(writer.path)).size, before)
  await writer.close()
  t.equal((await stat(writer.path)).size, writer.bytes)
  t.strictSame([writer.packets, writer.dropped], [1000, 0])
})

void t.test('after a flush the file is whole blocks, while the capture goes on', async (t) => {
  const writer = await captureWriter(t)
  writer.udp(udp(Buffer.from('first')))
  t.equal(readPcapng(await readFile(writer.path)).packets.length, 0)
  await writer.flush()
  writer.udp(udp(Buffer.from('second')))
  const { packets, isCut } = readPcapng(await readFile(writer.path))
  t.strictSame([packets.length, isCut], [1, false])
})

void t.test('of long packets the beginning is kept', async (t) => {
  for (const snapLength of [14, 60, 61, 62, 63]) {
    const writer = await captureWriter(t, { snapLength })
    writer.tcp(tcp(Buffer.alloc(1460, 1)))
    writer.udp(udp(Buffer.alloc(3)))
    writer.icmpUnreachable(udp(Buffer.alloc(2000)), 'port', NOON_US)
    writer.raw(0, NOON_US, Buffer.alloc(5000), 9000, true)
    const { packets } = await contentsOf(writer)
    // An Ethernet header is ahead of each.
    const most = snapLength - 14
    t.strictSame(
      packets.map(({ bytes }) => bytes.length),
      [most, Math.min(31, most), most, most],
    )
    t.strictSame(
      packets.map(({ originalLength }) => originalLength),
      [1500, 31, 576, 9000],
    )
  }
})

void t.test('secrets stand ahead of what comes later', async (t) => {
  const writer = await captureWriter(t)
  writer.udp(udp(Buffer.alloc(1)))
  writer.secrets('CLIENT_RANDOM aa bb\n')
  const long = 'CLIENT_RANDOM cc dd\n'.repeat(100_000)
  writer.secrets(long)
  writer.udp(udp(Buffer.alloc(1)))
  const { secrets, packets } = await contentsOf(writer)
  t.strictSame([secrets[0], secrets[1] === long, packets.length], ['CLIENT_RANDOM aa bb\n', true, 2])
})

void t.test('a ring: every file reads alone, none is too long, none of what is kept is lost', async (t) => {
  const writer = await captureWriter(t, { maxBytes: 10_000, files: 4 })
  for (let i = 0; i < 100; i++) writer.udp(udp(Buffer.from(`${i}`.padEnd(900))))
  await writer.close()
  const numbers: number[] = []
  for (const n of [3, 2, 1, 0]) {
    const file = await readFile(ringPath(writer.path, n))
    t.ok(file.length <= 10_000 && (n === 0 || file.length > 8500), `${file.length} bytes`)
    const { packets, interfaces, isCut } = readPcapng(file)
    t.strictSame([interfaces.length, isCut], [2, false])
    numbers.push(...packets.map(({ bytes }) => Number.parseInt(Buffer.from(bytes.subarray(28)).toString(), 10)))
  }
  t.strictSame(
    numbers,
    Array.from(numbers, (_, i) => 100 - numbers.length + i),
    'the last ones, in order',
  )
  t.ok(numbers.length > 27, `${numbers.length} packets`)
  await t.rejects(stat(ringPath(writer.path, 4)))
  t.equal(writer.packets, 100)
})

void t.test('with one file, it begins anew', async (t) => {
  const writer = await captureWriter(t, { maxBytes: 10_000, files: 1 })
  for (let i = 0; i < 100; i++) writer.udp(udp(Buffer.alloc(900)))
  t.ok((await wholeFile(writer)).length < 10_000)
  await t.rejects(stat(ringPath(writer.path, 1)))
})

void t.test('what comes faster than the disk takes it is dropped and counted, and said at the end', async (t) => {
  const writer = await captureWriter(t)
  const payload = Buffer.alloc(60_000)
  // No write can end before this does: 64 MiB wait at most.
  for (let i = 0; i < 1300; i++) writer.udp(udp(payload))
  t.equal(writer.packets + writer.dropped, 1300)
  t.ok(writer.packets > 1050 && writer.packets < 1120, `${writer.packets} packets`)
  await writer.flush()
  writer.udp(udp(payload))
  const { dropped } = writer
  const file = await wholeFile(writer)
  t.equal(readPcapng(file).packets.length, 1301 - dropped)
  // The statistics of two interfaces have 52 bytes each.
  t.equal(file.readBigUInt64LE(file.length - 2 * 52 + 36), BigInt(dropped))
})

void t.test('a packet that cannot be is dropped, an interface that is not there ignored', async (t) => {
  const writer = await captureWriter(t)
  writer.udp(udp(Buffer.alloc(65_508)))
  writer.udp({ ...udp(Buffer.alloc(1)), interfaceId: 2 })
  writer.udp(udp(Buffer.alloc(65_507)))
  const { packets } = await contentsOf(writer)
  t.strictSame([packets.length, writer.packets, writer.dropped], [1, 1, 1])
})

void t.test('nothing comes after the end', async (t) => {
  const writer = await captureWriter(t)
  const file = await wholeFile(writer)
  writer.udp(udp(Buffer.alloc(1)))
  writer.secrets('x')
  await writer.flush()
  await writer.close()
  t.strictSame(await readFile(writer.path), file)
  t.equal(writer.packets, 0)
})

void t.test('where the file cannot be, one sentence says so', async (t) => {
  for (const path of [join(t.testdir(), 'no', 'x.pcap'), t.testdir(), '/dev/full'])
    await t.rejects(captureWriter(t, { path }), {
      code: 'capture-failed',
      message: new RegExp(`cannot make ${path}: E`),
    })
})

void t.test('any packets in any format leave a file as long as it says', async (t) => {
  const payloads = fc.array(fc.nat(3000), { maxLength: 60 })
  const choices = fc.record({
    payloads,
    format: fc.constantFrom('pcapng' as const, 'pcap' as const),
    snapLength: fc.integer({ min: 14, max: 2000 }),
  })
  let round = 0
  const directory = t.testdir()
  await fc.assert(
    fc.asyncProperty(choices, async ({ payloads, ...options }) => {
      const path = join(directory, `${round++}.pcap`)
      const writer = await captureWriter(t, { ...options, path })
      for (const length of payloads) writer.udp(udp(Buffer.alloc(length), length % 2 === 0 ? 'even' : undefined))
      const file = await wholeFile(writer)
      if (options.format === 'pcapng') t.equal(readPcapng(file).packets.length, payloads.length)
      t.equal(file.length, writer.bytes)
    }),
    { numRuns: 30 },
  )
})
