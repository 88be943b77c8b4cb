import t from 'tap'
import { LogCensus } from '../../../../agent/log/replay/log-census.js'
import { GOLDEN_LINES } from '../../../support/log-lines.js'

function censusOf(logs: readonly (readonly string[])[], bytesAtOnce = 100) {
  const census = new LogCensus()
  for (const files of logs) {
    census.beginLog()
    for (const file of files) {
      census.beginFile()
      const bytes = Buffer.from(file)
      for (let from = 0; from < bytes.length; from += bytesAtOnce) census.push(bytes.subarray(from, from + bytesAtOnce))
      census.endFile()
    }
  }
  return census.result()
}

void t.test('the flows of the real lines', async (t) => {
  const census = censusOf([[GOLDEN_LINES.join('\r\n')]])
  t.match(census, { lines: GOLDEN_LINES.length, records: GOLDEN_LINES.length, untoldFlows: 0, device: 'managed' })
  t.strictSame(
    census.flows.map(({ told, place }) => `${told.verdict} ${told.process} ${told.host} ${place.location ?? '-'}`),
    [
      'tunneled chrome.exe www.box.com -',
      'exception-host zoom.us zoom.us -',
      'tunneled chrome.exe www.box.com -',
      'blocked-pinned chrome.exe clientservices.googleapis.com on-prem',
      'pinned-direct chrome.exe optimizationguide-pa.googleapis.com on-prem',
      'pinned-tunnel chrome.exe slashdot.org on-prem',
      'pinned-tunnel chrome.exe udc.yahoo.com on-prem',
    ],
  )
})

void t.test('a line may go on in the next chunk, not in the next file', async (t) => {
  const [line = ''] = GOLDEN_LINES.filter((line) => line.includes('Dropping'))
  for (const size of [1, 7, 4096]) t.equal(censusOf([[`${line}\n${line}`]], size).flows[0]?.count, 2, `${size} bytes`)
  t.match(censusOf([[line, line]]), { lines: 2, records: 2 })
  t.match(censusOf([[line.slice(0, 30), line.slice(30)]]), { lines: 2, records: 0, flows: [] })
})

void t.test('what is no record is counted as a line', async (t) => {
  t.match(censusOf([['hello\nworld\n']]), { lines: 2, records: 0, flows: [] })
  t.match(censusOf([]), { lines: 0, records: 0 })
})
