/** The state machine of the tunnel: what it says to what it hears, and what it does not put up with. */

import fc from 'fast-check'
import t from 'tap'
import { FRAME, frame, jsonFrame, MAX_CONTROL_BYTES, MAX_DATA_BYTES, windowFrame } from '../../../agent/tunnel/frame.js'
import { Mux, type MuxEvent, type MuxRole, WINDOW_BYTES } from '../../../agent/tunnel/mux.js'
import { cut } from '../../support/cut-bytes.js'

const HELLO = jsonFrame(FRAME.HELLO, 0, { window: 1000 })
const open = (stream: number) => jsonFrame(FRAME.OPEN, stream, { port: 443 })
const data = (stream: number, bytes: number | string) =>
  frame(FRAME.DATA, stream, typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.alloc(bytes))
const closed = (stream: number) => frame(FRAME.CLOSE, stream)
const reset = (stream: number) => frame(FRAME.RESET, stream, Buffer.from('\x01why'))

/** What a mux heard, its views copied and the pieces of a payload joined, so that it can be compared. */
function heard(mux: Mux, pieces: readonly Uint8Array[]): Record<string, unknown>[] {
  const all: Record<string, unknown>[] = []
  for (const piece of pieces)
    for (const event of mux.receive(piece)) {
      const last = all.at(-1)
      if (event.type === 'data' && last?.['type'] === 'data' && last['stream'] === event.stream)
        last['bytes'] = `${last['bytes']}${Buffer.from(event.bytes).toString('latin1')}`
      else all.push(copyOf(event))
    }
  return all
}

function copyOf(event: MuxEvent): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...event }
  for (const [name, value] of Object.entries(copy))
    if (value instanceof Uint8Array) copy[name] = Buffer.from(value).toString('latin1')
  return copy
}

/** A gateway's mux that has said and heard HELLO, and has `streams` open; or an agent's. */
function ready(role: MuxRole, streams = 1): Mux {
  const mux = new Mux(role, 1000, 3)
  mux.receive(HELLO)
  mux.setPeerWindow(1000)
  for (let stream = 1; stream <= streams; stream += 1)
    if (role === 'agent') mux.open({})
    else mux.receive(open(stream))
  return mux
}

void t.test('every frame of a mux is heard by the other', async (t) => {
  const agent = new Mux('agent', 1000)
  const gateway = new Mux('gateway', 2000)
  t.match(heard(gateway, [agent.hello({ a: 1 })]), [{ type: 'hello', payload: '{"a":1}' }])
  gateway.setPeerWindow(1000)
  agent.receive(gateway.hello({}))
  agent.setPeerWindow(2000)
  const first = agent.open({ host: 'box.com' })!
  t.equal(first.stream, 1)
  t.match(heard(gateway, [first.frame]), [{ type: 'open', stream: 1, payload: '{"host":"box.com"}' }])
  t.match(heard(agent, [gateway.opened(1)]), [{ type: 'opened', stream: 1 }])
  t.equal(agent.credit(1), 2000)
  t.equal(gateway.credit(1), 1000)

  const block = Buffer.from('........payload')
  agent.dataHeader(1, block, 7)
  t.match(heard(gateway, [block]), [{ type: 'data', stream: 1, bytes: 'payload' }])
  t.equal(agent.credit(1), 1993)
  t.equal(gateway.consumed(1, 499), undefined, 'less than a quarter of the window is not worth a frame')
  t.match(heard(agent, [gateway.consumed(1, 1)!]), [{ type: 'window', stream: 1 }])
  t.equal(agent.credit(1), 2493)

  t.match(heard(gateway, [agent.close(1)!]), [{ type: 'close', stream: 1 }])
  t.equal(agent.credit(1), 0, 'an ended direction sends no more')
  t.equal(agent.close(1), undefined, 'once')
  t.ok(agent.has(1) && gateway.has(1), 'half-closed')
  t.match(heard(agent, [gateway.close(1)!]), [{ type: 'close', stream: 1 }])
  t.notOk(agent.has(1) || gateway.has(1), 'forgotten at both ends')

  gateway.receive(agent.open({})!.frame)
  const keys = gateway.keys(2, Buffer.from('CLIENT_RANDOM 00 11'))
  t.match(heard(agent, [keys]), [{ type: 'keys', stream: 2, payload: 'CLIENT_RANDOM 00 11' }])
  const why = gateway.reset(2, 'timed-out', 'no answer')!
  t.match(heard(agent, [why]), [{ type: 'reset', stream: 2, reason: 'timed-out', detail: 'no answer' }])
  t.equal(agent.reset(2, 'aborted', ''), undefined, 'it is gone already')
  t.equal(agent.streamCount + gateway.streamCount, 0)

  t.match(heard(agent, [gateway.ping(Buffer.from('p'))]), [{ type: 'ping', payload: 'p' }])
  t.match(heard(gateway, [agent.pong(Buffer.from('p'))]), [{ type: 'pong', payload: 'p' }])
  t.match(heard(agent, [gateway.goaway('stopping')]), [{ type: 'goaway', reason: 'stopping' }])
})

