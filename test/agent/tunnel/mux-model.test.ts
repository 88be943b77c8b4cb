/**
 * Two muxes joined by two queues of bytes that deliver in random pieces, against a model: every byte of a stream is known
 * by stream, direction and position, so that one lost, doubled, moved or sent beyond its credit shows.
 */

import fc from 'fast-check'
import t from 'tap'
import { HEADER_BYTES } from '../../../agent/tunnel/frame.js'
import { Mux, type MuxEvent } from '../../../agent/tunnel/mux.js'

type Side = 'agent' | 'gateway'

/** One direction of a stream, as the model sees it. */
interface Flow {
  sent: number
  received: number
  consumed: number
  /** The sender has ended it. */
  ended: boolean
  /** The receiver knows that. */
  endHeard: boolean
}

interface Stream {
  readonly from: Readonly<Record<Side, Flow>>
  reset: boolean
}

const OTHER: Readonly<Record<Side, Side>> = { agent: 'gateway', gateway: 'agent' }

/** The byte at `position` of what `side` sends on `stream`. */
function byteAt(side: Side, stream: number, position: number): number {
  return (stream * 31 + position * 7 + (position >> 8) + (side === 'agent' ? 0 : 128)) & 255
}

function flow(): Flow {
  return { sent: 0, received: 0, consumed: 0, ended: false, endHeard: false }
}

/** Both ends, what is under way between them, and the model. */
class World {
  readonly mux: Readonly<Record<Side, Mux>>
  /** Bytes on their way from a side to the other. */
  readonly #wire: Record<Side, Buffer> = { agent: Buffer.alloc(0), gateway: Buffer.alloc(0) }
  readonly streams = new Map<number, Stream>()
  readonly #windows: Readonly<Record<Side, number>>

  constructor(windows: Readonly<Record<Side, number>>) {
    this.#windows = windows
    this.mux = { agent: new Mux('agent', windows.agent), gateway: new Mux('gateway', windows.gateway) }
    for (const side of ['agent', 'gateway'] as const) this.#say(side, this.mux[side].hello({}))
    this.deliver('agent', Number.POSITIVE_INFINITY)
    this.deliver('gateway', Number.POSITIVE_INFINITY)
  }

  open(): void {
    const { stream, frame } = this.mux.agent.open({})!
    this.streams.set(stream, { from: { agent: flow(), gateway: flow() }, reset: false })
    this.#say('agent', frame)
  }

  send(side: Side, stream: number, wanted: number): void {
    const mine = this.streams.get(stream)!.from[side]
    const length = Math.min(wanted, this.mux[side].credit(stream))
    if (length === 0) return
    const block = Buffer.alloc(HEADER_BYTES + length)
    for (let i = 0; i < length; i += 1) block[HEADER_BYTES + i] = byteAt(side, stream, mine.sent + i)
    this.mux[side].dataHeader(stream, block, length)
    mine.sent += length
    this.#say(side, block)
    if (mine.ended) throw new Error('credit after close')
    if (mine.sent - mine.consumed > this.#windows[OTHER[side]]) throw new Error('more under way than the window')
  }

  /** `side` has dealt with up to `wanted` bytes it received. */
  consume(side: Side, stream: number, wanted: number): void {
    const theirs = this.streams.get(stream)!.from[OTHER[side]]
    const bytes = Math.min(wanted, theirs.received - theirs.consumed)
    theirs.consumed += bytes
    this.#say(side, this.mux[side].consumed(stream, bytes))
  }

  close(side: Side, stream: number): void {
    this.streams.get(stream)!.from[side].ended = true
    this.#say(side, this.mux[side].close(stream))
  }

  reset(side: Side, stream: number): void {
    const frame = this.mux[side].reset(stream, 'aborted', '')
    if (frame === undefined) return
    this.streams.get(stream)!.reset = true
    this.#say(side, frame)
  }

  /** The next bytes on their way from `side` arrive. */
  deliver(side: Side, bytes: number): void {
    const wire = this.#wire[side]
    this.#wire[side] = wire.subarray(Math.min(bytes, wire.length))
    for (const event of this.mux[OTHER[side]].receive(wire.subarray(0, bytes))) this.#hear(OTHER[side], event)
  }

  get quiet(): boolean {
    return this.#wire.agent.length + this.#wire.gateway.length === 0
  }

  #say(side: Side, bytes: Buffer | undefined): void {
    if (bytes !== undefined) this.#wire[side] = Buffer.concat([this.#wire[side], bytes])
  }

