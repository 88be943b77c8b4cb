import { readFileSync } from 'node:fs'
import t from 'tap'
import { LogAnalysis } from '../../../agent/log/report/log-analysis.js'
import type { Report } from '../../../agent/log/report/report.js'
import { momentLine, reportText } from '../../../scripts/logs/report-text.js'
import { hostileReport } from '../../support/hostile-report.js'

function reportOf(text: string): Report {
  const analysis = new LogAnalysis()
  analysis.beginLog()
  analysis.beginFile('nsdebuglog.log')
  analysis.push(Buffer.from(text))
  analysis.endFile()
  return analysis.result()
}

const GOLDEN = readFileSync(new URL('../../../../test/fixtures/nsdebuglog-golden.log', import.meta.url), 'utf8')

void t.test('the golden lines as a report', async (t) => {
  const text = reportText(reportOf(GOLDEN), { top: 20, colour: false })
  for (const expected of [
    /^Log\n {2}files {6}nsdebuglog\.log\n/,
    /from {7}2018-10-10 13:17:58\.272\n/,
    /found by {3}EDNS 1, LDNS 1/,
    /gateway-ord2\.goskope\.com {2}163\.116\.249\.35/,
    /chrome\.exe {2}www\.box\.com {2,}tunneled {2,}2 /,
    /zoom\.us {2,}zoom\.us {2,}exception-host {2,}1 /,
    /chrome\.exe {2}clientservices\.googleapis\.com {2,}blocked-pinned/,
    /1 {2,}error {2,}downloader .*curl_easy_perform failed, code 28/,
  ])
    t.match(text, expected)
  t.notMatch(text, /Unreadable|not in the catalogue/, 'no section without content')
})

void t.test('what could not be read is shown with its line number, and --top cuts tables', async (t) => {
  const broken = `${GOLDEN}nonsense\n2024/04/28 11:02\n`
  const text = reportText(reportOf(broken), { top: 1, colour: false })
  t.match(text, /lines {6}2: no-stamp 1, truncated 1/)
  t.match(text, /nsdebuglog\.log:39 {2,}no-stamp {2,}nonsense/)
  t.match(text, /more rows: --top/)
})

void t.test('an empty log is a report too', async (t) => {
  const text = reportText(reportOf(''), { top: 20, colour: false })
  t.match(text, /0 lines, 0 records/)
})

void t.test('colour only when asked for, and nothing of the log moves the cursor', async (t) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/
  t.notMatch(reportText(hostileReport(), { top: 100, colour: false }), controls)
  t.match(reportText(reportOf(GOLDEN), { top: 1, colour: true }), controls)
  const moment = momentLine({ time: 0, what: 'connected', gateway: 'a\u001b[2J', pop: '', rtt: 7 })
  t.equal(moment, '1970-01-01 00:00:00.000  connected  a?[2J  7 ms\n')
})
