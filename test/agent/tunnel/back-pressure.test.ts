/** What a reader that does not read costs: a window of memory, and nobody else's time. */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { WINDOW_BYTES } from '../../../agent/tunnel/mux.js'
import { drink, pour } from '../../support/byte-flow.js'
import { heldBytes } from '../../support/memory.js'
import { relayedPair } from '../../support/tunnelled.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const KIB = 1024
const MIB = 1024 * KIB

/** What the kernel may hold between two ends on loopback: a sender's largest buffer and a receiver's (tcp_wmem, tcp_rmem). */
const KERNEL_BYTES = 4 * MIB + 32 * MIB

/** Writes on and on; `taken` are the bytes that have left this process. */
function pump(into: Duplex): { taken: number } {
  const block = Buffer.alloc(64 * KIB)
  const pumped = { taken: 0 }
  const more = (error?: Error | null): void => {
    if (error) return
    pumped.taken += block.length
    setImmediate(() => into.destroyed || into.write(block, more))
  }
  into.write(block, more)
  return pumped
}

for (const direction of ['down', 'up'] as const) {
  void t.test(`a reader that does not read stops its sender, ${direction}, and no other flow`, async (t) => {
    const pair = await relayedPair()
    const slow = await pair.flow()
    const [sender, relayed] = direction === 'down' ? [slow.origin, slow.near] : [slow.app, slow.far]
    const before = await heldBytes()
    const pumped = pump(sender)
    await untilStill(() => pumped.taken)
    t.ok(pumped.taken < WINDOW_BYTES + 2 * KERNEL_BYTES, `it stands after ${pumped.taken} bytes`)
    t.ok(relayed.writableLength <= WINDOW_BYTES, `${relayed.writableLength} bytes wait for the reader`)
    t.ok(relayed.writableLength > 0, 'it is our queue that holds it up')
    const other = await pair.flow()
    const poured = [pour(other.app, 24 * MIB), pour(other.origin, 24 * MIB)]
    const drunk = [drink(other.origin), drink(other.app)]
    t.strictSame(await Promise.all(drunk), await Promise.all(poured), 'another flow goes on')
    const grown = (await heldBytes()) - before
    t.ok(grown < 6 * MIB, `${grown} bytes more are held`)
    const stood = pumped.taken
    sender.destroy()
    const { bytes } = await drink(direction === 'down' ? slow.app : slow.origin)
    t.ok(bytes > 0 && bytes <= stood + 64 * KIB, 'what was on its way can be read')
    pair.agent.session.close('')
  })
}

void t.test('small messages to a reader that does not read hold no large memory beside a bulk flow', async (t) => {
  const pair = await relayedPair()
  const stalled = await pair.flow()
  while (stalled.near.writableLength === 0) {
    stalled.origin.write(Buffer.alloc(64 * KIB))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const bulk = await pair.flow()
  let got = 0
  bulk.app.resume()
  bulk.app.on('data', (chunk: Buffer) => {
    got += chunk.length
  })
  const before = await heldBytes()
  const waiting = stalled.near.writableLength
  for (let round = 1; round <= 80; round += 1) {
    stalled.origin.write(Buffer.alloc(100))
    bulk.origin.write(Buffer.alloc(600 * KIB))
    await waitUntil(() => got === round * 600 * KIB)
  }
  t.equal(stalled.near.writableLength - waiting, 8000, 'the messages arrived and wait')
  const grown = (await heldBytes()) - before
  t.ok(grown < 6 * MIB, `${grown} bytes more are held for them`)
  pair.agent.session.close('')
})

void t.test(
  'a session whose peer does not read takes no more from its applications, and goes on when it does',
  async (t) => {
    const pair = await relayedPair()
    pair.gateway.socket.pause()
    const flows = await Promise.all(Array.from({ length: 200 }, () => pair.flow()))
    const poured = flows.map(({ app }) => pour(app, 300 * KIB))
    const read = () => flows.reduce((sum, { near }) => sum + (near as Socket).bytesRead, 0)
    await untilStill(read)
    t.ok(read() < 200 * 300 * KIB, `${read()} bytes were read, then no more`)
    const late = await pair.flow()
    const latePoured = pour(late.app, 300 * KIB)
    await untilStill(read)
    t.equal((late.near as Socket).bytesRead, 0, 'a new flow is not read at all')
    pair.gateway.socket.resume()
    const arrived = await Promise.all([...flows, late].map(({ origin }) => drink(origin)))
    t.strictSame(arrived, await Promise.all([...poured, latePoured]), 'every byte arrives')
    pair.agent.session.close('')
  },
)
