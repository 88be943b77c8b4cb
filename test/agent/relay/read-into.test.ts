/** Reading into memory of our own: in place, and by 'data' events, held by the same cases. */

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { duplexPair } from '../../../agent/capture/duplex-pair.js'
import { READS_IN_PLACE, type ReadTarget, readInto } from '../../../agent/relay/read-into.js'
import { drink, fate, pour } from '../../support/byte-flow.js'
import { socketPair } from '../../support/socket-pair.js'
import { waitUntil } from '../../support/wait-until.js'

/** A target that collects, in two blocks by turns, and after each piece says whether it wants more. */
class Collector implements ReadTarget {
  readonly pieces: Buffer[] = []
  /** Pieces that came while none were wanted. */
  unwanted = 0
  /** Pieces that did not come in the memory given last. */
  elsewhere = 0
  #wants = true
  readonly #blocks: readonly Buffer[]
  readonly #patience: number
  #given = 0

  /** `patience` pieces are wanted in a row, then a pause. */
  constructor(blockBytes: number, patience = Number.POSITIVE_INFINITY) {
    this.#blocks = [Buffer.alloc(blockBytes), Buffer.alloc(blockBytes)]
    this.#patience = patience
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces)
  }

  /** Wants again: to be followed by `resume()`. */
  again(): void {
    this.#wants = true
  }

  buffer(): Uint8Array {
    this.#given = 1 - this.#given
    return this.#blocks[this.#given]!
  }

  received(length: number, buffer: Uint8Array): boolean {
    if (!this.#wants) this.unwanted += 1
    if (buffer !== this.#blocks[this.#given]) this.elsewhere += 1
    this.pieces.push(Buffer.from(buffer.subarray(0, length)))
    this.#wants = this.pieces.length % this.#patience !== 0
    return this.#wants
  }
}

/** Reads `stream` to its end, going on in another turn of the event loop whenever the target has paused it. */
async function readAll(stream: Duplex, target: Collector): Promise<void> {
  let over = stream.readableEnded
  stream.once('end', () => {
    over = true
  })
  readInto(stream, target)
  while (!over) {
    await new Promise(setImmediate)
    target.again()
    stream.resume()
  }
}

/** Takes from a socket what reading in place needs, as a runtime would that does not have it. */
function withoutOwnMemory([peer, socket]: [Socket, Socket]): [Socket, Socket] {
  const { _handle: handle } = socket as unknown as { _handle: object }
  Object.defineProperty(handle, 'useUserBuffer', { value: undefined })
  return [peer, socket]
}

function listenedPair(): [Duplex, Duplex] {
  const pair = duplexPair()
  for (const end of pair) end.on('error', () => {})
  return pair
}

const WAYS: Readonly<Record<string, () => Promise<[peer: Duplex, stream: Duplex]>>> = {
  'a socket, in place': () => socketPair(),
  // Unlike an accepted one that was never read, it is read already, into the stream's own queue.
  'a socket we dialled, in place': async () => (await socketPair()).reverse() as [Socket, Socket],
  'a socket, by data events': async () => withoutOwnMemory(await socketPair()),
  'a stream in memory': async () => listenedPair(),
}

void t.test('this runtime can read in place, and then does', async (t) => {
  t.ok(READS_IN_PLACE)
  const cases: readonly [way: string, wanted: boolean, pushes: number][] = [
    ['a socket, in place', true, 0],
    ['a socket, in place', false, 1],
    ['a socket we dialled, in place', true, 0],
    ['a socket, by data events', true, 3],
  ]
  for (const [way, wanted, pushes] of cases) {
    const [peer, stream] = await WAYS[way]!()
    let pushed = 0
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown) => {
      if (chunk !== null) pushed += 1
      return push(chunk)
    }
    const target = new Collector(1024)
    readInto(stream, target, wanted)
    stream.resume()
    for (const bytes of ['one ', 'two ', 'three']) {
      const before = target.pieces.length
      peer.write(bytes)
      await waitUntil(() => target.pieces.length > before)
    }
    t.equal(target.bytes.toString(), 'one two three')
    t.equal(pushed, pushes, `${way}${wanted ? '' : ', begun paused: all but the first'}`)
    stream.destroy()
    peer.destroy()
  }
})

