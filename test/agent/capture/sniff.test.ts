import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { duplexPair } from '../../../agent/capture/duplex-pair.js'
import { type SniffLimits, sniff } from '../../../agent/capture/sniff.js'
import { handshakeOf, inRecords, nodeHello } from '../../support/client-hellos.js'
import { allOf, connected, listening } from '../../support/loopback.js'

const NOTHING = Buffer.alloc(0)
const HELLO = await nodeHello('box.com', ['h2'])
const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: zoom.us\r\n\r\n')
// Long enough that a test which waits for it fails by tap's own time-out: only what the bytes say may decide.
const PATIENT: SniffLimits = { bytes: 16 * 1024, ms: 60_000 }

const server = createServer({ allowHalfOpen: true })
const { port, close } = await listening(server)
t.teardown(close)

/** Both ends of a new connection; the accepted one as a door hands it over. */
async function pair(): Promise<{ client: Socket; accepted: Socket }> {
  const accepting = once(server, 'connection') as Promise<[Socket]>
  const client = await connected(port)
  const [accepted] = await accepting
  accepted.pause()
  return { client, accepted }
}

function listeners(socket: Socket): number {
  return ['readable', 'data', 'end', 'close'].reduce((count, event) => count + socket.listenerCount(event), 0)
}

void t.test('what the first bytes are, and that all of them stay', async (t) => {
  const cases: readonly [why: string, bytes: Buffer, sniffed: string, host: string][] = [
    ['TLS', HELLO, 'tls', 'box.com'],
    ['TLS in many records', inRecords(handshakeOf(HELLO), 7), 'tls', 'box.com'],
    ['HTTP', REQUEST, 'http', 'zoom.us'],
    ['SSH', Buffer.from('SSH-2.0-x\r\n'), 'opaque', ''],
    ['noise', Buffer.from([0, 1, 2, 3]), 'opaque', ''],
  ]
  for (const [why, bytes, sniffed, host] of cases) {
    const { client, accepted } = await pair()
    const listenersBefore = listeners(accepted)
    const sniffing = sniff(accepted, NOTHING, PATIENT)
    client.write(bytes)
    const found = await sniffing
    t.match(found, { sniffed, host }, why)
    t.equal(listeners(accepted), listenersBefore, `${why}: no listener left`)
    client.end('and more')
    const rest = await allOf(accepted)
    t.equal(found.head.toString('latin1') + rest, `${bytes.toString('latin1')}and more`, `${why}: nothing lost`)
  }
})

void t.test('bytes that come one at a time, and bytes that came with the flow', async (t) => {
  for (const head of [NOTHING, HELLO.subarray(0, 1), HELLO.subarray(0, 99), HELLO]) {
    const { client, accepted } = await pair()
    const sniffing = sniff(accepted, head, PATIENT)
    for (let at = head.length; at < HELLO.length; at++) {
      client.write(HELLO.subarray(at, at + 1))
      await turn()
    }
    const found = await sniffing
    t.match(found, { sniffed: 'tls', host: 'box.com' }, `after ${head.length} bytes`)
    t.ok(found.head.equals(HELLO))
    client.destroy()
  }
})

void t.test('a client that waits for the server is opaque after the time, and loses nothing', async (t) => {
  for (const begun of ['', 'GET /']) {
    const { client, accepted } = await pair()
    client.write(begun)
    const { sniffed, head } = await sniff(accepted, NOTHING, { ...PATIENT, ms: 30 })
    t.equal(sniffed, 'opaque')
    t.ok(accepted.isPaused())
    client.end('later')
    t.equal(head.toString() + (await allOf(accepted)), `${begun}later`)
  }
})

void t.test('the bound in bytes holds', async (t) => {
  const { client, accepted } = await pair()
  client.write(`GET /${'x'.repeat(3_000)}`)
  const { sniffed, head } = await sniff(accepted, NOTHING, { bytes: 1_000, ms: 60_000 })
  t.equal(sniffed, 'opaque')
  t.ok(head.length >= 1_000)
  client.destroy()
})

void t.test("a client's end decides at once", async (t) => {
  for (const begun of ['', 'GET /']) {
    for (const when of ['before', 'meanwhile', 'long before'] as const) {
      const { client, accepted } = await pair()
      if (when !== 'meanwhile') client.end(begun)
      if (when === 'long before') for (let i = 0; i < 5; i++) await turn()
      const sniffing = sniff(accepted, NOTHING, PATIENT)
      if (when === 'meanwhile') client.end(begun)
      const { sniffed, head } = await sniffing
      t.equal(sniffed, 'opaque', `'${begun}' ended ${when}`)
      t.equal(head.toString(), begun)
      t.ok(accepted.writable, 'it can still be answered')
      accepted.end('answer')
      t.equal(await allOf(client), 'answer')
    }
  }
})

void t.test('the end of an in-memory stream that came long before', async (t) => {
  const [near, far] = duplexPair()
  far.end('G')
  await turn()
  t.match(await sniff(near, NOTHING, PATIENT), { sniffed: 'opaque', head: { length: 1 } })
})

void t.test('a socket that is destroyed meanwhile, or was before', async (t) => {
  const { accepted } = await pair()
  const sniffing = sniff(accepted, HELLO.subarray(0, 20), PATIENT)
  accepted.destroy()
  t.match(await sniffing, { sniffed: 'opaque', head: { length: 20 } })
  t.match(await sniff(accepted, NOTHING, PATIENT), { sniffed: 'opaque' })
})

void t.test('a reset while sniffing', async (t) => {
  const { client, accepted } = await pair()
  const sniffing = sniff(accepted, NOTHING, PATIENT)
  client.resetAndDestroy()
  t.match(await sniffing, { sniffed: 'opaque', host: '' })
})
