import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import type { ReportFilters } from '../../../../agent/log/report/filters.js'
import { flowFormOf } from '../../../../agent/log/report/flow-forms.js'
import { type Flow, FlowTally } from '../../../../agent/log/report/flow-tally.js'

type Line = readonly [time: number, message: string]

const HOUR = 3_600_000_000

function tunneled(process: string, host: string, port = 5, via = 'nsProxy', ip = '192.0.2.1'): string {
  const source = `10.0.0.1:${port}`
  return `TLS [sessId 1] Tunneling flow from addr: ${source}, process: ${process} to host: ${host}, addr: ${ip}:443 to ${via}`
}
const pinned = (process: string, host: string): string =>
  `Bypassing connection by tunneling from process: ${process}, host: ${host}`

function tallied(lines: readonly Line[], filters?: ReportFilters, onFlow?: (flow: Flow) => void) {
  const tally = new FlowTally(filters, onFlow)
  tally.beginLog()
  for (const [time, message] of lines) {
    const recognised = recognise(message)!
    tally.add(time, recognised, flowFormOf(recognised)!)
  }
  return tally.result()
}

void t.test('flows of a process to a host are a row, with times and destinations', async (t) => {
  const flows = tallied([
    [7, tunneled('a', 'x', 1)],
    [3, tunneled('a', 'x', 2)],
    [5, tunneled('a', 'x', 3, 'nsProxy', '192.0.2.2')],
    [5, tunneled('a', 'x', 3, 'app-fw')],
    [5, tunneled('b', '', 3)],
  ])
  t.match(flows, { total: 5, byVerdict: { nsProxy: 4, 'app-fw': 1, tunneled: 0 }, withoutHost: 1, omittedFlows: 0 })
  t.strictSame(flows.rows[0], {
    process: 'a',
    host: 'x',
    verdict: 'nsProxy',
    count: 3,
    first: 3,
    last: 7,
    destinations: ['192.0.2.1:443', '192.0.2.2:443'],
  })
  t.equal(flows.rows.length, 3)
})

void t.test('flows that differ in the host only are rows of their own, in every form', async (t) => {
  for (const message of [
    (host: string) => `bypassing flow to exception host: ${host}, process: a`,
    (host: string) => `bypassing flow to exception host: ${host}, process: a, Dest IP: 192.0.2.1, Dest Port: 443`,
    (host: string) => `Bypassing flow from process: a to private ip: 10.0.0.9, Port: 80, host: ${host}`,
    (host: string) => `Bypassing connection from process: a, host: ${host}`,
    (host: string) => tunneled('a', host),
  ]) {
    const hosts = ['x', 'y', 'x'].map((host, i): Line => [i, message(host)])
    t.strictSame(
      tallied(hosts).rows.map(({ host, count }) => [host, count]),
      [
        ['x', 2],
        ['y', 1],
      ],
      message('x'),
    )
  }
})

void t.test('a pinned app in tunnel mode counts once', async (t) => {
  const flows = tallied([
    [1000, pinned('a', 'x')],
    [1001, pinned('b', 'x')],
    [1002, tunneled('c', 'x')],
    [1003, tunneled('b', 'x')],
    [1004, tunneled('a', 'x')],
    [1005, tunneled('a', 'x')],
  ])
  t.match(flows, { total: 4, byVerdict: { 'pinned-tunnel': 2, nsProxy: 2 } })
})

void t.test('filters hold for rows, totals, hours and who hears of flows', async (t) => {
  const lines: Line[] = [
    [HOUR - 1, tunneled('a', 'x')],
    [HOUR, tunneled('a', 'x')],
    [HOUR + 1, tunneled('b', 'x')],
    [HOUR * 3, 'Dropping connection from process: a, host: y'],
  ]
  const heard: Flow[] = []
  const flows = tallied(lines, { process: 'a', since: HOUR }, (flow) => heard.push(flow))
  t.equal(flows.total, 2)
  t.strictSame(flows.hours, [
    { hour: HOUR, tunneled: 1, bypassed: 0, blocked: 0 },
    { hour: HOUR * 3, tunneled: 0, bypassed: 0, blocked: 1 },
  ])
  t.strictSame(heard[0], { time: HOUR, verdict: 'nsProxy', process: 'a', host: 'x', destination: '192.0.2.1:443' })
  t.equal(heard.length, 2)
  t.equal(tallied(lines).total, 4, 'without them all is counted')
})

void t.test('a pair that --since cuts through is not counted', async (t) => {
  const flows = tallied(
    [
      [9, pinned('a', 'x')],
      [10, tunneled('a', 'x')],
    ],
    { since: 10 },
  )
  t.equal(flows.total, 0)
})

void t.test('rows and destinations are bounded, totals are not', async (t) => {
  const tally = new FlowTally()
  for (let i = 0; i < 100_100; i++) {
    const recognised = recognise(tunneled('a', `h${i}`, 5, 'nsProxy', `192.0.2.${i % 20}`))!
    tally.add(i, recognised, flowFormOf(recognised)!)
  }
  const flows = tally.result()
  t.match(flows, { total: 100_100, omittedFlows: 100, byVerdict: { nsProxy: 100_100 } })
  t.equal(flows.rows.length, 100_000)
  const many = tallied(
    Array.from({ length: 20 }, (_, i): Line => [i, tunneled('a', 'x', 5, 'nsProxy', `192.0.2.${i}`)]),
  )
  t.equal(many.rows[0]?.destinations.length, 8)
})
