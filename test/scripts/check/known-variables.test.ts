/** Which variables are tried first for which programs. */

import t from 'tap'
import { likelyVariables } from '../../../scripts/check/known-variables.js'

const CASES: readonly (readonly [names: readonly string[], first: string])[] = [
  [['node'], 'NODE_EXTRA_CA_CERTS'],
  [['npm', 'node'], 'NODE_EXTRA_CA_CERTS'],
  [['node.exe'], 'NODE_EXTRA_CA_CERTS'],
  [['git', 'git-remote-http'], 'GIT_SSL_CAINFO'],
  [['fetch.py', 'python3.11'], 'REQUESTS_CA_BUNDLE'],
  [['pip', 'python3.11'], 'PIP_CERT'],
  [['curl'], 'CURL_CA_BUNDLE'],
  [['aws', 'python3.12'], 'AWS_CA_BUNDLE'],
  [['cargo'], 'CARGO_HTTP_CAINFO'],
  [['deno'], 'DENO_CERT'],
  [['mvn', 'java'], 'JAVA_TOOL_OPTIONS'],
  [['terraform'], 'SSL_CERT_FILE'],
  [[], 'SSL_CERT_FILE'],
]

for (const [names, first] of CASES)
  void t.test(`${names.join(' and ') || 'nobody'} reads ${first}`, async (t) => {
    const likely = likelyVariables(names)
    t.equal(likely[0], first)
    t.ok(likely.includes('SSL_CERT_FILE'), 'the common one comes last')
    t.equal(new Set(likely).size, likely.length, 'none twice')
  })

void t.test('a name that only begins like a known one is not known', async (t) => {
  t.strictSame(likelyVariables(['nodemon2', 'gitter', 'curlew']), ['SSL_CERT_FILE'])
})
