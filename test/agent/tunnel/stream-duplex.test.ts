/** A tunnel stream as a Duplex: bytes, credit, ends and resets, over real sessions; and TLS on top of it. */

import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { setImmediate as aTurn } from 'node:timers/promises'
import { connect, TLSSocket } from 'node:tls'
import t from 'tap'
import { WINDOW_BYTES } from '../../../agent/tunnel/mux.js'
import type { TunnelStream } from '../../../agent/tunnel/stream.js'
import { StreamDuplex } from '../../../agent/tunnel/stream-duplex.js'
import { generateKeys } from '../../../certs/keys.js'
import { LeafContexts } from '../../../certs/leaf-contexts.js'
import { issueRoot, openIssuer } from '../../../certs/x509.js'
import { drink, fate, pour } from '../../support/byte-flow.js'
import { sessionPair } from '../../support/session-pair.js'
import { textOf } from '../../support/text-of.js'
import { untilStill } from '../../support/wait-until.js'

const MIB = 1024 * 1024
const arrived: ((stream: TunnelStream) => void)[] = []
const pair = await sessionPair({ open: (stream) => arrived.shift()?.(stream) })
t.teardown(() => pair.agent.session.close('the test is over'))

/** Both ends of a new stream, [the agent's, the gateway's]; `head` was read of it at the gateway before. */
async function streams(): Promise<[TunnelStream, TunnelStream]> {
  const other = new Promise<TunnelStream>((resolve) => arrived.push(resolve))
  const own = pair.agent.session.open({})!
  return [own, await other]
}

async function duplexes(): Promise<[StreamDuplex, StreamDuplex]> {
  const [own, other] = await streams()
  return [new StreamDuplex(own, new Uint8Array(0)), new StreamDuplex(other, new Uint8Array(0))]
}

void t.test('32 MiB both ways at once arrive whole, and the streams end', async (t) => {
  const [a, b] = await duplexes()
  const closed = Promise.all([once(a, 'close'), once(b, 'close')])
  const [up, down, atB, atA] = await Promise.all([pour(a, 32 * MIB), pour(b, 32 * MIB, 1_048_573), drink(b), drink(a)])
  t.strictSame([atB, atA], [up, down])
  await closed
  t.equal(pair.agent.session.streamCount, 0, 'nothing is left of the stream')
})

void t.test('a reader that does not read holds one window, and what it gets later is whole', async (t) => {
  const [a, b] = await duplexes()
  const poured = pour(a, 4 * MIB, 300_007)
  await untilStill(() => b.readableLength)
  t.ok(b.readableLength <= WINDOW_BYTES, `${b.readableLength} bytes wait`)
  t.ok(b.readableLength >= WINDOW_BYTES / 2, 'and the window is used')
  b.end()
  t.strictSame(await drink(b, true), await poured)
})

void t.test('many small writes of one turn arrive in order', async (t) => {
  const [a, b] = await duplexes()
  a.cork()
  for (let n = 0; n < 2000; n++) a.write(`${n},`)
  a.uncork()
  a.end()
  b.end()
  t.equal(await textOf(b), Array.from({ length: 2000 }, (_, n) => `${n},`).join(''))
})

void t.test('each direction ends on its own', async (t) => {
  const [a, b] = await duplexes()
  a.end('question')
  t.equal(await textOf(b), 'question')
  t.ok(b.writable, 'the other direction is open')
  b.end('answer')
  t.equal(await textOf(a), 'answer')
})

void t.test('destroyed before its end, the other side fails; after it, nothing does', async (t) => {
  const [a, b] = await duplexes()
  const fateOfB = fate(b)
  a.destroy()
  t.equal(await fateOfB, 'ECONNRESET')

  const [c, d] = await duplexes()
  const fates = Promise.all([fate(c), fate(d)])
  c.end('all')
  d.end('said')
  await Promise.all([textOf(c), textOf(d)])
  c.destroy()
  t.strictSame(await fates, ['', ''])
})

void t.test('destroyed once the other side has ended and all was read, it ends in order', async (t) => {
  const [a, b] = await duplexes()
  const fateOfB = fate(b)
  b.end('bye')
  t.equal(await textOf(a), 'bye')
  a.destroy()
  t.equal(await textOf(b), '')
  b.destroy()
  t.equal(await fateOfB, '')

  for (const [what, destroy] of [
    ['something unread', (end: StreamDuplex) => end.destroy()],
    ['an error', (end: StreamDuplex) => end.resume().once('end', () => end.destroy(new Error('a fault')))],
  ] as const) {
    const [c, d] = await duplexes()
    c.on('error', () => {})
    const fateOfD = fate(d)
    d.end('bye')
    await once(c, 'readable')
    destroy(c)
    t.equal(await fateOfD, 'ECONNRESET', what)
  }
})

void t.test('a write that waits for room fails when the stream is reset', async (t) => {
  const [a, b] = await duplexes()
  const fateOfA = fate(a)
  const written = new Promise<Error | null | undefined>((resolve) => a.write(Buffer.alloc(2 * WINDOW_BYTES), resolve))
  await aTurn()
  b.destroy()
  t.ok(await written, 'the write ends with an error')
  t.equal(await fateOfA, 'ECONNRESET')
})

void t.test('what was read before it was made comes first, and its credit is given back', async (t) => {
  const [own, other] = await streams()
  const a = new StreamDuplex(own, new Uint8Array(0))
  let head = Buffer.alloc(0)
  const seen = new Promise<void>((resolve) =>
    other.attach({
      data: (bytes) => {
        head = Buffer.concat([head, bytes])
        resolve()
        return true
      },
      ended: () => {},
      reset: () => {},
      writable: () => {},
    }),
  )
  a.write('looked at, ')
  await seen
  const b = new StreamDuplex(other, head)
  b.end()
  const rest = pour(a, 3 * WINDOW_BYTES)
  const got = await drink(b)
  t.equal(got.bytes, 'looked at, '.length + (await rest).bytes)
})

void t.test('TLS runs over it, both ends', async (t) => {
  const keys = await generateKeys('ec-p256')
  const ca = issueRoot({ subject: { commonName: 'root' }, keys, days: 30, now: new Date() })
  const leaves = new LeafContexts({
    issuer: openIssuer(ca, keys.privateKey),
    keys: await generateKeys('ec-p256'),
    now: () => new Date(),
  })
  const [a, b] = await duplexes()
  const server = new TLSSocket(b, { isServer: true, secureContext: leaves.contextFor('box.com')! })
  server.on('error', () => {})
  const client: Duplex = connect({ socket: a, servername: 'box.com', ca })
  await once(client, 'secureConnect')
  const [up, down, atServer, atClient] = await Promise.all([
    pour(client, 8 * MIB),
    pour(server, 8 * MIB),
    drink(server),
    drink(client),
  ])
  t.strictSame([atServer, atClient], [up, down])
})
