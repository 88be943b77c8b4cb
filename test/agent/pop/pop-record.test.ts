/** What is remembered of POP selection. */

import t from 'tap'
import { PopRecord } from '../../../agent/pop/pop-record.js'

const START = Date.UTC(2026, 0, 2, 3, 4, 5)
const pop = (name: string, rttMs: number | undefined) => ({
  name,
  gateway: 'gateway-ord1.goskope.com',
  ip: '163.116.133.35',
  port: 443,
  distance: 7,
  rttMs,
})

void t.test('nothing at first', async (t) => {
  t.strictSame(new PopRecord(() => START).status, { selection: null, failure: null, switches: [] })
})

void t.test('the last selection, as JSON can hold it', async (t) => {
  let now = START
  const record = new PopRecord(() => now)
  const measured = [pop('US-ORD1', 12.5), pop('US-IAD2', undefined)]
  const list = { requestId: 'r-1', egressIp: '198.51.100.7', country: 'US', pops: measured }
  const choice = { pop: measured[0]!, ranked: measured, switched: false, why: 'US-ORD1 answers first (12.5 ms)' }
  record.selectedByGslb(list, measured, choice)
  const { selection } = record.status
  t.strictSame(selection, {
    at: '2026-01-02T03:04:05.000Z',
    method: 'gslb',
    egressIp: '198.51.100.7',
    country: 'US',
    pops: [pop('US-ORD1', 12.5), { ...pop('US-IAD2', undefined), rttMs: null }],
    chosen: 'US-ORD1',
    why: 'US-ORD1 answers first (12.5 ms)',
  })
  t.strictSame(JSON.parse(JSON.stringify(selection)), selection)

  now += 60_000
  record.failed('GSLB does not answer')
  t.match(record.status, { selection, failure: { why: 'GSLB does not answer' } }, 'what was selected stays')
  record.selectedByName('gateway-acme.goskope.com', 'GSLB is not used')
  t.equal(record.status.failure, null, 'a look that succeeds leaves no failure')
  t.strictSame(record.status.selection, {
    at: '2026-01-02T03:05:05.000Z',
    method: 'dns',
    egressIp: '',
    country: '',
    pops: [],
    chosen: 'gateway-acme.goskope.com',
    why: 'GSLB is not used',
  })
})

void t.test('the last 50 switches, newest last', async (t) => {
  let now = START
  const record = new PopRecord(() => now)
  const change = (to: number) =>
    ({ from: `US-ORD${to - 1}`, to: `US-ORD${to}`, ip: '163.116.133.35', method: 'gslb', why: 'nearer' }) as const
  record.switched(change(1))
  const before = record.status.switches
  t.strictSame(before, [{ at: '2026-01-02T03:04:05.000Z', ...change(1) }])
  for (let to = 2; to <= 51; to += 1) {
    now += 1000
    record.switched(change(to))
  }
  const { switches } = record.status
  t.equal(switches.length, 50)
  t.match([switches[0], switches.at(-1)], [{ to: 'US-ORD2' }, { to: 'US-ORD51', at: '2026-01-02T03:04:55.000Z' }])
  t.equal(before.length, 1, 'what was given out does not change')
})
