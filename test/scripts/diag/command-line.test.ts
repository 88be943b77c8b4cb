/** Command lines with a grammar of their own, as yargs gets them. */

import t from 'tap'
import { withOwnGrammar } from '../../../scripts/diag/command-line.js'

const LINES: readonly [given: string, handed: string][] = [
  ['nsdiag -f', 'nsdiag -- -f'],
  ['nsdiag', 'nsdiag --'],
  ['nsdiag --help', 'nsdiag -- --help'],
  ['nsdiag -f --home x', 'nsdiag -- -f --home x'],
  ['nsclient show-status', 'nsclient -- show-status'],
  ['--home x nsdiag -f', 'nsdiag --home x -- -f'],
  ['--home=x nsclient enable', 'nsclient --home=x -- enable'],
]

void t.test('what follows nsdiag stands behind the dashes', async (t) => {
  for (const [given, handed] of LINES) t.strictSame(withOwnGrammar(given.split(' ')), handed.split(' '), given)
})

void t.test('other command lines stay', async (t) => {
  const others = [
    '',
    '--help',
    'status --json',
    '--home x status',
    'run -- nsdiag -f',
    '--home nsdiag',
    'logs nsdiag',
    '--get-yargs-completions steerlab nsdiag -',
  ]
  for (const given of others) t.strictSame(withOwnGrammar(given.split(' ')), given.split(' '), given)
  t.strictSame(withOwnGrammar([]), [])
})
