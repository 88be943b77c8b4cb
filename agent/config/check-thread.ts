/** The thread that checks files while flows go on: long lists take longer than relaying may be held up. */

import { parentPort } from 'node:worker_threads'
import { checkSet, type FoundTexts, type SetFindings } from './check-set.js'

parentPort?.on('message', (found: FoundTexts) => {
  const checked = checkSet(found)
  const findings: SetFindings = 'problems' in checked ? checked : { unknown: checked.unknown }
  parentPort?.postMessage(findings)
})
