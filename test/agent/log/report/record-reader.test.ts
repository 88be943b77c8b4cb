import t from 'tap'
import { RecordReader } from '../../../../agent/log/report/record-reader.js'

const RECORD = '2026/09/29 09:41:14.307 stAgentSvc p83cc t3a9c debug deviceId.cpp:42 deviceId '
const BLOCK = `${RECORD}device info summary (len: 4728): {`

/** What each line is taken for: record, continuation, or the reason it cannot be read. */
function read(lines: readonly string[], cut = false): readonly string[] {
  const taken: string[] = []
  const reader = new RecordReader({
    record: () => taken.push('record'),
    continuation: () => taken.push('continuation'),
    unreadable: (_line, number, reason) => taken.push(`${number} ${reason}`),
  })
  reader.beginLog()
  for (const [i, line] of lines.entries()) reader.line(line, i + 1, '\n', cut)
  return taken
}

void t.test('which lines go on with the record before', async (t) => {
  const cases: [sentence: string, lines: string[], taken: string[]][] = [
    [
      'a block takes all without a stamp',
      [BLOCK, '"os": 1', 'bare', '', '}'],
      ['record', ...Array(4).fill('continuation')],
    ],
    [
      'and ends with the next stamp',
      [BLOCK, 'bare', `${RECORD}x`, 'bare'],
      ['record', 'continuation', 'record', '4 no-stamp'],
    ],
    [
      'JSON goes on with any record',
      [`${RECORD}x`, '{', '  "a": []', '}'],
      ['record', ...Array(3).fill('continuation')],
    ],
    ['other text does not', [`${RECORD}x`, 'bare'], ['record', '2 no-stamp']],
    ['nor does what follows other text', [`${RECORD}x`, 'bare', '{'], ['record', '2 no-stamp', '3 no-stamp']],
    ['nor an empty line', [`${RECORD}x`, ''], ['record', '2 empty']],
    ['with nothing before nothing goes on', ['{', '}'], ['1 no-stamp', '2 no-stamp']],
    ['a torn record is none', [BLOCK, RECORD.slice(0, 40), 'bare'], ['record', '2 truncated', '3 no-stamp']],
    [
      'a block has an end',
      [BLOCK, ...Array(3).fill('x'.repeat(30_000))],
      ['record', 'continuation', 'continuation', '4 no-stamp'],
    ],
  ]
  for (const [sentence, lines, taken] of cases) t.strictSame(read(lines), taken, sentence)
})

void t.test('a line longer than the limit is not read, whatever it begins with', async (t) => {
  t.strictSame(read([`${RECORD}x`], true), ['1 too-long'])
})

void t.test('another log begins afresh', async (t) => {
  let continued = 0
  const reader = new RecordReader({ record: () => {}, continuation: () => continued++, unreadable: () => {} })
  reader.line(BLOCK, 1, '\n', false)
  reader.line('x', 2, '\n', false)
  t.equal(continued, 1)
  reader.beginLog()
  reader.line('x', 1, '\n', false)
  t.equal(continued, 1)
})
