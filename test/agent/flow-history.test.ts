/** Counting flows and keeping the last ones. */

import t from 'tap'
import { FlowHistory, type FlowRecord } from '../../agent/flow-history.js'
import type { Verdict } from '../../agent/steering/flow.js'

const decided = { rule: { file: 'built-in', path: '$' }, reason: 'a test' } as const
const TUNNEL: Verdict = { ...decided, action: 'tunnel', via: 'nsProxy' }
const BYPASS: Verdict = { ...decided, action: 'bypass', kind: 'exception-ip' }
const BLOCK: Verdict = { ...decided, action: 'block', kind: 'udp' }

const record = (time: number, verdict: Verdict = TUNNEL): FlowRecord => ({
  time,
  door: 'namespace',
  facts: {
    transport: 'tcp',
    source: { ip: '100.64.0.1', port: 50001 },
    destination: { ip: '74.112.186.144', port: 443 },
    host: 'box.com',
    process: 'curl',
    sniffed: 'no',
  },
  verdict,
  sessionId: 1,
})

const historyOf = (count: number) => {
  const history = new FlowHistory()
  for (let time = 0; time < count; time += 1) history.add(record(time))
  return history
}

void t.test('nothing yet', async (t) => {
  const history = new FlowHistory()
  t.strictSame(history.counts, { tunneled: 0, bypassed: 0, blocked: 0 })
  t.strictSame(history.recent, [])
})

void t.test('counts by verdict', async (t) => {
  const history = new FlowHistory()
  for (const verdict of [TUNNEL, BYPASS, BLOCK, TUNNEL, BYPASS, TUNNEL]) history.add(record(0, verdict))
  t.strictSame(history.counts, { tunneled: 3, bypassed: 2, blocked: 1 })
})

void t.test('the last 1,000, oldest first', async (t) => {
  const cases: readonly [added: number, kept: number, oldest: number][] = [
    [1, 1, 0],
    [999, 999, 0],
    [1000, 1000, 0],
    [1001, 1000, 1],
    [1999, 1000, 999],
    [2500, 1000, 1500],
  ]
  for (const [added, kept, oldest] of cases) {
    const history = historyOf(added)
    const times = history.recent.map(({ time }) => time)
    t.strictSame(
      times,
      Array.from({ length: kept }, (_, i) => oldest + i),
      `${added} flows`,
    )
    t.equal(history.counts.tunneled, added, 'all are counted')
  }
})

void t.test('what was given out does not change', async (t) => {
  for (const count of [1, 1000]) {
    const history = historyOf(count)
    const { recent } = history
    const before = [...recent]
    history.add(record(-1))
    t.strictSame(recent, before)
  }
})
