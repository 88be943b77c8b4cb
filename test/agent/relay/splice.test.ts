/** The bypass path between real sockets, and between a socket and a stream in memory (what the HTTP door hands over). */

import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { duplexPair } from '../../../agent/capture/duplex-pair.js'
import { type SpliceEnd, splice } from '../../../agent/relay/splice.js'
import { drink, fate, pour } from '../../support/byte-flow.js'
import { connected, listening } from '../../support/loopback.js'
import { heldBytes } from '../../support/memory.js'
import { socketPair } from '../../support/socket-pair.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const NOTHING = new Uint8Array(0)
const HOUR_MS = 3_600_000
const MIB = 1024 * 1024

interface Joined {
  /** The outer ends: what stands at `app` and at `origin` talk through the splice. */
  readonly app: Duplex
  readonly origin: Socket
  /** The inner ends. */
  readonly a: Duplex
  readonly b: Socket
}

const WAYS: Readonly<Record<string, () => Promise<Joined>>> = {
  'two sockets': async () => {
    const [app, a] = await socketPair()
    const [b, origin] = await socketPair()
    return { app, a, b, origin }
  },
  // Node 20 asks for 'drain' from 16 KiB on, Node 22 from 64 KiB: neither may matter.
  'two sockets with a high mark of 64 KiB': async () => {
    const [a, app] = await socketPair({ writableHighWaterMark: 65_536 })
    const [b, origin] = await socketPair({ writableHighWaterMark: 65_536 })
    return { app, a, b, origin }
  },
  'a stream in memory and a socket': async () => {
    const [app, a] = duplexPair()
    for (const end of [app, a]) end.on('error', () => {})
    const [b, origin] = await socketPair()
    return { app, a, b, origin }
  },
}

async function joined(way: string, head: Uint8Array = NOTHING, idleMs = HOUR_MS) {
  const ends = await WAYS[way]!()
  return { ...ends, end: splice(ends.a, ends.b, head, idleMs) }
}

for (const way of Object.keys(WAYS)) {
  void t.test(way, async (t) => {
    void t.test('64 MiB both ways at once arrive whole, and all four ends are closed', async (t) => {
      const { app, origin, a, b, end } = await joined(way)
      const [up, down, atOrigin, atApp] = await Promise.all([
        pour(app, 64 * MIB),
        pour(origin, 64 * MIB, 1_048_573),
        drink(origin),
        drink(app),
      ])
      t.strictSame(atOrigin, up)
      t.strictSame(atApp, down)
      t.equal(await end, 'done')
      t.ok(a.destroyed && b.destroyed)
    })

    void t.test('what a slow reader gets is whole too', async (t) => {
      for (const piece of [17_000, 300_007]) {
        const { app, origin, end } = await joined(way)
        const poured = Promise.all([pour(origin, 12 * MIB, piece, true), pour(app, 12 * MIB, piece, true)])
        // Both stand until everything in between is full; then they read.
        await untilStill(() => origin.bytesWritten)
        const drunk = Promise.all([drink(app, true), drink(origin, true)])
        t.strictSame(await drunk, await poured, `in pieces of ${piece}`)
        t.equal(await end, 'done')
      }
    })

    void t.test('the head goes first, whether or not more follows', async (t) => {
      for (const more of ['', 'then the rest']) {
        const { app, origin, end } = await joined(way, Buffer.from('head '))
        const said = textOf(origin)
        if (more !== '') app.write(more)
        app.end()
        t.equal(await said, `head ${more}`)
        origin.end()
        app.resume()
        t.equal(await end, 'done')
      }
    })

    void t.test('a program that had said all before we came is still heard, and answered', async (t) => {
      const { app, origin, a, b } = await WAYS[way]!()
      app.end()
      await once(a.resume(), 'end')
      const end = splice(a, b, Buffer.from('all it had to say'), HOUR_MS)
      const answer = textOf(app)
      t.equal(await textOf(origin), 'all it had to say')
      origin.end('the answer')
      t.equal(await answer, 'the answer')
      t.equal(await end, 'done')
    })

    void t.test('half-close: each direction ends on its own', async (t) => {
      const { app, origin, end } = await joined(way)
      app.end('question')
      t.equal(await textOf(origin), 'question')
      origin.write('long ')
      await once(app, 'readable')
      origin.end('answer')
      t.equal(await textOf(app), 'long answer')
      t.equal(await end, 'done')
    })

    void t.test('half-close of the origin first', async (t) => {
      const { app, origin, end } = await joined(way)
      origin.end('220 ready')
      t.equal(await textOf(app), '220 ready')
      app.end('thanks')
      t.equal(await textOf(origin), 'thanks')
      t.equal(await end, 'done')
    })

    void t.test('a reset of either side resets the other', async (t) => {
      for (const which of ['app', 'origin'] as const) {
        const ends = await joined(way)
        const [gone, other] = which === 'app' ? [ends.app, ends.origin] : [ends.origin, ends.app]
        ends.app.write('x')
        await once(ends.origin, 'readable')
        const code = fate(other)
        other.resume()
        if (gone instanceof Socket) gone.resetAndDestroy()
        else gone.destroy()
        t.equal(await code, 'ECONNRESET', `${which} is gone`)
        t.equal(await ends.end, 'reset')
        t.ok(ends.a.destroyed && ends.b.destroyed)
      }
    })

    void t.test('a side that is gone before we came takes the other with it', async (t) => {
      for (const which of ['a', 'b'] as const) {
        const { app, origin, a, b } = await WAYS[way]!()
        const code = fate(which === 'a' ? origin : app)
        const inner = which === 'a' ? a : b
        inner.destroy()
        await once(inner, 'close')
        t.equal(await splice(a, b, Buffer.from('head'), HOUR_MS), 'reset')
        if (which === 'a') origin.resume()
        else app.resume()
        t.equal(await code, 'ECONNRESET', `${which} was gone`)
      }
    })

    void t.test('a reader that does not read stops the sender, and costs no memory here', async (t) => {
      const { app, origin, a, b, end } = await joined(way)
      const before = await heldBytes()
      let sent = 0
      const block = Buffer.alloc(256 * 1024)
      const more = (): void => {
        origin.write(block, (error) => {
          if (error) return
          sent += block.length
          more()
        })
      }
      more()
      await untilStill(() => sent)
      t.ok(sent < 40 * MIB, `${sent} bytes are in kernel buffers and under way`)
      const queued = a.writableLength + a.readableLength + b.writableLength + b.readableLength + app.readableLength
      t.ok(queued <= 600 * 1024, `${queued} bytes are queued in this process`)
      const grown = (await heldBytes()) - before
      t.ok(grown < 4 * MIB, `${grown} bytes more are held`)
      origin.destroy()
      app.destroy()
      t.equal(await end, 'reset')
    })
  })
}

