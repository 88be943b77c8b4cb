/** A large log; STEERLAB_TRUTH_LINES sets its lines (1000000 takes half a minute). */

import t from 'tap'
import { foundChanges, naiveChanges, naiveFlows, sorted, sum } from '../../../support/naive-what-if.js'
import { configurationWith, replayedLog } from '../../../support/replayed-log.js'

const LINES = Number(process.env['STEERLAB_TRUTH_LINES'] ?? 200_000)

void t.test('the same as line by line', async (t) => {
  const log = replayedLog({ scenario: 'pinned-app-storm', lines: LINES, truth: true })
  const flows = naiveFlows(log.truth)
  const edited = configurationWith({ 'nsbypass.json': { certPinnedAppList: [] } })
  const naive = naiveChanges(flows, edited, log.configuration)
  const { counts } = foundChanges(log, edited, log.configuration)
  t.strictSame(sorted(counts), sorted(naive))
  t.ok(sum(naive) > LINES / 100)
})
