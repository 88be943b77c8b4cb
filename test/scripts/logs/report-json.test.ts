import t from 'tap'
import { reportJson, withIsoTimes } from '../../../scripts/logs/report-json.js'
import { sampleReport } from '../../support/sample-report.js'

void t.test('times are text, all else is as it is', async (t) => {
  const report = sampleReport()
  const read = JSON.parse(reportJson(report))
  t.equal(read.time.first.length, '2026-11-02T08:03:11.123456'.length)
  t.match(read.flows.rows[0], { first: /^\d{4}-\d\d-\d\dT/, count: report.flows.rows[0]?.count })
  t.match(read.flows.hours[0], { hour: /:00:00\.000000$/ })
  t.equal(read.lines.total, report.lines.total)
  t.equal(withIsoTimes('first', 'a word'), 'a word')
  t.equal(withIsoTimes('count', 5), 5)
})
