/** What a tap is told of a flow, past the tunnel and through it: every byte, each end, and who broke it off. */

import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { splice } from '../../../agent/relay/splice.js'
import { drink, fate, pour } from '../../support/byte-flow.js'
import { recordingTap } from '../../support/recording-tap.js'
import { socketPair } from '../../support/socket-pair.js'
import { textOf } from '../../support/text-of.js'
import { relayedPair } from '../../support/tunnelled.js'

const MIB = 1024 * 1024
const pair = await relayedPair()
t.teardown(() => pair.agent.session.close('the test is over'))

interface Begun {
  readonly app: Duplex
  readonly origin: Duplex
  readonly ends: Promise<unknown>
}

type Tap = ReturnType<typeof recordingTap>

const WAYS: Readonly<Record<string, (tap: Tap, head: Uint8Array) => Promise<Begun>>> = {
  'past the tunnel': async (tap, head) => {
    const [app, a] = await socketPair()
    const [b, origin] = await socketPair()
    return { app, origin, ends: splice(a, b, head, 60_000, tap) }
  },
  'through the tunnel': (tap, head) => pair.flow({ tap, head }),
}

for (const [way, open] of Object.entries(WAYS)) {
  const begin = async (head = '') => {
    const tap = recordingTap()
    return { tap, ...(await open(tap, Buffer.from(head))) }
  }

  void t.test(way, async (t) => {
    void t.test('every byte, both ways at once', async (t) => {
      const { app, origin, tap, ends } = await begin()
      const [up, down] = await Promise.all([pour(app, 16 * MIB), pour(origin, 16 * MIB), drink(app), drink(origin)])
      await ends
      t.strictSame([tap.sentFlow(), tap.receivedFlow()], [up, down])
    })

    void t.test('a slow reader changes nothing', async (t) => {
      const { app, origin, tap, ends } = await begin()
      origin.resume()
      const [down] = await Promise.all([pour(origin, 4 * MIB), drink(app, true)])
      app.end()
      await ends
      t.strictSame(tap.receivedFlow(), down)
    })

    void t.test('what came before the verdict, then the rest, in order', async (t) => {
      const { app, origin, tap, ends } = await begin('head and ')
      app.end('tail')
      t.equal(await textOf(origin), 'head and tail')
      origin.end('answer')
      t.equal(await textOf(app), 'answer')
      await ends
      t.strictSame(tap.story, ['sent', 'sent end', 'received', 'received end'])
      t.equal(tap.sentFlow().bytes, 13)
    })

    void t.test('the other side may end first', async (t) => {
      const { app, origin, tap, ends } = await begin()
      origin.end('220')
      t.equal(await textOf(app), '220')
      app.end('bye')
      t.equal(await textOf(origin), 'bye')
      await ends
      t.strictSame(tap.story, ['received', 'received end', 'sent', 'sent end'])
    })

    void t.test('an application that breaks off', async (t) => {
      const { app, origin, tap, ends } = await begin()
      app.write('half')
      origin.resume()
      await once(origin, 'data')
      ;(app as unknown as { resetAndDestroy(): void }).resetAndDestroy()
      await ends
      t.strictSame(tap.story, ['sent', 'reset by application'])
    })

    void t.test('an origin that breaks off: it is the agent that says so to the application', async (t) => {
      const { app, origin, tap, ends } = await begin()
      const broken = fate(app)
      app.resume()
      app.write('half')
      origin.resume()
      await once(origin, 'data')
      ;(origin as unknown as { resetAndDestroy(): void }).resetAndDestroy()
      await ends
      t.equal(await broken, 'ECONNRESET')
      t.strictSame(tap.story, ['sent', way === 'past the tunnel' ? 'reset by origin' : 'reset by agent'])
    })
  })
}
