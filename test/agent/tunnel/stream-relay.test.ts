/** Whole flows: an application, two sessions over TLS on loopback, an origin. */

import { once } from 'node:events'
import { Socket } from 'node:net'
import t from 'tap'
import { duplexPair } from '../../../agent/capture/duplex-pair.js'
import { relayStream } from '../../../agent/tunnel/stream-relay.js'
import { drink, fate, pour } from '../../support/byte-flow.js'
import { sessionPair } from '../../support/session-pair.js'
import { socketPair } from '../../support/socket-pair.js'
import { textOf } from '../../support/text-of.js'
import { type FlowOptions, relayedPair } from '../../support/tunnelled.js'
import { untilStill } from '../../support/wait-until.js'

const MIB = 1024 * 1024
const pair = await relayedPair()
t.teardown(() => pair.agent.session.close('the test is over'))

const WAYS: Readonly<Record<string, () => Promise<NonNullable<FlowOptions['application']>>>> = {
  'an application behind a socket': () => socketPair(),
  'an application behind a stream in memory': async () => {
    const ends = duplexPair()
    for (const end of ends) end.on('error', () => {})
    return ends
  },
}

for (const [way, application] of Object.entries(WAYS)) {
  const begin = async (options: FlowOptions = {}) => pair.flow({ ...options, application: await application() })

  void t.test(way, async (t) => {
    void t.test('64 MiB both ways at once arrive whole', async (t) => {
      const { app, origin, near, far, ends } = await begin()
      const [up, down, atOrigin, atApp] = await Promise.all([
        pour(app, 64 * MIB),
        pour(origin, 64 * MIB, 1_048_573),
        drink(origin),
        drink(app),
      ])
      t.strictSame(atOrigin, up)
      t.strictSame(atApp, down)
      t.strictSame(await ends, ['done', 'done'])
      t.ok(near.destroyed && far.destroyed)
    })

    void t.test('what a slow reader gets is whole too', async (t) => {
      for (const piece of [17_000, 300_007]) {
        const { app, origin, ends } = await begin()
        const poured = Promise.all([pour(origin, 10 * MIB, piece, true), pour(app, 10 * MIB, piece, true)])
        await untilStill(() => origin.bytesWritten)
        t.strictSame(await Promise.all([drink(app, true), drink(origin, true)]), await poured, `pieces of ${piece}`)
        t.strictSame(await ends, ['done', 'done'])
      }
    })

    void t.test('half-close: each direction ends on its own', async (t) => {
      const asking = await begin()
      asking.app.end('question')
      t.equal(await textOf(asking.origin), 'question')
      asking.origin.end('answer')
      t.equal(await textOf(asking.app), 'answer')
      const greeting = await begin()
      greeting.origin.end('220 ready')
      t.equal(await textOf(greeting.app), '220 ready')
      greeting.app.end('thanks')
      t.equal(await textOf(greeting.origin), 'thanks')
      for (const { ends } of [asking, greeting]) t.strictSame(await ends, ['done', 'done'])
    })

    void t.test('the head goes first, also of a program that has said all', async (t) => {
      const head = Buffer.alloc(100_000, 'head ')
      const flow = await begin({ head })
      flow.app.end('rest')
      t.equal(await textOf(flow.origin), `${head}rest`)
      flow.origin.end()

      const [app, near] = await application()
      app.end()
      await once(near.resume(), 'end')
      const ended = await pair.flow({ application: [app, near], head })
      t.equal(await textOf(ended.origin), `${head}`)
      ended.origin.end('heard')
      t.equal(await textOf(app), 'heard')
      t.strictSame(await ended.ends, ['done', 'done'])
    })

    void t.test('a reset of either side reaches the other as ECONNRESET', async (t) => {
      for (const which of ['app', 'origin'] as const) {
        const { app, origin, ends } = await begin()
        app.write('x')
        await once(origin, 'readable')
        const [gone, other] = which === 'app' ? [app, origin] : [origin, app]
        const code = fate(other)
        other.resume()
        if (gone instanceof Socket) gone.resetAndDestroy()
        else gone.destroy()
        t.equal(await code, 'ECONNRESET', `${which} is gone`)
        t.match(
          await ends,
          which === 'app' ? ['reset-by-app', { reset: 'aborted' }] : [{ reset: 'aborted' }, 'reset-by-app'],
        )
      }
    })

    void t.test('an application that is gone before the relay resets the flow', async (t) => {
      const [app, near] = await application()
      app.on('error', () => {})
      near.destroy()
      const { origin, ends } = await pair.flow({ application: [app, near] })
      const code = fate(origin)
      origin.resume()
      t.equal(await code, 'ECONNRESET')
      t.match(await ends, ['reset-by-app', { reset: 'aborted' }])
    })
  })
}

void t.test('16 flows at once, in pieces of 1 byte to 200 KiB, both ways', async (t) => {
  const pieces = Array.from({ length: 16 }, (_, i) => Math.ceil(200 * 1024 * (i / 15) ** 4) || 1)
  const bytesIn = (piece: number) => Math.min(2 * MIB, piece * 300)
  const results = await Promise.all(
    pieces.map(async (piece, i) => {
      const { app, origin, ends } = await pair.flow()
      const back = pieces.at(-i - 1)!
      const [up, down, atOrigin, atApp] = await Promise.all([
        pour(app, bytesIn(piece), piece),
        pour(origin, bytesIn(back), back),
        drink(origin),
        drink(app, i % 4 === 0),
      ])
      return { up, down, atOrigin, atApp, ends: await ends }
    }),
  )
  for (const [i, { up, down, atOrigin, atApp, ends }] of results.entries())
    t.strictSame([atOrigin, atApp, ends], [up, down, ['done', 'done']], `flow ${i}`)
  t.equal(pair.agent.session.streamCount + pair.gateway.session.streamCount, 0, 'no stream is left')
})

void t.test('bytes and the end may come before the gateway has dialled', async (t) => {
  const [near, app] = await socketPair()
  const [far, origin] = await socketPair()
  const joined = await sessionPair({
    open: (stream) => {
      setTimeout(() => {
        stream.accept()
        void relayStream(far, stream, new Uint8Array(0), 60_000)
      }, 50)
    },
  })
  const ended = relayStream(near, joined.agent.session.open({})!, new Uint8Array(0), 60_000)
  const said = 'early '.repeat(100_000)
  app.end(said)
  t.equal((await textOf(origin)).length, said.length, 'more than a window of them')
  origin.end('late answer')
  t.equal(await textOf(app), 'late answer')
  t.equal(await ended, 'done')
  joined.agent.session.close('')
})

void t.test('the end of the session resets every flow', async (t) => {
  const own = await relayedPair()
  const flows = await Promise.all(Array.from({ length: 10 }, () => own.flow()))
  const codes = flows.flatMap(({ app, origin }) => {
    app.resume()
    origin.resume()
    return [fate(app), fate(origin)]
  })
  for (const { app, origin } of flows) {
    app.write('x')
    await once(origin, 'data')
  }
  own.gateway.socket.destroy()
  t.strictSame(new Set(await Promise.all(codes)), new Set(['ECONNRESET']))
  for (const { ends } of flows) t.match(await ends, [{ reset: 'aborted' }, { reset: 'aborted' }])
})

void t.test('silence ends a flow at both ends', async (t) => {
  const { app, origin, ends } = await pair.flow({ idleMs: 50 })
  app.resume()
  origin.resume()
  const [agentEnd, gatewayEnd] = await ends
  t.ok([agentEnd, gatewayEnd].includes('idle'), `${JSON.stringify([agentEnd, gatewayEnd])}`)
})
