/** Frames out of a session: in order, whole, though their memory is reused at once, and never without bound. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import t from 'tap'
import { FrameWriter } from '../../../agent/tunnel/frame-writer.js'
import { drink } from '../../support/byte-flow.js'
import { heldBytes } from '../../support/memory.js'
import { tlsPair } from '../../support/session-pair.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const KIB = 1024
const MIB = 1024 * KIB

/** Sizes around every boundary of the writer: small, direct (16 KiB), a block (256 KiB). */
const SIZES = [1, 8, 100, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 70_000, 256 * KIB - 1, 256 * KIB, 300_001]

void t.test(
  'frames of all sizes, many or one in a turn, arrive in order though their memory is reused at once',
  async (t) => {
    const [socket, peer] = await tlsPair()
    const writer = new FrameWriter(socket, () => {})
    const scratch = Buffer.alloc(300_001)
    const sent: Buffer[] = []
    const got: Buffer[] = []
    peer.on('data', (chunk: Buffer) => got.push(chunk))
    const patterns = [
      [1],
      [2, 0],
      [16 * KIB, 1],
      [1, 16 * KIB, 16 * KIB],
      [70_000, 70_000, 8],
      [300_001, 1, 300_001],
      SIZES,
    ]
    for (let round = 0; round < 60; round += 1) {
      for (const size of patterns[round % patterns.length]!) {
        const frame = scratch.subarray(0, size)
        randomBytes(Math.min(size, 64)).copy(frame)
        frame.fill(round, Math.min(size, 64))
        sent.push(Buffer.from(frame))
        writer.write(frame)
        frame.fill(0xee)
      }
      if (round % 3 === 0) await new Promise(setImmediate)
    }
    const whole = Buffer.concat(sent)
    await waitUntil(() => got.reduce((sum, { length }) => sum + length, 0) >= whole.length)
    t.ok(Buffer.concat(got).equals(whole), `${whole.length} bytes`)
    socket.destroy()
  },
)

void t.test('small frames of one turn leave together', async (t) => {
  const [socket, peer] = await tlsPair()
  const writer = new FrameWriter(socket, () => {})
  const got: Buffer[] = []
  peer.on('data', (chunk: Buffer) => got.push(chunk))
  const before = socket.bytesWritten
  for (let i = 0; i < 1000; i += 1) writer.write(Buffer.alloc(12, i))
  t.equal(socket.bytesWritten, before, 'not yet')
  await waitUntil(() => got.reduce((sum, { length }) => sum + length, 0) === 12_000)
  t.ok(got.length <= 2, `in ${got.length} TLS records`)
  socket.destroy()
})

void t.test('room: none with a full queue, and told once when there is some again', async (t) => {
  const [socket, peer] = await tlsPair()
  peer.pause()
  let told = 0
  const writer = new FrameWriter(socket, () => {
    told += 1
    t.ok(writer.hasRoom)
  })
  const frame = Buffer.alloc(64 * KIB)
  const before = await heldBytes()
  let wrote = 0
  for (; writer.hasRoom; wrote += 1) {
    writer.write(frame)
    if (wrote % 16 === 0) await new Promise(setImmediate)
  }
  for (let i = 0; i < 10; i += 1) t.notOk(writer.hasRoom)
  const grown = (await heldBytes()) - before
  t.ok(grown < 3 * MIB, `${grown} bytes are held for ${wrote * frame.length} written`)
  t.equal(told, 0)
  const drunk = drink(peer)
  await waitUntil(() => told === 1)
  writer.end()
  t.equal((await drunk).bytes, wrote * frame.length)
  t.equal(told, 1)
})

void t.test('the end sends what is queued, and the socket ends after it', async (t) => {
  for (const sizes of [[5], [16 * KIB], [16 * KIB, 5], [300_000, 300_000, 7], []]) {
    const [socket, peer] = await tlsPair()
    const writer = new FrameWriter(socket, () => {})
    const drunk = drink(peer)
    for (const size of sizes) writer.write(Buffer.alloc(size, 1))
    writer.end()
    t.equal(
      (await drunk).bytes,
      sizes.reduce((sum, size) => sum + size, 0),
      `${sizes}`,
    )
    t.ok(socket.writableEnded)
  }
})

void t.test('a destroyed socket takes nothing and nobody minds', async (t) => {
  const [socket] = await tlsPair()
  const writer = new FrameWriter(socket, () => t.fail('there is no room to tell of'))
  writer.write(Buffer.alloc(20))
  socket.destroy()
  writer.write(Buffer.alloc(20))
  writer.write(Buffer.alloc(100_000))
  writer.end()
  await once(socket, 'close')
  await new Promise(setImmediate)
  t.ok(writer.hasRoom)
})

void t.test('a peer that never reads what it asks for ends the connection', async (t) => {
  const [socket, peer] = await tlsPair()
  peer.pause()
  const writer = new FrameWriter(socket, () => {})
  const failed = once(socket, 'error')
  const frame = Buffer.alloc(4 * MIB)
  let wrote = 0
  while (!socket.destroyed && wrote < 1024) {
    writer.write(frame)
    wrote += 4
  }
  t.match(await failed, [{ message: 'the peer does not read' }])
  t.ok(wrote > 256 && wrote < 256 + 50, `after ${wrote} MiB`)
  await untilStill(() => socket.bytesWritten)
  peer.destroy()
})
