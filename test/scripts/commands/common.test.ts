/** What several commands share. */

import t from 'tap'
import { askAgent, homeOf, lastOf, table } from '../../../scripts/commands/common.js'
import { shortDirectory } from '../../support/short-directory.js'

void t.test('tables', async (t) => {
  const cases: readonly [rows: readonly (readonly string[])[], text: string, why: string][] = [
    [[['HOST', 'IP']], 'HOST  IP\n', 'a heading alone'],
    [
      [
        ['HOST', 'IP'],
        ['box.com', '1.2.3.4'],
        ['a', '::1'],
      ],
      'HOST     IP\nbox.com  1.2.3.4\na        ::1\n',
      'aligned',
    ],
    [
      [
        ['HOST', 'IP'],
        ['box.com', ''],
      ],
      'HOST     IP\nbox.com\n',
      'no spaces at the end',
    ],
    [
      [
        ['A', 'B', 'C'],
        ['', 'x', ''],
      ],
      'A  B  C\n   x\n',
      'empty cells',
    ],
  ]
  for (const [rows, text, why] of cases) t.equal(table(rows), text, why)
})

void t.test('a home without an agent', async (t) => {
  const home = homeOf({ home: shortDirectory(t) })
  await t.rejects(askAgent(home, 'status'), { code: 'not-running', message: /start one with `steerlab up`/ })
})

void t.test('of an option given more than once the last counts', async (t) => {
  t.equal(lastOf(undefined), undefined)
  t.equal(lastOf('a'), 'a')
  t.equal(lastOf(['a', 'b']), 'b')
})
