/** All that holds of HTTP/1.1 holds of the general way alone, also for requests that are usually relayed as bytes. */

import { onlyTheGeneralWay } from '../../../support/inspected-http1.js'

onlyTheGeneralWay()
await import('./serve-http1-ends.test.js')
await import('./serve-http1-fuzz.test.js')
await import('./serve-http1-limits.test.js')
await import('./serve-http1-own-answers.test.js')
await import('./serve-http1-smuggling.test.js')
await import('./serve-http1-streaming.test.js')
await import('./serve-http1-upgrade.test.js')
await import('./serve-http1.test.js')