void t.test('silence both ways ends it, bytes either way keep it', async (t) => {
  const silent = await joined('two sockets', NOTHING, 60)
  const codes = Promise.all([fate(silent.app), fate(silent.origin)])
  silent.app.resume()
  silent.origin.resume()
  t.equal(await silent.end, 'idle')
  t.strictSame(await codes, ['ECONNRESET', 'ECONNRESET'])

  for (const from of ['app', 'origin'] as const) {
    const busy = await joined('two sockets', NOTHING, 200)
    const started = performance.now()
    for (const end of [busy.app, busy.origin]) end.resume()
    const talk = setInterval(() => busy[from].write('.'), 40)
    const over = busy.end.then(() => performance.now() - started)
    setTimeout(() => clearInterval(talk), 500)
    t.ok((await over) > 600, `while the ${from} talks`)
    t.equal(await busy.end, 'idle')
  }
})

void t.test('300 connections, and no socket is left', async (t) => {
  const before = process.getActiveResourcesInfo()
  const origin = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    void drink(socket).then(({ bytes }) => socket.end(`${bytes}`))
  })
  const at = await listening(origin)
  const ends: Promise<SpliceEnd>[] = []
  const door = createServer({ allowHalfOpen: true }, (socket) => {
    socket.pause()
    void connected(at.port).then((b) => ends.push(splice(socket, b, NOTHING, HOUR_MS)))
  })
  const opened = await listening(door)
  const answers = await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      const app = await connected(opened.port)
      const answer = textOf(app)
      // A third ends in order, a third is reset, a third leaves with bytes unread.
      if (i % 3 === 1) app.write('lost', () => app.resetAndDestroy())
      else if (i % 3 === 2) app.write('lost', () => app.destroy())
      else await pour(app, i * 1000)
      return i % 3 === 0 ? (await answer) === `${i * 1000}` : true
    }),
  )
  t.ok(answers.every((right) => right))
  await waitUntil(() => ends.length === 300)
  await Promise.all(ends)
  for (const server of [door, origin])
    await waitUntil(async () => (await new Promise((resolve) => server.getConnections((_, n) => resolve(n)))) === 0)
  await Promise.all([at.close(), opened.close()])
  await waitUntil(() => process.getActiveResourcesInfo().length <= before.length)
  t.strictSame(count(process.getActiveResourcesInfo(), 'TCPSocketWrap'), count(before, 'TCPSocketWrap'))
})

function count(resources: readonly string[], kind: string): number {
  return resources.filter((resource) => resource === kind).length
}

async function textOf(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.resume()
  if (!stream.readableEnded) await Promise.race([once(stream, 'end'), once(stream, 'close')]).catch(() => {})
  return Buffer.concat(chunks).toString()
}