for (const [way, joined] of Object.entries(WAYS)) {
  void t.test(way, async (t) => {
    void t.test('waiting bytes come first, in order', async (t) => {
      const [peer, stream] = await joined()
      peer.write('second ')
      if (stream.readableLength === 0) await once(stream.read(0) ?? stream, 'readable')
      stream.pause()
      stream.unshift(Buffer.from('first '))
      const target = new Collector(4)
      const read = readAll(stream, target)
      peer.end('third')
      await read
      t.equal(target.bytes.toString(), 'first second third')
      t.equal(target.elsewhere, 0)
      stream.destroy()
    })

    void t.test('more waiting bytes than are wanted at once are put back, not lost', async (t) => {
      for (const patience of [1, 2, 7]) {
        const [peer, stream] = await joined()
        const waiting = randomBytes(100_003)
        stream.unshift(waiting)
        const target = new Collector(1000, patience)
        const read = readAll(stream, target)
        peer.end('behind')
        await read
        t.ok(target.bytes.equals(Buffer.concat([waiting, Buffer.from('behind')])), `${patience} pieces at once`)
        t.equal(target.unwanted, 0, 'none while paused')
        t.equal(target.elsewhere, 0)
        stream.destroy()
      }
    })

    void t.test('a target that pauses is not fed until it resumes, and misses nothing', async (t) => {
      const [peer, stream] = await joined()
      const sent = randomBytes(3_000_017)
      peer.end(sent)
      const target = new Collector(50_000, 2)
      await readAll(stream, target)
      t.ok(target.bytes.equals(sent))
      t.equal(target.unwanted, 0)
      t.equal(target.elsewhere, 0)
      stream.destroy()
    })

    void t.test('one large chunk into small memory', async (t) => {
      const [peer, stream] = await joined()
      const target = new Collector(64 * 1024, 3)
      const read = readAll(stream, target)
      const poured = await pour(peer, 4 * 1024 * 1024, 1024 * 1024)
      await read
      t.equal(createHash('sha256').update(target.bytes).digest('hex'), poured.sha256)
      t.equal(target.unwanted, 0)
      stream.destroy()
    })

    void t.test('bytes and the end before anybody reads', async (t) => {
      const [peer, stream] = await joined()
      peer.end('last words')
      await once(peer, 'finish')
      const target = new Collector(1024)
      await readAll(stream, target)
      t.equal(target.bytes.toString(), 'last words')
      t.ok(stream.readableEnded)
      stream.destroy()
    })

    void t.test('an end that is over before anybody reads leaves nothing to do', async (t) => {
      const [peer, stream] = await joined()
      peer.end()
      await once(stream.resume(), 'end')
      const target = new Collector(1024)
      readInto(stream, target)
      await new Promise(setImmediate)
      t.strictSame(target.pieces, [])
      stream.destroy()
    })

    void t.test('half-closed, it still writes', async (t) => {
      const [peer, stream] = await joined()
      peer.end('question')
      const target = new Collector(1024)
      await readAll(stream, target)
      const answer = drink(peer)
      stream.end('answer')
      t.equal((await answer).bytes, 'answer'.length)
    })

    void t.test('begun paused, nothing is read until it resumes', async (t) => {
      const [peer, stream] = await joined()
      stream.unshift(Buffer.from('waiting '))
      const target = new Collector(1024)
      readInto(stream, target, false)
      peer.end('and new')
      await new Promise((resolve) => setTimeout(resolve, 20))
      t.strictSame(target.pieces, [])
      stream.resume()
      await once(stream, 'end')
      t.equal(target.bytes.toString(), 'waiting and new')
      stream.destroy()
    })

    void t.test('a reset is an error of the stream, none of ours', async (t) => {
      const [peer, stream] = await joined()
      const failed = fate(stream)
      readInto(stream, new Collector(1024))
      if ('resetAndDestroy' in peer) (peer as Socket).resetAndDestroy()
      else peer.destroy()
      t.equal(await failed, 'ECONNRESET')
    })
  })
}
