/** forwardedHeaders: what a request says of its way, by settings and by what it said before. */

import t from 'tap'
import { forwardedHeaders, type PresentForwarding, viaName } from '../../../gateway/inspect/forwarded-headers.js'
import { recordingJudge } from '../../support/recording-judge.js'

interface Case {
  readonly title: string
  readonly forwarded: { readonly via?: boolean; readonly xForwardedFor?: boolean }
  readonly protocol?: 'http/1.1'
  readonly present?: PresentForwarding
  readonly wanted: Record<string, string>
}

const CASES: readonly Case[] = [
  { title: 'nothing unless asked', forwarded: {}, wanted: {} },
  {
    title: 'nothing unless asked, and what is there is not our business',
    forwarded: {},
    present: { via: '1.1 a', xForwardedFor: '10.0.0.1' },
    wanted: {},
  },
  { title: 'Via over HTTP/2', forwarded: { via: true }, wanted: { via: '2 ns-us-nyc1' } },
  { title: 'Via over HTTP/1.1', forwarded: { via: true }, protocol: 'http/1.1', wanted: { via: '1.1 ns-us-nyc1' } },
  {
    title: 'Via after those before us',
    forwarded: { via: true },
    present: { via: '1.1 a, 1.1 b' },
    wanted: { via: '1.1 a, 1.1 b, 2 ns-us-nyc1' },
  },
  { title: 'an empty Via is none', forwarded: { via: true }, present: { via: '' }, wanted: { via: '2 ns-us-nyc1' } },
  {
    title: 'X-Forwarded-For tells what the POP sees',
    forwarded: { xForwardedFor: true },
    wanted: { 'x-forwarded-for': '198.51.100.7' },
  },
  {
    title: 'X-Forwarded-For after those before us, and both at once',
    forwarded: { via: true, xForwardedFor: true },
    present: { xForwardedFor: '10.0.0.1' },
    wanted: { via: '2 ns-us-nyc1', 'x-forwarded-for': '10.0.0.1, 198.51.100.7' },
  },
]

for (const { title, forwarded, protocol = 'h2', present = {}, wanted } of CASES)
  void t.test(title, async (t) => {
    const { connection, settings } = recordingJudge({ forwarded, connection: { protocol } })
    t.strictSame(forwardedHeaders(connection, settings, present), wanted)
  })

void t.test('the name of a POP that is no token becomes one', async (t) => {
  t.equal(viaName('US-ORD1'), 'ns-us-ord1')
  t.equal(viaName('US ORD,1'), 'ns-us-ord-1')
})
