/** What `steerlab check` says of curl, wget, git and Go, each with another TLS library or another look for its roots. */

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fixtureProgram, testCases } from '../support/check-matrix.js'
import { lacking, SEARCH_PATH } from '../support/needs.js'

const PAGE = 'https://box.com/whoami'

testCases({
  curl: {
    sentence: 'OpenSSL, with the bundle of the system or the one its variable names',
    command: () => ['curl', '-sS', PAGE],
    verdict: 'reads-system-store',
    variable: 'CURL_CA_BUNDLE',
    leaves: ['unknown_ca'],
    skip: lacking('capture', 'curl'),
  },
  wget: {
    sentence: 'GnuTLS, which reads the bundle of the system, and no variable; it looks when the handshake is over',
    command: () => ['wget', '-qO-', PAGE],
    verdict: 'reads-system-store',
    leaves: ['closed_without_request'],
    skip: lacking('capture', 'wget'),
  },
  git: {
    sentence: "libcurl with GnuTLS, and a variable of git's own",
    command: () => ['git', 'ls-remote', 'https://github.com/steerlab/hello.git'],
    verdict: 'reads-system-store',
    variable: 'GIT_SSL_CAINFO',
    leaves: ['closed_without_request'],
    skip: lacking('capture', 'git'),
  },
  Go: {
    sentence: "Go's own TLS, which looks where distributions have their roots, and at OpenSSL's variable",
    command: (scratch) => [goProgram(scratch), PAGE],
    verdict: 'reads-system-store',
    variable: 'SSL_CERT_FILE',
    leaves: ['bad_certificate'],
    skip: lacking('capture', 'go'),
  },
})

/** Built with the standard library alone: no network, and nothing of it outside `scratch`. */
function goProgram(scratch: string): string {
  const program = join(scratch, 'fetch')
  const [GOCACHE, GOPATH] = [join(scratch, 'cache'), join(scratch, 'path')]
  const { status, stderr } = spawnSync('go', ['build', '-o', program, fixtureProgram('fetch.go')], {
    env: { PATH: SEARCH_PATH, HOME: scratch, GOCACHE, GOPATH, GO111MODULE: 'off', GOTOOLCHAIN: 'local' },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return program
}
