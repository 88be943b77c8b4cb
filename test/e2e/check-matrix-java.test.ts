/** What `steerlab check` says of Java. */

import { fixtureProgram, testCases } from '../support/check-matrix.js'
import { lacking } from '../support/needs.js'

testCases({
  Java: {
    sentence: "it has a store of its own, which Debian makes from the system's, and an option that names another",
    // One compiler instead of two, and no profiling: it starts in half the time.
    command: () => ['java', '-XX:TieredStopAtLevel=1', fixtureProgram('Fetch.java'), 'https://box.com/whoami'],
    verdict: 'reads-system-store',
    variable: 'JAVA_TOOL_OPTIONS',
    // The alert is often lost: its client closes before it has sent it.
    leaves: ['closed', 'certificate_unknown'],
    skip: lacking('capture', 'java'),
  },
})
