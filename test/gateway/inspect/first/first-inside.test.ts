/** What a connection carries inside TLS where no ALPN tells. */

import { once } from 'node:events'
import t from 'tap'
import { duplexPair } from '../../../../agent/capture/duplex-pair.js'
import { firstInside } from '../../../../gateway/inspect/first/first-inside.js'

const LONG = { idleMs: 60_000 }

/** [the client's end, ours, ours to the origin, the origin's]. */
function sides() {
  const [client, ours] = duplexPair()
  const [toOrigin, origin] = duplexPair()
  for (const end of [client, ours, toOrigin, origin]) end.on('error', () => {})
  return { client, ours, toOrigin, origin }
}

void t.test('HTTP and others, byte by byte, and nothing is lost', async (t) => {
  for (const [said, found] of [
    ['GET / HTTP/1.1\r\nHost: box.com\r\n\r\n', 'http'],
    ['a001 LOGIN me secret\r\n', 'other'],
    ['\x10\x0e\x00\x04MQTT', 'other'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
  ] as const) {
    const { client, ours, toOrigin } = sides()
    const looked = firstInside(ours, toOrigin, LONG)
    for (const byte of Buffer.from(said, 'latin1')) client.write(Buffer.of(byte))
    t.equal(await looked, found, JSON.stringify(said))
    client.end()
    let read = ''
    ours.on('data', (chunk: Buffer) => {
      read += chunk.toString('latin1')
    })
    await once(ours, 'end')
    t.equal(read, said)
  }
})

void t.test('an origin that speaks first is no HTTP server', async (t) => {
  const { ours, toOrigin, origin } = sides()
  const looked = firstInside(ours, toOrigin, LONG)
  origin.write('* OK IMAP4rev1\r\n')
  t.equal(await looked, 'origin-first')
  t.equal(String(toOrigin.read()), '* OK IMAP4rev1\r\n', 'its words wait')
})

void t.test(
  'a client that leaves or says nothing is gone; one that stops in the middle is what it looks like',
  async (t) => {
    const leaving = sides()
    const left = firstInside(leaving.ours, leaving.toOrigin, LONG)
    leaving.client.end()
    t.equal(await left, 'gone')

    const cut = sides()
    const stopped = firstInside(cut.ours, cut.toOrigin, LONG)
    cut.client.end('GET /a')
    t.equal(await stopped, 'http', 'half a request')

    const slow = sides()
    slow.client.write('GE')
    t.equal(await firstInside(slow.ours, slow.toOrigin, { idleMs: 60_000, withinMs: 30 }), 'http')

    const silent = sides()
    t.equal(await firstInside(silent.ours, silent.toOrigin, { idleMs: 30 }), 'gone')

    const destroyed = sides()
    destroyed.ours.destroy()
    t.equal(await firstInside(destroyed.ours, destroyed.toOrigin, LONG), 'gone')
  },
)
