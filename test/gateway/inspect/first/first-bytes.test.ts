/** Looking at a flow's first bytes, over a real session, without losing one of them. */

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as aTurn } from 'node:timers/promises'
import t from 'tap'
import type { TunnelStream } from '../../../../agent/tunnel/stream.js'
import { StreamDuplex } from '../../../../agent/tunnel/stream-duplex.js'
import { relayStream } from '../../../../agent/tunnel/stream-relay.js'
import { peekFirst } from '../../../../gateway/inspect/first/first-bytes.js'
import { nodeHello } from '../../../support/client-hellos.js'
import { sessionPair } from '../../../support/session-pair.js'
import { socketPair } from '../../../support/socket-pair.js'
import { textOf } from '../../../support/text-of.js'

const arrived: ((stream: TunnelStream) => void)[] = []
const pair = await sessionPair({ open: (stream) => arrived.shift()?.(stream) })
t.teardown(() => pair.agent.session.close('the test is over'))
const hello = await nodeHello('box.com', ['h2'])
const LONG = { idleMs: 60_000 }

/** A flow: the program's end, the gateway's stream, the gateway's socket to the origin, and the origin's end. */
async function flow(): Promise<[StreamDuplex, TunnelStream, Socket, Socket]> {
  const other = new Promise<TunnelStream>((resolve) => arrived.push(resolve))
  const program = new StreamDuplex(pair.agent.session.open({})!, new Uint8Array(0))
  return [program, await other, ...(await socketPair())]
}

void t.test('what the program says is found, cut anywhere', async (t) => {
  const cases: readonly (readonly [type: string, bytes: Buffer])[] = [
    ['tls', hello],
    ['http', Buffer.from('GET /whoami HTTP/1.1\r\nHost: box.com\r\n\r\n')],
    ['opaque', Buffer.from('EHLO there\r\n')],
    ['malformed-tls', Buffer.from([22, 3, 1, 0, 5, 9, 9, 9, 9, 9])],
  ]
  for (const [type, bytes] of cases)
    for (const piece of [1, 7, bytes.length]) {
      const [program, stream, near, origin] = await flow()
      const found = peekFirst(stream, LONG, near)
      for (let at = 0; at < bytes.length; at += piece) {
        program.write(bytes.subarray(at, at + piece))
        if (piece > 1) await aTurn()
      }
      const first = await found
      if (first === 'gone') return t.fail('gone')
      t.equal(first.kind.type, type, `${type} in pieces of ${piece}`)
      program.end()
      // What comes between finding and relaying is not lost.
      for (let turns = 0; turns < 5; turns++) await aTurn()
      near.write(first.head)
      stream.consumed(first.head.length)
      const relayed = relayStream(near, stream, new Uint8Array(0), 60_000)
      origin.end()
      t.equal(await textOf(origin), bytes.toString('latin1'), 'and all of it arrives')
      program.resume()
      t.equal(await relayed, 'done')
    }
})

void t.test('an origin that speaks first is not held up, and its words are not lost', async (t) => {
  const [program, stream, near, origin] = await flow()
  origin.write('220 ready\r\n')
  const first = await peekFirst(stream, LONG, near)
  t.match(first, { kind: { type: 'opaque', why: /origin speaks first/ }, head: Buffer.alloc(0) })
  void relayStream(near, stream, new Uint8Array(0), 60_000)
  t.equal(String((await once(program, 'data'))[0]), '220 ready\r\n')
  program.destroy()
})

void t.test('an origin that hangs up before anybody spoke is passed on', async (t) => {
  const [program, stream, near, origin] = await flow()
  origin.end()
  const first = await peekFirst(stream, LONG, near)
  t.match(first, { kind: { type: 'opaque' } })
  void relayStream(near, stream, new Uint8Array(0), 60_000)
  t.equal(await textOf(program), '')
  program.destroy()
})

void t.test('a program that is gone, and one that ends or stops in the middle', async (t) => {
  const [program, stream, near] = await flow()
  const found = peekFirst(stream, LONG, near)
  program.destroy()
  t.equal(await found, 'gone')
  near.destroy()

  const [ending, endedStream, nearIt] = await flow()
  ending.end(hello.subarray(0, 50))
  t.match(await peekFirst(endedStream, LONG, nearIt), { kind: { type: 'malformed-tls' }, head: hello.subarray(0, 50) })
  nearIt.destroy()

  for (const [begun, type] of [
    ['GET /a', 'http'],
    ['GE', 'http'],
    ['\r\n', 'http'],
    [hello.subarray(0, 50), 'malformed-tls'],
  ] as const) {
    const [slow, slowStream, nearSlow] = await flow()
    slow.write(begun)
    const first = await peekFirst(slowStream, { idleMs: 60_000, withinMs: 30 }, nearSlow)
    t.match(first, { kind: { type }, head: Buffer.from(begun) }, 'slowness makes nothing unknown of it')
    slow.destroy()
    nearSlow.destroy()
  }
})

void t.test('a flow on which nobody says anything ends as any other idle one', async (t) => {
  const [program, stream, near] = await flow()
  const over = once(program, 'error')
  t.equal(await peekFirst(stream, { idleMs: 30 }, near), 'gone')
  t.match(await over, [{ code: 'ECONNRESET', message: 'nobody spoke' }])
  near.destroy()
})
