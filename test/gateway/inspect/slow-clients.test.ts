/** Clients and origins that take their time, or say nothing at all: each ends within its bound, and others are served. */

import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { nodeHello } from '../../support/client-hellos.js'
import { inspectedLab } from '../../support/inspected.js'
import { closed, listening } from '../../support/loopback.js'
import { heldBytes } from '../../support/memory.js'
import { h2Frame, literalFields, PREFACE } from '../../support/raw-h2.js'
import { textOf } from '../../support/text-of.js'

/** Silence after which a flow ends here, ms. */
const IDLE_MS = 4000

/** More than the bound, for a machine that is busy, ms. */
const ROOM_MS = 4000

/** `v4only.lab.example`: accepts, and says nothing; what comes is thrown away. */
const silent = await listening(createServer((socket) => void socket.resume()))
t.teardown(silent.close)
const gateway = await inspectedLab(t, {
  origins: async () => ({ '203.0.113.4': { 443: silent.port, 80: silent.port } }),
  gateway: { idleMs: IDLE_MS },
})
const SILENT_HOST = 'v4only.lab.example'

/** Writes a byte at a time until the stream is over. */
function drip(stream: Duplex, bytes: Buffer, everyMs: number): void {
  let at = 0
  const timer = setInterval(() => {
    if (at < bytes.length && stream.writable) stream.write(bytes.subarray(at, ++at))
  }, everyMs)
  stream.once('close', () => clearInterval(timer))
}

interface Row {
  /** Bound, ms. */
  readonly within: number
  /** What the client does; gives its stream. */
  readonly begin: () => Promise<Duplex>
  /** How it ends: what the client hears; left out, it reads nothing at all. */
  readonly hears?: RegExp
}

const HEAD = Buffer.from(`GET / HTTP/1.1\r\nHost: box.com\r\nX-Slow: ${'x'.repeat(1000)}\r\n\r\n`)
const h1 = { ALPNProtocols: ['http/1.1'] }
const h2 = { ALPNProtocols: ['h2'] }

/** A client of HTTP/2 that says these frames after its first words. */
async function h2Client(...frames: Buffer[]): Promise<Duplex> {
  const client = await gateway.tls('box.com', h2)
  client.write(Buffer.concat([PREFACE, h2Frame('SETTINGS', 0, 0, Buffer.alloc(0)), ...frames]))
  return client
}

const H2_HEAD = literalFields([
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'box.com'],
  [':path', '/bytes/1000000000'],
])

