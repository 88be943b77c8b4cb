/** Measuring POPs twice, over real sockets: the shorter round trip counts, and who is out of reach is not asked again. */

import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { measurePops } from '../../../agent/pop/measure.js'
import type { Pop } from '../../../agent/pop/pop.js'
import { listening } from '../../support/loopback.js'

/** POPs that answer the first, second ... request after these ms; undefined = never. */
async function popsOf(t: Test, delays: ReadonlyArray<readonly (number | undefined)[]>) {
  const asked = delays.map(() => 0)
  const pops = delays.map(async (delaysOfPop, place): Promise<Pop> => {
    const server = createServer((socket) => {
      const delay = delaysOfPop[asked[place]!]
      asked[place]! += 1
      if (delay !== undefined) socket.once('data', () => setTimeout(() => socket.end('HTTP/1.1 204 \r\n\r\n'), delay))
    })
    const { port, close } = await listening(server)
    t.teardown(close)
    const ip = `192.0.2.${place + 1}`
    return { name: `US-ORD${place}`, gateway: '', ip, port: 443, probe: { ip, port, path: '/' } }
  })
  const options = {
    route: ({ port }: { readonly port: number }) => ({ ip: '127.0.0.1', port }),
    deadlineMs: 600,
    now: () => performance.now(),
  }
  const measured = await measurePops(await Promise.all(pops), options)
  return { rtts: measured.map(({ rttMs }) => rttMs), names: measured.map(({ name }) => name), asked }
}

void t.test('of two round trips the shorter one counts', async (t) => {
  const { rtts, names, asked } = await popsOf(t, [
    [100, 60],
    [60, 110],
  ])
  t.strictSame(names, ['US-ORD0', 'US-ORD1'], 'in their order')
  t.strictSame(asked, [2, 2])
  for (const rtt of rtts) t.ok(rtt !== undefined && rtt >= 59 && rtt < 99, `${rtt} ms`)
})

void t.test('a POP that is out of reach is asked once, and one that is silent has no round trip', async (t) => {
  const { rtts, asked } = await popsOf(t, [[20, 20], [300, 0], [undefined]])
  t.strictSame(asked, [2, 1, 1])
  t.ok(rtts[1]! >= 299)
  t.equal(rtts[2], undefined)
})

void t.test('one that is silent the second time keeps what it had', async (t) => {
  const { rtts, asked } = await popsOf(t, [[10, undefined]])
  t.strictSame(asked, [2])
  t.ok(rtts[0]! >= 9)
})

void t.test('nobody answers, or there is nobody', async (t) => {
  const { rtts, asked } = await popsOf(t, [[undefined], [undefined]])
  t.strictSame(
    [rtts, asked],
    [
      [undefined, undefined],
      [1, 1],
    ],
  )
  t.strictSame((await popsOf(t, [])).rtts, [])
})