  #hear(side: Side, event: MuxEvent): void {
    if (event.type === 'violation') throw new Error(`${side} heard a violation: ${event.reason}`)
    if (event.type === 'hello') this.mux[side].setPeerWindow(this.#windows[OTHER[side]])
    if (event.type === 'data') {
      const theirs = this.streams.get(event.stream)!.from[OTHER[side]]
      for (const byte of event.bytes)
        if (byte !== byteAt(OTHER[side], event.stream, theirs.received++)) throw new Error('a wrong byte')
      if (theirs.endHeard) throw new Error('bytes after the end')
    }
    if (event.type === 'close') {
      const theirs = this.streams.get(event.stream)!.from[OTHER[side]]
      if (theirs.received !== theirs.sent) throw new Error('the end came before the last byte')
      theirs.endHeard = true
    }
  }
}

const side = fc.constantFrom<Side>('agent', 'gateway')
const which = fc.nat(9)
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), side, which, bytes: fc.constant(0) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), side, which, bytes: fc.nat(400) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('consume' as const), side, which, bytes: fc.nat(300) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver' as const), side, which, bytes: fc.nat(500) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), side, which, bytes: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const), side, which, bytes: fc.constant(0) }) },
)
const windows = fc.record({ agent: fc.integer({ min: 4, max: 600 }), gateway: fc.integer({ min: 4, max: 600 }) })

void t.test(
  'no byte is lost, doubled, moved or sent beyond its credit, and both ends forget what has ended',
  async (t) => {
    const met = { bytes: 0, resets: 0 }
    fc.assert(
      fc.property(windows, fc.array(step, { maxLength: 250, size: 'max' }), (sizes, steps) => {
        const world = new World(sizes)
        for (const { do: what, side, which, bytes } of steps) {
          const stream = (which % Math.max(1, world.streams.size)) + 1
          if (what === 'open') world.open()
          else if (what === 'deliver') world.deliver(side, bytes)
          else if (!world.streams.has(stream) || (what !== 'consume' && !gatewayKnows(world, side, stream))) continue
          else if (what === 'close') world.close(side, stream)
          else if (what === 'reset') world.reset(side, stream)
          else world[what](side, stream, bytes)
        }
        settle(world)
        for (const { from, reset } of world.streams.values()) {
          met.bytes += from.agent.received + from.gateway.received
          met.resets += reset ? 1 : 0
          if (!reset && (from.agent.sent !== from.agent.received || from.gateway.sent !== from.gateway.received))
            return false
        }
        return world.mux.agent.streamCount === 0 && world.mux.gateway.streamCount === 0
      }),
      { numRuns: 1000 },
    )
    t.ok(met.bytes > 100_000 && met.resets > 100, JSON.stringify(met))
  },
)

void t.test('with a window of bytes and a consumer, any amount gets through', async (t) => {
  for (const window of [4, 5, 97]) {
    const world = new World({ agent: window, gateway: window })
    world.open()
    for (let turns = 0; world.streams.get(1)!.from.agent.consumed < 10_000; turns += 1) {
      if (turns > 10_000) return t.fail(`stuck with a window of ${window}`)
      world.send('agent', 1, 1000)
      world.deliver('agent', 1000)
      world.consume('gateway', 1, 1000)
      world.deliver('gateway', 1000)
    }
    t.pass(`window ${window}`)
  }
})

/** The gateway can speak about a stream only once its OPEN has arrived. */
function gatewayKnows(world: World, side: Side, stream: number): boolean {
  return side === 'agent' || world.mux.gateway.has(stream) || world.streams.get(stream)!.from.gateway.ended
}

/** Everything under way arrives, is consumed, and every stream is closed by both sides. */
function settle(world: World): void {
  const everything = Number.POSITIVE_INFINITY
  const both = (act: (side: Side) => void) => {
    act('agent')
    act('gateway')
  }
  const quiet = () => {
    while (!world.quiet) both((side) => world.deliver(side, everything))
  }
  quiet()
  for (const stream of world.streams.keys()) both((side) => world.consume(side, stream, everything))
  quiet()
  for (const stream of world.streams.keys()) both((side) => world.close(side, stream))
  quiet()
}