const ROWS: Readonly<Record<string, Row>> = {
  'a flow in which nobody speaks': { within: IDLE_MS, begin: () => gateway.open('box.com'), hears: /^$/ },
  'a flow of plain HTTP in which nobody speaks': {
    within: IDLE_MS,
    begin: () => gateway.open('box.com', 80),
    hears: /^$/,
  },
  'a ClientHello that stops': {
    within: 10_000 + IDLE_MS,
    async begin() {
      const client = await gateway.open(SILENT_HOST)
      client.write((await nodeHello(SILENT_HOST, ['h2'])).subarray(0, 100))
      return client
    },
    hears: /^$/,
  },
  'a handshake that stops after the ClientHello': {
    within: 10_000,
    async begin() {
      const client = await gateway.open('box.com')
      client.write(await nodeHello('box.com', ['h2']))
      return client
    },
    hears: /./,
  },
  'a client that says nothing in TLS': { within: IDLE_MS, begin: () => gateway.tls('box.com', h1), hears: /^$/ },
  // It is silence first as to what it speaks, and then as a client of HTTP/1.1.
  'one without ALPN': { within: 2 * IDLE_MS, begin: () => gateway.tls('box.com'), hears: /^$/ },
  'one with HTTP/2': { within: IDLE_MS + 5000, begin: () => gateway.tls('box.com', h2), hears: /^/ },
  'a client of HTTP/2 that asks for nothing': { within: IDLE_MS + 5000, begin: () => h2Client(), hears: /./ },
  'a head of HTTP/2 that stops': {
    within: IDLE_MS + 5000,
    begin: () => h2Client(h2Frame('HEADERS', 0, 1, H2_HEAD)),
    hears: /./,
  },
  'a head that comes byte by byte': {
    within: IDLE_MS,
    async begin() {
      const client = await gateway.tls('box.com', h1)
      drip(client, HEAD, 100)
      return client
    },
    hears: /^$/,
  },
  'the same without TLS': {
    within: IDLE_MS,
    async begin() {
      const client = await gateway.open('box.com', 80)
      client.write('GET / HTTP/1.1\r\n')
      drip(client, HEAD.subarray(16), 100)
      return client
    },
    hears: /^$/,
  },
  'a body that stops': {
    // And 2 s for the rest of it.
    within: IDLE_MS + 2000,
    async begin() {
      const client = await gateway.tls('box.com', h1)
      client.write('POST /count HTTP/1.1\r\nHost: box.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe')
      return client
    },
    hears: /^HTTP\/1\.1 504 /,
  },
  'a client that reads nothing of its answer': {
    within: IDLE_MS,
    async begin() {
      const client = await gateway.tls('box.com', h1)
      client.write('GET /bytes/1000000000 HTTP/1.1\r\nHost: box.com\r\n\r\n')
      return client
    },
  },
  'one with HTTP/2 that never gives credit': {
    within: IDLE_MS + 5000,
    // HEADERS with END_STREAM and END_HEADERS.
    begin: () => h2Client(h2Frame('HEADERS', 5, 1, H2_HEAD)),
    hears: /ABCDEFG/,
  },
  'an origin that does not answer a request': {
    // And once more, for the next request.
    within: 2 * IDLE_MS,
    async begin() {
      const client = await gateway.open(SILENT_HOST, 80)
      client.write(`GET / HTTP/1.1\r\nHost: ${SILENT_HOST}\r\n\r\n`)
      return client
    },
    hears: /^HTTP\/1\.1 504 /,
  },
  'an origin that does not finish its handshake': {
    within: 10_000 + IDLE_MS,
    async begin() {
      const client = await gateway.open(SILENT_HOST)
      client.write(await nodeHello(SILENT_HOST, ['h2']))
      return client
    },
    hears: /^$/,
  },
}

void t.test('slow ones, all at once', async (t) => {
  let slow = Object.keys(ROWS).length
  const all = Object.entries(ROWS).map(async ([who, { within, begin, hears }]) => {
    const client = await begin()
    const begun = performance.now()
    const heard = hears && textOf(client)
    // The stream is over when both sides are; a client that still holds its side is told to go.
    await Promise.race([once(client, 'end').catch(() => {}), closed(client)])
    const ms = performance.now() - begun
    slow -= 1
    t.ok(ms < within + ROOM_MS, `${who} is over after ${Math.round(ms)} ms, ${within} at most`)
    if (hears !== undefined) t.match(await heard, hears, `${who} hears what is due`)
    client.destroy()
  })
  const idle = await Promise.all(Array.from({ length: 500 }, () => gateway.open('box.com')))
  const ends = idle.map((flow) => closed(flow.resume()))
  let slowest = 0
  for (let turn = 0; slow > 0; turn += 1) {
    const begun = performance.now()
    const answer = await gateway.get('www.box.com', '/slow?ms=50')
    slowest = Math.max(slowest, performance.now() - begun)
    if (!answer.startsWith('HTTP/1.1 200 ')) t.fail(`turn ${turn}: ${answer}`)
  }
  await Promise.all(all)
  await Promise.all(ends)
  t.ok(slowest < 2000, `others were served meanwhile, the slowest after ${Math.round(slowest)} ms`)
  t.ok((await heldBytes()) < 64 * 1024 * 1024)
  t.equal(gateway.gateway.counts().flows, 0, 'no flow is left')
})
