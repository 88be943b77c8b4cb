/** What `steerlab check` says of Node's fetch and of npm: Node has a list of its own, and reads no store. */

import { join } from 'node:path'
import { testCases } from '../support/check-matrix.js'
import { lacking } from '../support/needs.js'

testCases({
  fetch: {
    sentence: 'Node has a list of its own, and reads no store; a variable adds to it',
    command: () => [process.execPath, '-e', "fetch('https://box.com/whoami').then((page) => page.text())"],
    verdict: 'reads-environment',
    variable: 'NODE_EXTRA_CA_CERTS',
    leaves: ['closed'],
    skip: lacking('capture'),
  },
  npm: {
    sentence: 'as Node; without a cache, for with one it goes on with what is left of a run that worked',
    command: (scratch) => [
      'sh',
      '-c',
      `npm view --fetch-retries=0 --cache "$(mktemp -d '${join(scratch, 'XXXXXX')}')" --registry https://packages.lab.example/npm/ steerlab-hello`,
    ],
    verdict: 'reads-environment',
    variable: 'NODE_EXTRA_CA_CERTS',
    leaves: ['closed'],
    skip: lacking('capture', 'npm'),
  },
})
