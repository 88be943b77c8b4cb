import t from 'tap'
import { shownFacts } from '../../../../gateway/inspect/pages/page-content.js'

void t.test('people see words, and nothing where there is nothing', async (t) => {
  t.strictSame(
    shownFacts([
      ['a', 'A', 'text'],
      ['b', 'B', ''],
      ['c', 'C', 0],
      ['d', 'D', true],
      ['e', 'E', false],
    ]),
    [
      { key: 'a', label: 'A', value: 'text' },
      { key: 'c', label: 'C', value: '0' },
      { key: 'd', label: 'D', value: 'yes' },
      { key: 'e', label: 'E', value: 'no' },
    ],
  )
})
