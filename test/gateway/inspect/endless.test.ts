/** Bodies and framing without an end: what stops stops the other side, little is held, and nobody is fed for ever. */

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { Duplex, Readable, Writable } from 'node:stream'
import t, { type Test } from 'tap'
import { inspectedLab } from '../../support/inspected.js'
import { closed, listening } from '../../support/loopback.js'
import { heldBytes } from '../../support/memory.js'
import { h1Request, h2Session, ownSite, PROTOCOLS, type Protocol } from '../../support/own-site.js'
import { OWN_ADDRESS, OWN_HOST } from '../../support/recording-origin.js'
import { textOf } from '../../support/text-of.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const MIB = 1024 * 1024

/** Bytes under way while the reader sleeps, at most: windows and queues of all hops, and what the kernel's sockets take. */
const MOST_UNREAD = 48 * MIB

/** Of those, what this process holds: client, agent, gateway and origin together, bytes. */
const MOST_HELD = 24 * MIB

const PIECE = Buffer.alloc(16_384)

/** Writes for as long as it is taken; `bytes` of what was taken so far. */
function pump(to: Writable): { bytes: number } {
  const taken = { bytes: 0 }
  const more = () => {
    let goesOn = true
    while (goesOn && !to.destroyed) {
      goesOn = to.write(PIECE)
      taken.bytes += PIECE.length
    }
  }
  to.on('error', () => {})
  to.on('drain', more)
  more()
  return taken
}

/** Both ends of a body that has begun, and the exchange as client and origin have it. */
interface Body {
  readonly from: Writable
  readonly to: Readable
  readonly client: { destroy(): void }
  readonly origin: ServerResponse
}

/** A site that hands its exchanges over. */
const exchanges: Array<readonly [IncomingMessage, ServerResponse]> = []
const { lab } = await ownSite(t, { '/': (...exchange) => void exchanges.push(exchange) })

async function exchanged(): Promise<readonly [IncomingMessage, ServerResponse]> {
  await waitUntil(() => exchanges.length > 0)
  return exchanges.pop()!
}

const BODIES: Readonly<Record<string, (t: Test, protocol: Protocol) => Promise<Body>>> = {
  async down(t, protocol) {
    const asked =
      protocol === 'h2' ? (await h2Session(t, lab)).request({ ':path': '/' }) : (await h1Request(lab, '/')).end()
    const answered = once(asked, 'response')
    const [, response] = await exchanged()
    response.writeHead(200)
    response.flushHeaders()
    const [answer] = await answered
    const to = protocol === 'h2' ? (asked as Duplex) : (answer as IncomingMessage)
    to.on('error', () => {})
    return { from: response, to, client: asked, origin: response }
  },
  async up(t, protocol) {
    const asking =
      protocol === 'h2'
        ? (await h2Session(t, lab)).request({ ':path': '/', ':method': 'POST' })
        : await h1Request(lab, '/', { method: 'POST', headers: { 'transfer-encoding': 'chunked' } })
    asking.on('error', () => {})
    asking.write('begin')
    const [request, response] = await exchanged()
    return { from: asking, to: request, client: asking, origin: response }
  },
}

for (const [direction, begin] of Object.entries(BODIES))
  for (const protocol of PROTOCOLS)
    void t.test(`a body without an end ${direction} over ${protocol}`, async (t) => {
      const before = await heldBytes()
      const { from, to, client, origin } = await begin(t, protocol)
      const taken = pump(from)
      await untilStill(() => taken.bytes, 300)
      const unread = taken.bytes
      t.ok(unread < MOST_UNREAD, `the sender waits for the reader after ${unread} bytes`)
      const held = (await heldBytes()) - before
      t.ok(held < MOST_HELD, `${held} bytes are held`)
      to.resume()
      await waitUntil(() => taken.bytes > unread + 2 * MOST_UNREAD, 20_000)
      t.ok((await heldBytes()) - before < MOST_HELD, 'and no more while it flows')
      const over = once(origin, 'close')
      client.destroy()
      await over
      t.pass('and the origin is let go when the client goes')
    })

/** A site of the test's own, without HTTP. */
let onConnection = (_socket: Socket): void => {}
const raw = await listening(createServer((socket) => onConnection(socket)))
t.teardown(raw.close)
const plain = await inspectedLab(t, { origins: async () => ({ [OWN_ADDRESS]: { 80: raw.port } }) })

const REQUEST = `GET / HTTP/1.1\r\nHost: ${OWN_HOST}\r\n\r\n`
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const POST = `POST / HTTP/1.1\r\nHost: ${OWN_HOST}\r\nTransfer-Encoding: chunked\r\n\r\n`

/** What is said once, and what is then said for ever. */
const ANSWERS: Readonly<Record<string, readonly [once: string, ever: string]>> = {
  'a status line': ['HTTP/1.1 200 ', 'x'],
  'a head': ['HTTP/1.1 200 OK\r\n', 'x: y\r\n'],
  'a chunk extension': [`${CHUNKED}5;`, 'x'],
  'the length of a chunk': [CHUNKED, '0'],
  trailers: [`${CHUNKED}0\r\n`, 'x: y\r\n'],
}
const REQUESTS: Readonly<Record<string, readonly [once: string, ever: string]>> = {
  'a request line': ['GET /', 'x'],
  'a chunk extension': [`${POST}5;`, 'x'],
  trailers: [`${POST}0\r\n`, 'x: y\r\n'],
}

/** Says it for ever; `bytes` of what was taken. */
function sayForEver(to: Duplex, [first, ever]: readonly [string, string]): { bytes: number } {
  to.write(first)
  const piece = Buffer.from(ever.repeat(Math.ceil(8192 / ever.length)))
  const taken = { bytes: 0 }
  const more = () => {
    for (let goesOn = true; goesOn && to.writable; taken.bytes += piece.length) goesOn = to.write(piece)
  }
  to.on('error', () => {})
  to.on('drain', more)
  more()
  return taken
}

for (const [what, words] of Object.entries(ANSWERS))
  void t.test(`an origin that goes on and on with ${what} is hung up on`, async (t) => {
    let taken = { bytes: 0 }
    const hungUp = new Promise<void>((resolve) => {
      onConnection = (socket) => {
        socket.once('data', () => (taken = sayForEver(socket, words)))
        void closed(socket).then(resolve)
      }
    })
    const client = await plain.open(OWN_HOST, 80)
    client.write(REQUEST)
    const heard = textOf(client)
    await hungUp
    t.ok(taken.bytes < MOST_UNREAD, `after ${taken.bytes} bytes`)
    client.end()
    t.ok((await heard).length < MIB, `the client has heard ${(await heard).slice(0, 30)}`)
  })

for (const [what, words] of Object.entries(REQUESTS))
  void t.test(`a client that goes on and on with ${what} is hung up on`, async (t) => {
    let heardByOrigin = 0
    onConnection = (socket) => socket.on('data', ({ length }) => (heardByOrigin += length))
    const client = await plain.open(OWN_HOST, 80)
    const heard = textOf(client)
    const taken = sayForEver(client, words)
    await closed(client)
    t.ok(taken.bytes < MIB, `after ${taken.bytes} bytes`)
    t.ok(heardByOrigin < MIB, `the origin has heard ${heardByOrigin}`)
    t.match(await heard, /^(HTTP\/1\.1 4\d\d |$)/)
  })
