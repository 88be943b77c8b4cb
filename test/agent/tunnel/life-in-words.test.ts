/** What the tunnel does, in words. */

import t from 'tap'
import { lifeInWords } from '../../../agent/tunnel/life-in-words.js'
import type { Phase } from '../../../agent/tunnel/life-state.js'

const target = { gateway: 'gateway-ord1.goskope.com', ip: '163.116.133.35', port: 443, pop: 'US-ORD1' }
const opening = { run: 2, target, transport: 'TLS', fellBack: false, rest: [] } as const
const current = { run: 1, target, transport: 'TLS', rest: [] } as const

void t.test('a few words for each phase', async (t) => {
  const cases: readonly [phase: Phase, waitMs: number, words: string][] = [
    [{ name: 'off', why: 'disabled by the user' }, 0, 'disabled by the user'],
    [{ name: 'selecting', run: 1 }, 0, 'selecting a POP'],
    [{ name: 'opening', opening }, 0, 'connecting to gateway-ord1.goskope.com'],
    [{ name: 'waiting', next: [] }, 3249, 'trying again in 3.2 s'],
    [{ name: 'waiting', next: [] }, -1, 'trying again in 0.0 s'],
    [{ name: 'up', current, beside: undefined }, 800_000, ''],
    [{ name: 'up', current, beside: { name: 'selecting', run: 2 } }, 0, 'looking for a better POP'],
    [{ name: 'up', current, beside: { name: 'opening', opening } }, 0, 'changing to gateway-ord1.goskope.com'],
  ]
  for (const [phase, waitMs, words] of cases) t.equal(lifeInWords(phase, waitMs), words)
})
