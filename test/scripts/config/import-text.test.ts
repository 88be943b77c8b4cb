import t from 'tap'
import { notesText, writtenText } from '../../../scripts/config/import-text.js'

void t.test('a line for each file', async (t) => {
  const files = [
    { file: 'nsbranding.json', outcome: 'made' },
    { file: 'nssteering.json', outcome: 'replaced' },
    { file: 'nsexception.json', outcome: 'new' },
    { file: 'nsbypass.json', outcome: 'unchanged' },
  ] as const
  const from = { 'nssteering.json': 'x/nsdomain.json', 'nsexception.json': 'e', 'nsbypass.json': 'b' }
  t.equal(
    writtenText('/d', files, from),
    [
      '/d',
      '  nsbranding.json: made as in a new home',
      '  nssteering.json: replaced, before it: nssteering.json.old, from x/nsdomain.json',
      '  nsexception.json: new, from e',
      '  nsbypass.json: unchanged, from b',
      '',
    ].join('\n'),
  )
})

void t.test('a line for each reason, with the first of its places', async (t) => {
  const at = (path: string, reason: string) => ({ path, reason })
  const notes = [at('$.a', 'r'), at('$.x', 's\u001b'), ...['$.b', '$.c', '$.d', '$.e'].map((path) => at(path, 'r'))]
  t.equal(notesText(notes), '  $.a, $.b, $.c and 2 more: r\n  $.x: s?\n')
  t.equal(notesText(notes.slice(0, 1)), '  $.a: r\n')
  t.equal(notesText([]), '')
})
