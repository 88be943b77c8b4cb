/** Each verdict in words: what is said, and what is not. */

import t from 'tap'
import { CHECK_VERDICTS, type CheckVerdict } from '../../../scripts/check/conclusion.js'
import { concludedFrom } from '../../../scripts/check/conclusion-text.js'
import type { RunName } from '../../../scripts/check/evidence.js'
import type { Findings } from '../../../scripts/check/findings.js'
import { pinnedCommand, pinnedEntries } from '../../../scripts/check/pinned-entries.js'
import { findingsOf, OFFLINE, PASSED, refusing, runOf, runsOf, type Unusual } from '../../support/check-runs.js'

const REFUSES = refusing()
const LEAVES = refusing('closed_without_request', 1)
const FAILS: Unusual = { exit: 7 }
const HUNG: Unusual = { exit: 143, timedOut: true, durationMs: 60_000 }
const EXCEPTED: Unusual = { hosts: [{ host: 'zoom.us', verdict: 'bypass', rule: 'nsexception.json $.names[0]' }] }
const PROGRAM = { app: 'tool', processes: ['tool'], hosts: ['box.com'] }
const PINNED = { pinned: { entries: pinnedEntries(PROGRAM), command: pinnedCommand(PROGRAM) } }

interface Case {
  readonly verdict: CheckVerdict
  readonly runs: Partial<Record<RunName, Unusual>>
  readonly found?: Partial<Findings>
  /** All of these are in the text and the advice together. */
  readonly says: readonly RegExp[]
  readonly never?: readonly RegExp[]
}

const CASES: readonly Case[] = [
  {
    verdict: 'works-as-is',
    runs: {},
    says: [/^tool works under inspection/, /does not check certificates/, / 1 request in clear/],
  },
  { verdict: 'works-as-is', runs: { none: { requests: 2 } }, says: [/ 2 requests in clear/] },
  {
    verdict: 'reads-system-store',
    runs: { none: REFUSES, env: REFUSES },
    says: [
      /store of certificates/,
      /exit code 60 \(box\.com: unknown_ca\)/,
      /variables do not help/,
      /steerlab ca export/,
    ],
    never: [/SSL_CERT_FILE/, /cacerts/],
  },
  {
    verdict: 'reads-system-store',
    runs: { none: REFUSES, store: { processes: ['java'] } },
    says: [/Install the tenant's root in the system's store/, /keytool -importcert -cacerts/],
  },
  {
    verdict: 'reads-system-store',
    runs: { none: REFUSES },
    found: { variable: 'PIP_CERT' },
    says: [/environment does it too: PIP_CERT\./, /Or set PIP_CERT=FILE/, /system's roots and the tenant's/],
  },
  {
    verdict: 'reads-environment',
    runs: { none: REFUSES, store: REFUSES },
    found: { variable: 'NODE_EXTRA_CA_CERTS' },
    says: [/NODE_EXTRA_CA_CERTS\. Without it, it ended/, /Set NODE_EXTRA_CA_CERTS=FILE/, /added to the program's own/],
    never: [/takes the place/],
  },
  {
    verdict: 'reads-environment',
    runs: { none: REFUSES, store: REFUSES },
    found: { variable: 'JAVA_TOOL_OPTIONS' },
    says: [/-Djavax\.net\.ssl\.trustStore=FILE/],
  },
  {
    verdict: 'reads-environment',
    runs: { none: REFUSES, store: REFUSES },
    found: { variable: null },
    says: [/several variables of SSL_CERT_FILE, PIP_CERT together/, /Set them to FILE/],
  },
  {
    verdict: 'reads-environment',
    runs: { none: REFUSES, store: REFUSES },
    says: [/one or more of the 2 that were set; which was not looked for\./, /check with --which/],
    never: [/FILE/],
  },
  {
    verdict: 'pins-certificates',
    runs: { none: REFUSES, env: LEAVES, store: LEAVES },
    found: PINNED,
    says: [
      /it pins certificates\. With trust/,
      /closed_without_request/,
      /"processName":"tool"/,
      /^steerlab config edit add-pinned .*box\.com$/m,
    ],
    never: [/list of authorities/],
  },
  {
    verdict: 'pins-certificates',
    runs: { none: REFUSES, env: REFUSES, store: REFUSES },
    found: PINNED,
    says: [/or has a list of authorities/, /option for a file of authorities/, /"app_domains":\["box\.com"\]/],
  },
  {
    verdict: 'pins-certificates',
    runs: { none: LEAVES, env: LEAVES, store: LEAVES },
    says: [/or has a list of authorities/],
    never: [/nsbypass/],
  },
  {
    verdict: 'breaks-inspected',
    runs: { none: FAILS, env: FAILS, store: { ...FAILS, denied: [{ host: 'box.com', why: 'Uploads are blocked.' }] } },
    found: PINNED,
    says: [/refuses no certificate/, /exit code 7/, /The gateway refused: Uploads are blocked\./, /add-pinned/],
  },
  {
    verdict: 'breaks-inspected',
    runs: { none: HUNG, env: HUNG, store: HUNG },
    says: [/not end within 60 s/, /refused nothing either/],
  },
  {
    verdict: 'not-web-tls',
    runs: { none: PASSED, env: PASSED, store: PASSED },
    says: [/decrypts nothing/, /begins like SSH/],
  },
  {
    verdict: 'not-web-tls',
    runs: { none: { requests: 0, accepted: [], plainRequests: 3 } },
    says: [/Requests over plain HTTP: 3\./],
    never: [/first run failed/],
  },
  {
    verdict: 'not-web-tls',
    runs: { none: FAILS, env: PASSED, store: PASSED },
    says: [/Its first run failed/, /begins like SSH/],
  },
  {
    verdict: 'not-steered',
    runs: { none: EXCEPTED, env: EXCEPTED, store: EXCEPTED },
    says: [/none of its flows goes to the gateway: zoom\.us \(nsexception\.json \$\.names\[0\]\)/],
  },
  {
    verdict: 'no-network',
    runs: { plain: OFFLINE, none: OFFLINE, env: OFFLINE, store: OFFLINE, bypassed: OFFLINE },
    says: [/does not use the network/],
  },
  { verdict: 'unsteady', runs: { bypassed: FAILS }, says: [/contradict/, /plain works, .* bypassed fails/] },
]

for (const { verdict, runs, found = {}, says, never = [] } of CASES)
  void t.test(`${verdict}, as in ${says[0]?.source}`, async (t) => {
    const conclusion = concludedFrom(findingsOf(runsOf(runs), found))
    const words = [conclusion.text, ...conclusion.advice].join('\n')
    t.equal(conclusion.verdict, verdict)
    for (const said of says) t.match(words, said)
    for (const unsaid of never) t.notMatch(words, unsaid)
    t.notMatch(words, /undefined|null|NaN|\.\.|{}/)
  })

void t.test('breaks-anyway: what to do depends on the world', async (t) => {
  const runs = { plain: runOf('plain', FAILS) }
  const real = concludedFrom(findingsOf(runs))
  t.match(real, { verdict: 'breaks-anyway', text: /fails without inspection too: it ended with exit code 7\. / })
  t.equal(real.advice.length, 1)
  t.match(concludedFrom(findingsOf(runs, { lab: true })).advice, [/Mend/, /only the hosts of the mock internet/])
})

void t.test('every verdict has its words here', async (t) => {
  const told = new Set(['breaks-anyway', ...CASES.map(({ verdict }) => verdict)])
  t.strictSame([...told].sort(), [...CHECK_VERDICTS].sort())
})
