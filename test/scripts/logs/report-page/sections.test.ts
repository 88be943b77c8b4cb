import t from 'tap'
import { FLOW_VERDICTS, type Report } from '../../../../agent/log/report/report.js'
import {
  clientFacts,
  flowTable,
  popSelection,
  serviceErrors,
  tiles,
  unreadableLines,
  verdictCounts,
} from '../../../../scripts/logs/report-page/sections.js'
import { sampleReport } from '../../../support/sample-report.js'

const REPORT = sampleReport()

/** The rows of the tables in a part. */
function rows(text: string): unknown[][][] {
  const blocks = [...text.matchAll(/<script type="application\/json">(.*)<\/script>/g)]
  return blocks.map(([, json = '']) => JSON.parse(json).rows)
}

/** A report of nothing. */
const EMPTY: Report = sampleReport({
  files: [],
  time: undefined,
  profile: undefined,
  unreadable: { byReason: {}, lines: [] },
  unrecognised: [],
  errors: [],
  client: { versions: [], systems: [], hostnames: [], users: [], addresses: [], writers: {}, mode: undefined },
  pop: {
    ...REPORT.pop,
    methods: { EDNS: 0, LDNS: 0, GSLB: 0 },
    failures: 0,
    connections: 0,
    switches: 0,
    gateways: [],
    rtt: [],
    timeline: [],
  },
  flows: {
    ...REPORT.flows,
    total: 0,
    byVerdict: Object.fromEntries(FLOW_VERDICTS.map((verdict) => [verdict, 0])) as Report['flows']['byVerdict'],
    rows: [],
    withoutHost: 0,
    hours: [],
  },
})

void t.test('the numbers asked for first', async (t) => {
  const numbers = (report: Report) =>
    [...tiles(report).text.matchAll(/<b>(.*?)<\/b><span>(.*?)</g)].map(([, n, what]) => `${n} ${what}`)
  t.strictSame(numbers(REPORT), [
    '7,138 flows',
    '4,601 tunneled, 64.5\u00a0%',
    '2,059 bypassed, 28.8\u00a0%',
    '478 blocked, 6.7\u00a0%',
    '377 flows without a host',
    '4 gateway switches',
    '12 failures to connect',
    '15 service errors',
  ])
  t.equal(numbers(EMPTY)[1], '0 tunneled, 0\u00a0%')
})

void t.test('whose log it is', async (t) => {
  const { text } = clientFacts(REPORT)
  t.match(text, '<dt>Log span</dt><dd>2024-05-04 07:12:00.000 to 2024-05-04 18:54:00.000, 11 h 42 min</dd>')
  t.match(text, '<dt>Written by</dt><dd>stAgentNE (83,000 lines), stAgentSvc (180 lines)</dd>')
  t.match(clientFacts(EMPTY).text, '<dt>Client</dt><dd>not said</dd>')
})

void t.test('verdicts that were given, with words, share and bar', async (t) => {
  const { text } = verdictCounts(REPORT)
  t.match(
    text,
    '</i>nsProxy</td><td>Steered through the tunnel as web traffic</td><td class="number">4,213</td><td class="number">59.0\u00a0%</td>',
  )
  t.match(text, '<rect class="tunneled" width="100" height="1"/>')
  t.notMatch(text, 'early clients')
  t.equal(verdictCounts(EMPTY).text, '<p class="none">None.</p>')
})

void t.test('tables hold every row of the report', async (t) => {
  t.equal(rows(serviceErrors(REPORT).text)[0]?.length, 2)
  t.strictSame(rows(flowTable(REPORT).text)[0]?.length, REPORT.flows.rows.length)
  const [gateways, trips, timeline] = rows(popSelection(REPORT).text)
  t.strictSame(gateways?.[0], ['gateway-ord2.goskope.com', '163.116.249.35', 'US-ORD2', 6])
  t.strictSame(trips?.[0], ['US-ORD2', 14, 11, 14.3, 29])
  t.equal(timeline?.length, REPORT.pop.timeline.length)
  t.strictSame(timeline?.[0]?.slice(1), ['round trip measured', 'GSLB', 'US-ORD2', '', '', 12, ''])
  t.equal(rows(unreadableLines(REPORT).text).length, 2)
  t.match(unreadableLines(REPORT).text, 'By reason: no-stamp 3, interleaved 1, truncated 1.')
})

void t.test('what is left out is said', async (t) => {
  const { pop, flows } = REPORT
  t.match(popSelection({ ...REPORT, pop: { ...pop, omitted: 1200 } }).text, '1,200 later moments are not shown')
  t.match(flowTable({ ...REPORT, flows: { ...flows, omittedFlows: 7 } }).text, '7 rarer rows are not shown')
  t.notMatch(flowTable(REPORT).text, 'not shown')
})

void t.test('a report of nothing has parts too', async (t) => {
  for (const part of [serviceErrors, flowTable, popSelection, unreadableLines]) t.match(part(EMPTY).text, 'None.')
})
