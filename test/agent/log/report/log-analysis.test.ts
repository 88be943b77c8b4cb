import fc from 'fast-check'
import t from 'tap'
import { type AnalysisOptions, LogAnalysis } from '../../../../agent/log/report/log-analysis.js'
import type { Report } from '../../../../agent/log/report/report.js'
import { GOLDEN_LINES } from '../../../support/log-lines.js'

/** The report of files of one log. */
function analysed(files: readonly string[], options: AnalysisOptions = {}): Report {
  const analysis = new LogAnalysis(options)
  analysis.beginLog()
  for (const [i, text] of files.entries()) {
    analysis.beginFile(`${i}.log`)
    analysis.push(Buffer.from(text))
    analysis.endFile()
  }
  return analysis.result()
}

const STAMP = '2026/09/29 09:41:14.307'
const RECORD = `${STAMP} stAgentSvc p83cc t3a9c`
const GOLDEN = GOLDEN_LINES.map((line) => `${line}\r\n`).join('')

void t.test('the golden lines', async (t) => {
  const report = analysed([GOLDEN])
  t.match(report.lines, { total: 38, records: 38, continuation: 0, unrecognised: 0, unreadable: 0 })
  t.strictSame(report.files, [{ name: '0.log', lines: 38, bytes: Buffer.byteLength(GOLDEN) }])
  t.match(report.flows, {
    total: 7,
    byVerdict: { tunneled: 2, 'exception-host': 1, 'blocked-pinned': 1, 'pinned-direct': 1, 'pinned-tunnel': 2 },
  })
  t.match(report.pop, { methods: { EDNS: 1, LDNS: 1, GSLB: 0 }, failures: 1, connections: 2, switches: 1 })
  t.strictSame(
    report.errors.map(({ component }) => component),
    ['downloader', 'restapi', 'dnsResolver'],
  )
  t.strictSame(report.client.addresses, ['10.173.13.40', '192.168.13.40'])
  t.strictSame(report.time, {
    first: Date.UTC(2018, 9, 10, 13, 17, 58, 272) * 1000 + 225,
    last: Date.UTC(2026, 8, 29, 9, 41, 14, 307) * 1000,
  })
})

void t.test('nothing at all', async (t) => {
  t.match(analysed([]), { files: [], lines: { total: 0 }, time: undefined, profile: undefined, flows: { total: 0 } })
})

void t.test('unreadable lines have their file and number, unknown messages are counted', async (t) => {
  const report = analysed([
    `${RECORD} info a.cpp:1 x made up 1\nforeign\n`,
    `${RECORD} info a.cpp:1 x made up 2\n${STAMP} torn\n`,
  ])
  t.strictSame(report.lines, { total: 4, records: 2, continuation: 0, unrecognised: 2, unreadable: 2 })
  t.strictSame(report.unreadable, {
    byReason: { 'no-stamp': 1, truncated: 1 },
    lines: [
      { file: '0.log', line: 2, reason: 'no-stamp', text: 'foreign' },
      { file: '1.log', line: 2, reason: 'truncated', text: `${STAMP} torn` },
    ],
  })
  t.strictSame(report.unrecognised, [{ component: 'x', message: 'made up 1', count: 2 }])
})

void t.test('a block may go on in the next file of the log', async (t) => {
  const block = `${RECORD} debug deviceId.cpp:42 deviceId device info summary (len: 4728): {\n`
  t.match(analysed([block, 'bare\n}\n']).lines, { records: 1, continuation: 2, unreadable: 0 })
})

void t.test('nothing before the time asked for, but its lines are counted', async (t) => {
  const since = Date.UTC(2024, 4, 1) * 1000
  const report = analysed([GOLDEN], { filters: { since } })
  t.match(report, { lines: { records: 38 }, time: { first: Date.UTC(2024, 4, 1, 7, 50, 34, 981) * 1000 } })
  t.match(report, { errors: [], flows: { total: 0 }, pop: { connections: 1, methods: { EDNS: 0 } } })
  t.strictSame(report.client.writers, { stAgentSvc: 2 })
})

void t.test('100,000 mutated lines are read without a throw, in time, and every line is counted', async (t) => {
  const mutated = fc
    .tuple(fc.constantFrom(...GOLDEN_LINES), fc.nat(300), fc.nat(30), fc.string({ unit: 'binary', maxLength: 8 }))
    .map(([line, at, length, text]) => line.slice(0, at) + text + line.slice(at + length))
  const lines = fc.sample(mutated, { numRuns: 100_000, seed: 7 })
  const text = lines.join('\n')
  const begin = performance.now()
  const report = analysed([text])
  t.ok(performance.now() - begin < 5000)
  t.equal(report.lines.total, text.split('\n').length)
  t.ok(report.lines.records > 20_000 && report.lines.unreadable > 10_000, JSON.stringify(report.lines))
  t.equal(report.unreadable.lines.length, 100)
})

void t.test('one line of 10 MB takes no more than its time', async (t) => {
  const begin = performance.now()
  for (const piece of ['x', ' ', '{', '2026/', ', process: ', `${RECORD} info a.cpp:1 x `]) {
    const long = `${RECORD} info a.cpp:1 x ${piece.repeat(10_000_000 / piece.length)}`
    t.match(analysed([`${long}\n${GOLDEN}`]), { lines: { records: 38 }, unreadable: { byReason: { 'too-long': 1 } } })
  }
  t.ok(performance.now() - begin < 5000)
})
