import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import type { FlowRow } from '../../../agent/log/report/report.js'
import { reportCsv } from '../../../scripts/logs/report-csv.js'
import { lacking, SEARCH_PATH } from '../../support/needs.js'
import { sampleReport } from '../../support/sample-report.js'

const NOON = Date.UTC(2024, 4, 4, 12) * 1000

function csvOf(rows: readonly Partial<FlowRow>[]): string {
  const row: FlowRow = {
    process: 'chrome.exe',
    host: 'box.com',
    verdict: 'nsProxy',
    count: 2,
    first: NOON,
    last: NOON + 1500,
    destinations: ['192.0.2.1:443'],
  }
  const { flows } = sampleReport()
  return reportCsv({ flows: { ...flows, rows: rows.map((own) => ({ ...row, ...own })) } })
}

const HEADING = 'process,host,verdict,count,first,last,destinations\r\n'
const REST = 'nsProxy,2,2024-05-04 12:00:00.000,2024-05-04 12:00:00.001,192.0.2.1:443\r\n'

void t.test('a row for each flow, under a heading', async (t) => {
  t.equal(csvOf([]), HEADING)
  t.equal(csvOf([{}]), `${HEADING}chrome.exe,box.com,${REST}`)
  t.equal(
    csvOf([{ host: '', destinations: ['a', 'b'] }]),
    `${HEADING}chrome.exe,,${REST.replace('192.0.2.1:443', 'a b')}`,
  )
})

void t.test('what would end a field is quoted, what would be a formula is text', async (t) => {
  const cases: [process: string, written: string][] = [
    ['a,b', '"a,b"'],
    ['a "b"', '"a ""b"""'],
    ['a\r\nb', '"a\r\nb"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['=HYPERLINK("http://x.example","y")', '"\'=HYPERLINK(""http://x.example"",""y"")"'],
    ['\t=1', "'\t=1"],
    ['\uff1d1', "'\uff1d1"],
    ['a=1', 'a=1'],
    ["'x", "'x"],
  ]
  for (const [process, written] of cases) t.equal(csvOf([{ process }]), `${HEADING}${written},box.com,${REST}`, written)
})

void t.test('another reader of CSV finds the same fields', { skip: lacking('python3') }, async (t) => {
  const names = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), { seed: 3, numRuns: 300 })
  const program =
    'import csv,json,sys,io; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline="")))))'
  const input = csvOf(names.map((process) => ({ process: `.${process}` })))
  const { stdout } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8', env: { PATH: SEARCH_PATH } })
  const rows = JSON.parse(stdout) as string[][]
  t.equal(rows.length, 301)
  t.strictSame(
    rows.slice(1).map(([process]) => process),
    names.map((name) => `.${name}`),
  )
})
