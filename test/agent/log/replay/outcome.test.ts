import t from 'tap'
import {
  agreesWithLog,
  difference,
  differenceFromLog,
  type Outcome,
  outcomeOf,
  outcomeWords,
} from '../../../../agent/log/replay/outcome.js'
import type { FlowVerdict } from '../../../../agent/log/report/report.js'
import type { Verdict } from '../../../../agent/steering/flow.js'

const PROXY: Outcome = { action: 'tunnel', via: 'nsProxy' }
const FIREWALL: Outcome = { action: 'tunnel', via: 'app-fw' }
const PINNED: Outcome = { action: 'tunnel', via: 'nsProxy', exempt: 'pinned' }
const CATEGORY: Outcome = { action: 'tunnel', via: 'nsProxy', exempt: 'category' }
const COUNTRY: Outcome = { action: 'tunnel', via: 'nsProxy', exempt: 'source-country' }
const HOST: Outcome = { action: 'bypass', kind: 'exception-host' }
const APPLICATION: Outcome = { action: 'bypass', kind: 'application' }
const PRIVATE: Outcome = { action: 'bypass', kind: 'private-ip' }
const ADDRESS: Outcome = { action: 'bypass', kind: 'exception-ip' }
const DIRECT: Outcome = { action: 'bypass', kind: 'pinned' }
const UNSTEERED: Outcome = { action: 'bypass', kind: 'not-steered' }
const BLOCKED: Outcome = { action: 'block', kind: 'pinned' }
const QUIC: Outcome = { action: 'block', kind: 'udp' }

void t.test('the outcome of a verdict, in words', async (t) => {
  const decided = { rule: { file: 'built-in', path: 'x' }, reason: 'because' } as const
  const cases: [verdict: Verdict, words: string][] = [
    [{ ...decided, action: 'tunnel', via: 'nsProxy' }, 'tunnel nsProxy'],
    [{ ...decided, action: 'tunnel', via: 'app-fw', exempt: 'category' }, 'tunnel app-fw, exempt by category'],
    [{ ...decided, action: 'bypass', kind: 'exception-host' }, 'bypass exception-host'],
    [{ ...decided, action: 'block', kind: 'pinned', device: 'unknown' }, 'block pinned'],
  ]
  for (const [verdict, words] of cases) t.equal(outcomeWords(outcomeOf(verdict)), words)
  t.equal(outcomeWords({ action: 'tunnel' }), 'tunnel', 'of an early line')
  t.strictSame(outcomeOf(cases[0]![0]), PROXY, 'and nothing else')
})

void t.test('what differs between two verdicts', async (t) => {
  const cases: [before: Outcome, after: Outcome, difference: string, why: string][] = [
    [PROXY, PROXY, 'same', 'nothing'],
    [PROXY, FIREWALL, 'changed', 'another way'],
    [PROXY, CATEGORY, 'changed', 'no policy any more'],
    [PINNED, PROXY, 'changed', 'policy from now on'],
    [CATEGORY, COUNTRY, 'kind', 'exempt before and after'],
    [PROXY, HOST, 'changed', 'bypassed'],
    [HOST, PROXY, 'changed', 'steered'],
    [HOST, BLOCKED, 'changed', 'refused'],
    [HOST, HOST, 'same', 'nothing'],
    [HOST, DIRECT, 'kind', 'bypassed for another reason'],
    [HOST, UNSTEERED, 'kind', 'bypassed for no reason at all'],
    [BLOCKED, QUIC, 'kind', 'refused for another reason'],
  ]
  for (const [before, after, expected, why] of cases)
    t.equal(difference(before, after), expected, `${outcomeWords(before)} -> ${outcomeWords(after)}: ${why}`)
})

/** The log's verdict, the outcome, how they differ, and whether the line could be of that outcome. */
const AGAINST_LOG: [logged: FlowVerdict, after: Outcome, difference: string, agrees: boolean][] = [
  ['nsProxy', PROXY, 'same', true],
  ['nsProxy', FIREWALL, 'changed', false],
  ['nsProxy', CATEGORY, 'untold', true],
  ['nsProxy', PINNED, 'changed', false],
  ['nsProxy', HOST, 'changed', false],
  ['app-fw', FIREWALL, 'same', true],
  ['app-fw', PROXY, 'changed', false],
  ['tunneled', PROXY, 'same', true],
  ['tunneled', FIREWALL, 'same', true],
  ['tunneled', BLOCKED, 'changed', false],
  ['pinned-tunnel', PINNED, 'same', true],
  ['pinned-tunnel', PROXY, 'changed', false],
  ['pinned-tunnel', CATEGORY, 'changed', false],
  ['pinned-tunnel', DIRECT, 'changed', false],
  ['pinned-direct', DIRECT, 'same', true],
  ['pinned-direct', HOST, 'kind', false],
  ['exception-host', HOST, 'same', true],
  ['exception-host', APPLICATION, 'kind', true],
  ['exception-host', DIRECT, 'kind', false],
  ['exception-host', UNSTEERED, 'kind', false],
  ['exception-ip', ADDRESS, 'same', true],
  ['exception-ip', PRIVATE, 'kind', true],
  ['firewall-ip', ADDRESS, 'same', true],
  ['firewall-ip', PROXY, 'changed', false],
  ['private-ip', PRIVATE, 'same', true],
  ['private-ip', ADDRESS, 'kind', false],
  ['blocked-pinned', BLOCKED, 'same', true],
  ['blocked-pinned', QUIC, 'kind', false],
  ['blocked-udp', QUIC, 'same', true],
  ['blocked-udp', HOST, 'changed', false],
]

void t.test('what differs from what the log says, and whether it could say so', async (t) => {
  for (const [logged, after, expected, agrees] of AGAINST_LOG) {
    t.equal(differenceFromLog(logged, after), expected, `${logged} -> ${outcomeWords(after)}`)
    t.equal(
      agreesWithLog(logged, after),
      agrees,
      `${logged} ${agrees ? 'is' : 'is not'} a line of ${outcomeWords(after)}`,
    )
  }
})
