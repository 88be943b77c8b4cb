/** What `steerlab check` says of Python's requests and of pip, both Debian's. */

import { testCases } from '../support/check-matrix.js'
import { DEBIAN_PYTHON, lacking } from '../support/needs.js'

const INDEX = 'https://packages.lab.example/simple'

testCases({
  requests: {
    sentence: "Debian's reads the system's bundle, where the one from an index has its own; both have a variable",
    command: () => [DEBIAN_PYTHON, '-c', "import requests; print(requests.get('https://box.com/whoami').text)"],
    verdict: 'reads-system-store',
    variable: 'REQUESTS_CA_BUNDLE',
    leaves: ['unknown_ca'],
    skip: lacking('capture', 'python3-requests'),
  },
  pip: {
    sentence: "it brings its own requests, Debian's reads the system's bundle, and its setting has a variable too",
    command: (scratch) => [
      '/usr/bin/pip',
      ...['download', '--no-deps', '--no-cache-dir', '--retries', '0'],
      ...['--dest', scratch, '--index-url', INDEX, 'steerlab-hello'],
    ],
    verdict: 'reads-system-store',
    variable: 'PIP_CERT',
    leaves: ['unknown_ca'],
    skip: lacking('capture', 'python3-pip'),
  },
})
