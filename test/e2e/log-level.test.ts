/** nsconfig.json says how much the agent logs. */

import t from 'tap'
import { defaultFiles } from '../../agent/config/default-files.js'
import { withLab } from '../support/steerlab.js'

const { 'nsconfig.json': nsconfig } = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })

for (const [logLevel, told] of [
  ['info', true],
  ['error', false],
] as const)
  void t.test(`at level ${logLevel} the start is ${told ? '' : 'not '}logged`, (t) =>
    withLab(
      t,
      async (lab) => {
        const lines = await lab.logLines(' info ')
        t.equal(lines.length > 0, told, `${lines.length} lines`)
      },
      { files: { 'nsconfig.json': { ...(nsconfig as object), logLevel } } },
    ),
  )
