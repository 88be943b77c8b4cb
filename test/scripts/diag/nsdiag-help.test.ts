/** The help of nsdiag names everything there is. */

import t from 'tap'
import { NSDIAG_OPTIONS } from '../../../scripts/diag/nsdiag-arguments.js'
import { nsdiagHelp } from '../../../scripts/diag/nsdiag-help.js'
import { VERBS } from '../../../scripts/diag/nsdiag-verbs.js'

void t.test('every option and command', async (t) => {
  const help = nsdiagHelp()
  for (const option of NSDIAG_OPTIONS.filter((name) => !['--help', '--version'].includes(name)))
    t.match(help, new RegExp(`(^  |[\\[ ])${option}[ \\]]`, 'm'), option)
  for (const verb of Object.keys(VERBS)) t.match(help, new RegExp(`^  ${verb} `, 'm'), verb)
  t.match(help, /of the name that -o gives is replaced(.|\n)*of level debug(.|\n)*2 by default/)
  for (const line of help.split('\n')) t.ok(line.length <= 130, line)
})
