import fc from 'fast-check'
import t from 'tap'
import type { ProfileName } from '../../../../agent/log/message-form.js'
import { PROFILES } from '../../../../agent/log/profiles.js'
import { LogCheck } from '../../../../agent/log/report/check-log.js'
import { GOLDEN_LINES } from '../../../support/log-lines.js'
import { renderedLines } from '../../../support/rendered-log.js'

/** The deviations of a file, as `lines: kind: what` in one text each. */
function deviations(text: string | Uint8Array, profile: ProfileName = 'windows-r114'): readonly string[] {
  const check = new LogCheck(PROFILES[profile])
  check.push(Buffer.from(text))
  return check
    .end()
    .map(({ kind, what, count, lines }) => `${lines.join()}${count > 1 ? ` (${count})` : ''} ${kind}: ${what}`)
}

void t.test('a log rendered by a profile has no deviation from it, and some from every other', async (t) => {
  for (const [name, profile] of Object.entries(PROFILES)) {
    const log = renderedLines(profile).join('')
    for (const other of Object.keys(PROFILES) as ProfileName[]) {
      const found = deviations(log, other)
      if (other === name) t.strictSame(found, [], name)
      else t.ok(found.length > 0, `${name} is not ${other}`)
    }
  }
})

const STAMP = '2024/05/01 07:50:34.981'
const COLUMNS = 'stAgentSvc p6ff8 t50dc info'
const DROP = `${STAMP} ${COLUMNS} bypassAppMgr.cpp:663 BypassAppMgr Dropping connection from process: a.exe, host: b`
const FILTER = `${STAMP} ${COLUMNS} nsFilterDevice.cpp:402 nsFilterDevice Enable NS packet filter for web mode`
const good = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('')

void t.test('one deviation of each kind, and the log without it', async (t) => {
  t.strictSame(deviations(good(DROP, FILTER)), [])
  const cases: [sentence: string, log: string | Uint8Array, expected: string[]][] = [
    ['an empty file', '', ['1 first-line: a file without a line']],
    ['a mark', `\ufeff${good(DROP)}`, ['1 byte-order-mark: a byte order mark before the first line']],
    ['no last newline', `${good(DROP)}${DROP}`, ['2 final-newline: no CRLF behind the last line']],
    ['LF', `${DROP}\n${DROP}\n`, ['1,2 (2) line-ending: LF instead of CRLF']],
    ['a lone CR', good(`${DROP} \r`), ['1 trailing-space: white space at the end of the line']],
    ['microseconds', good(DROP.replace('.981', '.981000')), ['1 precision: 6 digits behind the second instead of 3']],
    [
      'a number for the level',
      good(DROP.replace(' info ', ' 4 ')),
      ['1 level-words: the level is a number instead of a word'],
    ],
    [
      'it begins and ends otherwise',
      good('Hello', DROP, ''),
      [
        '1 first-line: a file that does not begin with a stamped line',
        '1 no-stamp: a line that does not begin with a time',
        '3 empty: an empty line',
        '3 last-line: a file that does not end with a stamped line',
      ],
    ],
    ['a torn line', good(DROP, '2024/05/01 07:5', DROP), ['2 truncated: a line that ends before its message']],
    [
      'no such day',
      good(DROP, DROP.replace('05/01', '02/30'), DROP),
      ['2 bad-time: a date or time that does not exist'],
    ],
    [
      'no such column',
      good(DROP, DROP.replace('p6ff8', 'P6ff8'), DROP),
      ['2 bad-column: a column that is not what it must be'],
    ],
    [
      'two in one',
      good(DROP, DROP + DROP, DROP),
      ['2 interleaved: a second time within a line: two writers wrote at once'],
    ],
    ['a line without end', good(DROP, `${DROP}${'x'.repeat(2 ** 20)}`, DROP), ['2 too-long: a line longer than 1 MiB']],
    [
      'time goes back, once',
      good(DROP, DROP.replace('34.981', '33.980'), DROP.replace('34.981', '33.990'), DROP.replace('34.981', '32.990')),
      ['2 time-backwards: time goes back by more than 1 s'],
    ],
    [
      'pid and tid',
      good(DROP.replace('6ff8', '6ff9').replace('50dc', '50de')),
      ['1 odd-id: a pid that is not a multiple of 4', '1 odd-id: a tid that is not a multiple of 4'],
    ],
  ]
  for (const [sentence, log, expected] of cases) t.strictSame(deviations(log), expected, sentence)
})

void t.test('lines without a stamp belong to a block, where a record opens one', async (t) => {
  const block = `${STAMP} stAgentSvc p6ff8 t50dc debug deviceId.cpp:901 deviceId device info summary (len: 20): {`
  t.strictSame(deviations(good(block, '  "a": 1', '', '}', DROP)), [])
  t.strictSame(deviations(good(block, '}')), ['2 last-line: a file that does not end with a stamped line'])
  t.strictSame(deviations(good(block, '}', DROP, '}', DROP)), ['4 no-stamp: a line that does not begin with a time'])
})

void t.test('the golden lines are of many builds, and for one of them most are strange', async (t) => {
  const found = deviations(`${GOLDEN_LINES.join('\r\n')}\r\n`)
  const earlier = (line: number, event: string) =>
    `${line} not-in-profile: ${event}: written up to release 95, not by 114`
  t.strictSame(found, [
    '1,2,3,4,5,6,7,8,9,10 (13) level-words: the level is a number instead of a word',
    earlier(5, 'tunnel-connected'),
    '6,12 (2) time-backwards: time goes back by more than 1 s',
    earlier(11, 'flow-tunneled'),
    '12 precision: 6 digits behind the second instead of 3',
    '12 odd-id: a tid that is not a multiple of 4',
    earlier(12, 'bypass-exception-host'),
    earlier(13, 'flow-tunneled-proxied'),
  ])
  const own = GOLDEN_LINES.filter((line) => line.startsWith('2024'))
  t.strictSame(deviations(`${own.join('\r\n')}\r\n`), [], 'those of its own time are not')
})

void t.test('the bytes may come in any pieces', async (t) => {
  const log = Buffer.from(`\ufeff${good(DROP, 'x', FILTER)}${DROP}`)
  const whole = deviations(log)
  t.equal(whole.length, 3)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 200 }), (sizes) => {
      const check = new LogCheck(PROFILES['windows-r114'])
      let from = 0
      for (const size of sizes) {
        check.push(log.subarray(from, from + size))
        from += size
      }
      check.push(log.subarray(from))
      return check.end().length === whole.length && check.lines === 4
    }),
  )
})

void t.test('a file in which every line is another thing stays small, and counts all', async (t) => {
  const words = Array.from({ length: 2000 }, (_, i) => i.toString(2).replaceAll('0', 'a').replaceAll('1', 'b'))
  const check = new LogCheck(PROFILES['windows-r114'])
  check.push(Buffer.from(good(...words.map((word) => `${STAMP} ${COLUMNS} a.cpp:1 b ${word}`))))
  const found = check.end()
  t.equal(found.length, 501)
  t.equal(found.at(-1)?.kind, 'others')
  t.equal(
    found.reduce((sum, { count }) => sum + count, 0),
    2000,
  )
  t.ok(found.every(({ lines }) => lines.length <= 10))
})