const VIOLATIONS: readonly [
  what: string,
  role: MuxRole,
  streams: number,
  bytes: Uint8Array,
  reason: RegExp,
  allowed: Uint8Array,
][] = [
  ['HELLO twice', 'agent', 0, HELLO, /second HELLO/, frame(FRAME.PING, 0)],
  ['OPEN from the gateway', 'agent', 1, open(2), /may not OPEN/, frame(FRAME.OPENED, 1)],
  ['OPENED from the agent', 'gateway', 1, frame(FRAME.OPENED, 1), /may not say OPENED/, open(2)],
  ['OPEN of the same number', 'gateway', 2, open(2), /not new/, open(3)],
  ['OPEN of a smaller number', 'gateway', 2, open(1), /not new/, open(3)],
  ['OPEN of number 0', 'gateway', 0, open(0), /not new/, open(1)],
  ['OPEN beyond the limit', 'gateway', 3, open(4), /more streams/, Buffer.concat([reset(1), open(4)])],
  ['DATA beyond the window', 'gateway', 1, data(1, 1001), /beyond the window/, data(1, 1000)],
  ['the byte that is too many', 'gateway', 1, Buffer.concat([data(1, 1000), data(1, 1)]), /window/, data(1, 999)],
  ['DATA after CLOSE', 'gateway', 1, Buffer.concat([closed(1), data(1, 1)]), /after CLOSE/, data(1, 1)],
  ['CLOSE twice', 'gateway', 1, Buffer.concat([closed(1), closed(1)]), /CLOSE twice/, closed(1)],
  ['DATA on a stream never opened', 'gateway', 1, data(2, 1), /never opened/, data(1, 1)],
  ['CLOSE of a stream never opened', 'agent', 1, closed(2), /never opened/, closed(1)],
  ['DATA on stream 0', 'gateway', 1, data(0, 1), /never opened/, data(1, 0)],
  ['WINDOW on stream 0', 'gateway', 1, windowFrame(0, 1), /never opened/, windowFrame(1, 1)],
  ['a short WINDOW', 'agent', 1, frame(FRAME.WINDOW, 1, Buffer.alloc(3)), /4 bytes/, windowFrame(1, 0)],
  ['a long WINDOW', 'agent', 1, frame(FRAME.WINDOW, 1, Buffer.alloc(5)), /4 bytes/, windowFrame(1, 9)],
  ['a WINDOW too far', 'agent', 1, windowFrame(1, 0x7fffffff - 999), /2 GiB/, windowFrame(1, 0x7fffffff - 1000)],
  ['KEYS from the agent', 'gateway', 1, frame(FRAME.KEYS, 1), /no KEYS/, frame(FRAME.PONG, 0)],
  ['KEYS of a stream never opened', 'agent', 1, frame(FRAME.KEYS, 2), /never opened/, frame(FRAME.KEYS, 1)],
  ['an unknown type', 'gateway', 1, frame(12, 1), /unknown frame type 12/, frame(FRAME.PONG, 0)],
  ['type 0', 'gateway', 1, frame(0, 0), /unknown frame type 0/, frame(FRAME.GOAWAY, 0)],
  ['a long PING', 'agent', 0, frame(8, 0, Buffer.alloc(MAX_CONTROL_BYTES + 1)), /longer/, frame(8, 0, Buffer.alloc(9))],
  ['a long DATA', 'agent', 1, data(1, MAX_DATA_BYTES + 1), /longer/, data(1, 1000)],
]

void t.test('each violation ends the session once, its neighbour does not', async (t) => {
  for (const [what, role, streams, bytes, reason, allowed] of VIOLATIONS) {
    for (const pieces of [[bytes], cut(bytes, [1]), cut(bytes, [9, 2])]) {
      const mux = ready(role, streams)
      const events = heard(mux, [...pieces, frame(FRAME.PING, 0)])
      const violations = events.filter(({ type }) => type === 'violation')
      t.equal(violations.length, 1, what)
      t.match(violations[0]?.['reason'], reason, what)
      t.equal(events.at(-1), violations[0], 'nothing is heard after it')
    }
    const events = heard(ready(role, streams), [allowed])
    t.notOk(
      events.some(({ type }) => type === 'violation'),
      `the neighbour of ${what}`,
    )
  }
})

