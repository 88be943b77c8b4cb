/** What `steerlab check` says of Chromium. */

import { join } from 'node:path'
import { browserArguments, findBrowser } from '../../scripts/process/browser.js'
import { testCases } from '../support/check-matrix.js'
import { lacking, SEARCH_PATH } from '../support/needs.js'

testCases({
  Chromium: {
    sentence: 'it reads a managed policy or a database of its own, no variable; its exit code says nothing',
    command: (scratch) => [
      findBrowser(SEARCH_PATH),
      ...browserArguments(join(scratch, 'profile'), process.getuid?.() === 0),
      ...['--headless=new', '--disable-gpu', '--dump-dom', 'https://box.com/whoami'],
    ],
    verdict: 'reads-system-store',
    leaves: ['certificate_unknown'],
    skip: lacking('capture', 'chromium'),
  },
})
