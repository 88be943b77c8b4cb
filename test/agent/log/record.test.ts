import fc from 'fast-check'
import t from 'tap'
import type { LineStyle, LogRecord } from '../../../agent/log/record.js'
import { formatRecord, LEVELS, parseRecord } from '../../../agent/log/record.js'
import { GOLDEN_LINES } from '../../support/log-lines.js'

void t.test('every golden line is read and comes back to the letter', async (t) => {
  t.equal(GOLDEN_LINES.length, 38)
  for (const golden of GOLDEN_LINES) {
    for (const eol of ['', '\n', '\r\n']) {
      const line = golden + eol
      const parsed = parseRecord(line)
      t.equal(parsed && formatRecord(parsed.record, parsed.style), line, eol === '' ? golden : JSON.stringify(eol))
    }
  }
})

void t.test('the columns of a line', async (t) => {
  t.strictSame(
    parseRecord('2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info bypassAppMgr.cpp:669 BypassAppMgr Bypassing x\r\n'),
    {
      record: {
        time: Date.UTC(2024, 3, 28, 11, 2, 28, 408) * 1000,
        process: 'stAgentSvc',
        pid: 0x17fc,
        tid: 0xb44,
        level: 'info',
        file: 'bypassAppMgr.cpp',
        line: 669,
        component: 'BypassAppMgr',
        message: 'Bypassing x',
      },
      style: { precision: 3, levels: 'word', eol: '\r\n' },
    },
    'Windows, R114',
  )
  t.match(
    parseRecord('2018/10/10 13:17:58.272225 stAgentSvc pf280 t4807 4 bypassAppMgr.cpp:371 BypassAppMgr bypassing'),
    {
      record: { time: Date.UTC(2018, 9, 10, 13, 17, 58, 272) * 1000 + 225, level: 'info', pid: 0xf280 },
      style: { precision: 6, levels: 'number', eol: '' },
    },
    'macOS, 2018',
  )
})

void t.test('what no client would have written is not read', async (t) => {
  const good = '2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info tunnel.cpp:669 nsTunnel message'
  t.ok(parseRecord(good), 'the line all others are made from')
  const cases: [sentence: string, line: string][] = [
    ['an empty line', ''],
    ['a continuation line', '  "os": "Windows",'],
    ['a line cut in its prefix', good.slice(0, 40)],
    ['a month that does not exist', good.replace('/04/', '/13/')],
    ['a day that does not exist', good.replace('/04/28', '/02/30')],
    ['an hour that does not exist', good.replace(' 11:', ' 24:')],
    ['five digits after the second', good.replace('.408', '.40812')],
    ['a pid in upper case', good.replace('p17fc', 'p17FC')],
    ['a padded pid', good.replace('p17fc', 'p017fc')],
    ['a level no client has', good.replace(' info ', ' warn ')],
    ['level 0', good.replace(' info ', ' 0 ')],
    ['level 6', good.replace(' info ', ' 6 ')],
    ['a source file that is none', good.replace('tunnel.cpp', 'tunnel.js')],
    ['a line number with a leading zero', good.replace(':669', ':0669')],
    ['two spaces', good.replace(' info ', '  info ')],
    ['a byte order mark', `\ufeff${good}`],
    ['two lines', `${good}\n${good}`],
  ]
  for (const [sentence, line] of cases) t.equal(parseRecord(line), undefined, sentence)
})

void t.test('a stray carriage return stays in the message', async (t) => {
  const line = '2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info tunnel.cpp:1 nsTunnel a\rb\r'
  const parsed = parseRecord(line)
  t.equal(parsed?.record.message, 'a\rb\r')
  t.equal(parsed && formatRecord(parsed.record, parsed.style), line)
})

const styles: fc.Arbitrary<LineStyle> = fc.record({
  precision: fc.constantFrom(3, 6),
  levels: fc.constantFrom('number', 'word'),
  eol: fc.constantFrom('\r\n', '\n', ''),
})
const word = fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/)
const records: fc.Arbitrary<LogRecord> = fc.record({
  // 1970 to 2099, whole milliseconds, so that both precisions keep all of it.
  time: fc.integer({ min: 0, max: 4_102_444_799_999 }).map((milliseconds) => milliseconds * 1000),
  process: word,
  pid: fc.nat(0xffff_ffff),
  tid: fc.nat(0xffff_ffff),
  level: fc.constantFrom(...LEVELS),
  file: word.map((name) => `${name}.cpp`),
  line: fc.nat(99_999),
  component: word,
  message: fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text)),
})

void t.test('10,000 records are written and read back', async (t) => {
  fc.assert(
    fc.property(records, styles, (record, style) => {
      const line = formatRecord(record, style)
      const parsed = parseRecord(line)
      return parsed !== undefined && JSON.stringify(parsed) === JSON.stringify({ record, style })
    }),
    { numRuns: 10_000 },
  )
  t.pass('held')
})

void t.test('10,000 mutated golden lines are read exactly or not at all', async (t) => {
  const edit = fc.tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 2 }), fc.nat(3))
  const mutated = fc
    .tuple(fc.constantFrom(...GOLDEN_LINES), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([line, edits]) =>
      edits.reduce((text, [at, insert, cut]) => {
        const start = at % (text.length + 1)
        return text.slice(0, start) + insert + text.slice(start + cut)
      }, line),
    )
  let read = 0
  fc.assert(
    fc.property(mutated, (line) => {
      const parsed = parseRecord(line)
      if (parsed === undefined) return true
      read++
      return formatRecord(parsed.record, parsed.style) === line
    }),
    { numRuns: 10_000 },
  )
  t.ok(read > 2000 && read < 9000, `${read} of them were read`)
})

void t.test('stamps in any order, and before a cached second', async (t) => {
  const line = (time: number) =>
    formatRecord(
      { time, process: 'p', pid: 1, tid: 2, level: 'error', file: 'a.cpp', line: 1, component: 'c', message: 'm' },
      { precision: 6, levels: 'number', eol: '' },
    ).slice(0, 26)
  t.equal(line(1_000_000), '1970/01/01 00:00:01.000000')
  t.equal(line(999_999), '1970/01/01 00:00:00.999999')
  t.equal(line(1_000_001.9), '1970/01/01 00:00:01.000001', 'parts of a microsecond are cut')
})