void t.test('OPEN before HELLO is a violation, right behind it is not', async (t) => {
  t.match(heard(new Mux('gateway'), [open(1)]), [{ type: 'violation', reason: 'OPEN before HELLO' }])
  for (const size of [1, 20, 1000]) {
    const mux = new Mux('gateway')
    const both = heard(mux, cut(Buffer.concat([HELLO, open(1)]), [size]))
    t.match(both, [{ type: 'hello' }, { type: 'open', stream: 1 }], `cut at ${size}`)
    mux.setPeerWindow(1000)
    t.equal(mux.credit(1), 1000, 'it has the credit of the HELLO')
  }
})

void t.test('frames for a stream that has ended here are dropped in silence', async (t) => {
  const mux = ready('gateway', 2)
  mux.reset(1, 'aborted', '')
  const late = Buffer.concat([data(1, 900), data(1, 900), windowFrame(1, 5), closed(1), reset(1)])
  t.strictSame(heard(mux, cut(late, [500])), [])
  const events = [...mux.receive(data(2, 'first half').subarray(0, 13))]
  mux.reset(2, 'aborted', '')
  events.push(...mux.receive(data(2, 'first half').subarray(13)))
  t.match(events.map(copyOf), [{ type: 'data', bytes: 'first' }], 'also the rest of a frame')
  t.match(heard(mux, [open(3)]), [{ type: 'open' }], 'and the session goes on')
})

void t.test('what would break the rules is not sent', async (t) => {
  const mux = ready('agent', 1)
  t.throws(() => mux.dataHeader(1, Buffer.alloc(2000), 1001), /beyond credit/)
  t.throws(() => mux.dataHeader(2, Buffer.alloc(100), 1), /beyond credit/, 'an unknown stream')
  mux.dataHeader(1, Buffer.alloc(2000), 1000)
  t.throws(() => mux.dataHeader(1, Buffer.alloc(100), 1), /beyond credit/)
  t.equal(mux.open({})?.stream, 2)
  t.equal(mux.open({})?.stream, 3)
  t.equal(mux.open({}), undefined, 'no more streams than allowed')
  t.equal(mux.consumed(9, WINDOW_BYTES), undefined, 'no credit for an unknown stream')
})

// What a peer may send, by and large: real frames of any kind, some of them nonsense.
const someFrame = fc.oneof(
  fc.constantFrom(
    HELLO,
    open(1),
    open(2),
    data(1, 'abc'),
    data(2, 600),
    closed(1),
    closed(2),
    reset(1),
    windowFrame(1, 9),
  ),
  fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.nat(3), fc.uint8Array({ maxLength: 30 }))
    .map(([type, stream, payload]) => frame(type, stream, payload)),
)
const roles = fc.constantFrom<MuxRole>('agent', 'gateway')
const cuts = fc.array(fc.nat(40), { maxLength: 12 })

void t.test('10,000 inputs cut at random are heard as if whole', async (t) => {
  fc.assert(
    fc.property(roles, fc.array(someFrame, { maxLength: 12 }), cuts, (role, frames, sizes) => {
      const bytes = Buffer.concat(frames)
      const whole = JSON.stringify(heard(ready(role), [bytes]))
      return [sizes, [1]].every((by) => JSON.stringify(heard(ready(role), cut(bytes, by))) === whole)
    }),
    { numRuns: 10_000 },
  )
  t.pass()
})

void t.test('20,000 random and mutated inputs throw nothing and end in one violation at most', async (t) => {
  const mutated = fc
    .tuple(
      fc.array(someFrame, { minLength: 1, maxLength: 8 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    )
    .map(([frames, changes]) => {
      const bytes = Buffer.concat(frames)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
  let broken = 0
  for (const input of [fc.uint8Array({ maxLength: 200 }), mutated])
    fc.assert(
      fc.property(roles, input, cuts, (role, bytes, sizes) => {
        const mux = ready(role)
        const events = heard(mux, [...cut(bytes, sizes), HELLO, Buffer.alloc(40)])
        const violations = events.filter(({ type }) => type === 'violation').length
        broken += violations
        return violations <= 1 && mux.streamCount <= 3
      }),
      { numRuns: 10_000 },
    )
  t.ok(broken > 15_000, `${broken} of them were violations`)
})
