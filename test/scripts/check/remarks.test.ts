/** What is said beside a verdict, and when nothing is. */

import t from 'tap'
import type { CheckVerdict } from '../../../scripts/check/conclusion.js'
import type { RunName } from '../../../scripts/check/evidence.js'
import type { Findings } from '../../../scripts/check/findings.js'
import { remarksOn } from '../../../scripts/check/remarks.js'
import { findingsOf, PASSED, refusing, runsOf, type Unusual } from '../../support/check-runs.js'

const SILENT = refusing('unknown_ca', 0)
const ONE_OF_TWO: Unusual = { refusals: [{ host: 'x.com', alert: 'unknown_ca', count: 1 }] }
const DENIED: Unusual = { denied: [{ host: 'x.com', why: 'Uploads are blocked.' }] }
const ZOOM = { host: 'zoom.us', verdict: 'bypass', rule: 'nsexception.json $.names[0]' } as const

function remarks(
  runs: Partial<Record<RunName, Unusual>>,
  verdict: CheckVerdict = 'works-as-is',
  found: Partial<Findings> = {},
) {
  return remarksOn(findingsOf(runsOf(runs), found), verdict)
}

void t.test('there is nothing to say of a program that simply works or simply fails', async (t) => {
  t.strictSame(remarks({}), [])
  t.strictSame(remarks({ none: refusing(), env: refusing() }, 'reads-system-store'), [])
})

void t.test('an exit code that hides a failure is told', async (t) => {
  t.match(remarks({ none: SILENT }), [/exit code says nothing: in none it was 0.*\(a cache\)\.$/])
  t.match(remarks({ none: SILENT, env: SILENT, store: SILENT }), [/in none, env and store it was 0/])
})

void t.test('a host that was refused is told, of a run that works', async (t) => {
  t.match(remarks({ store: ONE_OF_TWO }), [/In store it works and refuses the certificate of x\.com/])
  t.strictSame(remarks({ store: { ...ONE_OF_TWO, exit: 1 } }), [])
})

void t.test('what was passed on is told once, unless the verdict is about it', async (t) => {
  const all = { none: PASSED, env: PASSED, store: PASSED }
  t.match(remarks(all, 'works-as-is'), [/^Not decrypted: box\.com\. It is not web traffic/])
  t.strictSame(remarks(all, 'not-web-tls'), [])
})

void t.test('what the gateway refused is told once, unless the verdict is about it', async (t) => {
  const all = { none: DENIED, env: DENIED, store: DENIED }
  t.strictSame(remarks(all), ['Refused by the gateway: x.com. Uploads are blocked.'])
  t.strictSame(remarks(all, 'breaks-inspected'), [])
})

void t.test('exceptions that stand at home are told', async (t) => {
  t.match(remarks({}, 'works-as-is', { notSteeredAtHome: [ZOOM] }), [
    /this home has zoom\.us bypassed already \(nsexception\.json \$\.names\[0\]\).*--as-configured/,
  ])
})

void t.test('checked as configured, what was not steered is told', async (t) => {
  const asConfigured = { notSteeredAtHome: undefined }
  t.strictSame(remarks({ none: { hosts: [ZOOM] } }, 'works-as-is', asConfigured), [
    'Not steered: zoom.us, bypassed by nsexception.json $.names[0].',
  ])
  t.strictSame(remarks({}, 'works-as-is', asConfigured), [])
})

void t.test('of a program with many hosts some are told', async (t) => {
  const notSteeredAtHome = Array.from({ length: 40 }, (_, n) => ({ ...ZOOM, host: `h${n}.com` }))
  t.equal(remarks({}, 'works-as-is', { notSteeredAtHome }).length, 5)
})

void t.test('variables that the caller has set are told: elsewhere they may not be', async (t) => {
  t.match(remarks({}, 'works-as-is', { inherited: ['CURL_CA_BUNDLE', 'SSL_CERT_FILE'] }), [
    /^This environment sets CURL_CA_BUNDLE and SSL_CERT_FILE already/,
  ])
})
