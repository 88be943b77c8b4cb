import fc from 'fast-check'
import t from 'tap'
import type { LineStyle, LogRecord, UnreadableReason } from '../../../agent/log/record.js'
import { formatRecord, LEVELS, parseRecord } from '../../../agent/log/record.js'
import { GOLDEN_LINES } from '../../support/log-lines.js'

/** The line of what was read, undefined for what could not be. */
function written(parsed: ReturnType<typeof parseRecord>): string | undefined {
  return 'record' in parsed ? formatRecord(parsed.record, parsed.style) : undefined
}

void t.test('every golden line is read and comes back to the letter', async (t) => {
  t.equal(GOLDEN_LINES.length, 38)
  for (const golden of GOLDEN_LINES) {
    for (const eol of ['', '\n', '\r\n']) {
      const line = golden + eol
      const parsed = parseRecord(line)
      t.equal(written(parsed), line, eol === '' ? golden : JSON.stringify(eol))
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

void t.test('what no client would have written is not read, and why is said', async (t) => {
  const good = '2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info tunnel.cpp:669 nsTunnel message'
  t.ok('record' in parseRecord(good), 'the line all others are made from')
  const cases: [sentence: string, line: string, reason: UnreadableReason][] = [
    ['an empty line', '', 'empty'],
    ['an empty Windows line', '\r\n', 'empty'],
    ['a continuation line', '  "os": "Windows",', 'no-stamp'],
    ['a line of another log', 'Nov 22 21:47:50 host sshd[1]: hello', 'no-stamp'],
    ['a line cut in its stamp', good.slice(0, 14), 'truncated'],
    ['a line cut in its year', good.slice(0, 4), 'truncated'],
    ['a line cut behind its stamp', good.slice(0, 24), 'truncated'],
    ['a line cut in its columns', good.slice(0, 40), 'truncated'],
    ['a line cut before the space of its message', good.slice(0, -8), 'truncated'],
    ['a month that does not exist', good.replace('/04/', '/13/'), 'bad-time'],
    ['a day that does not exist', good.replace('/04/28', '/02/30'), 'bad-time'],
    ['an hour that does not exist', good.replace(' 11:', ' 24:'), 'bad-time'],
    ['a year beyond what counts in microseconds', good.replace('2024', '2256'), 'bad-time'],
    ['five digits after the second', good.replace('.408', '.40812'), 'no-stamp'],
    ['a letter in the fraction', good.replace('.408', '.4o8'), 'no-stamp'],
    ['a letter in the date', good.replace('2024', '2o24'), 'no-stamp'],
    ['a pid in upper case', good.replace('p17fc', 'p17FC'), 'bad-column'],
    ['a padded pid', good.replace('p17fc', 'p017fc'), 'bad-column'],
    ['a level no client has', good.replace(' info ', ' warn '), 'bad-column'],
    ['level 0', good.replace(' info ', ' 0 '), 'bad-column'],
    ['level 6', good.replace(' info ', ' 6 '), 'bad-column'],
    ['a source file that is none', good.replace('tunnel.cpp', 'tunnel.js'), 'bad-column'],
    ['a line number with a leading zero', good.replace(':669', ':0669'), 'bad-column'],
    ['two spaces', good.replace(' info ', '  info '), 'bad-column'],
    ['a byte order mark', `\ufeff${good}`, 'no-stamp'],
    ['two lines', `${good}\n${good}`, 'interleaved'],
    ['a line that another writer broke into', good.replace('message', `mess${good}`), 'interleaved'],
  ]
  for (const [sentence, line, reason] of cases) t.strictSame(parseRecord(line), { reason }, sentence)
})

void t.test('a stray carriage return stays in the message', async (t) => {
  const line = '2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info tunnel.cpp:1 nsTunnel a\rb\r'
  const parsed = parseRecord(line)
  t.match(parsed, { record: { message: 'a\rb\r' } })
  t.equal(written(parsed), line)
})

void t.test('a message may be empty, and one line may be 10 MB long', async (t) => {
  const prefix = '2024/04/28 11:02:28.408 stAgentSvc p17fc tb44 info tunnel.cpp:1 nsTunnel '
  t.match(parseRecord(prefix), { record: { message: '' } })
  const long = prefix + '/ 2024/04/28 '.repeat(800_000)
  t.equal(written(parseRecord(long)), long, 'and comes back')
  t.match(parseRecord('2024/'.repeat(2_000_000)), { reason: 'no-stamp' })
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
      return JSON.stringify(parsed) === JSON.stringify({ record, style })
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
      if ('reason' in parsed) return true
      read++
      return written(parsed) === line
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
