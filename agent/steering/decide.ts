// Pure: the decision on one flow. No public document states the order of evaluation; this is ours, with the evidence
// (sections of the client-behaviour notes in brackets). The first step that answers wins:
//
//  1. steering none: nothing is steered (steering_method_none and its halves; `steeringNone` in the log) [1.2, 2.1].
//  2. loopback: never leaves the machine, so no driver hands it on [ours].
//  3. the way to the gateway: the tunnel cannot carry itself. All else the client does is steered as any program's:
//     real logs show achecker-<tenant> of stagentsvc tunnelled (LCL, TAB) [2.6].
//  4. blockIPv6: programs fall back to IPv4 (a flag of nsconfig.json; its name is all that is public) [1.2, 2.8].
//  5. DNS: left alone unless it is steered (all mode, `DNS 1` in the log); then a query that cannot be read gets no
//     exception, and DNS and application exceptions hold by name and type [2.1, 2.3, 2.8].
//  6. UDP 443 is blocked where TCP would be steered: the client blocks QUIC so that browsers fall back to TCP (C928)
//     [2.8]. Before all exceptions, because nsconfig.json has `supportUDPExceptions` and its seen value is "0" [1.2].
//     Then, with checkSNI, or where services that share addresses were seen at this one (nsoverlap.json), the flow waits
//     for its ClientHello and goes by the name in it (DW network-configuration) [1.1, 2.2].
//  7. certificate-pinned apps, by process and host, before domain exceptions: in TAB's real log a host is logged as
//     pinned for processes that own an entry, and as exception host for others [2.5, 2.6].
//  8. application exceptions [2.3].
//  9. exception hosts [2.3, 2.4].
// 10. exception addresses [2.3].
// 11. source locations [2.3].
// 12. local addresses: outside all mode always, in it by exception only (KB; R94 notes) [2.8].
// 13. UDP 443 once more, where supportUDPExceptions let the exceptions speak first [1.2].
// 14. outside what is steered: in mode web other ports than 80, 443 and domain_ports; in mode cloud-apps other domains; in
//     all mode IPv6 that is not web [2.1].
// 15. category exceptions and 16. source countries: steered all the same, with no policy applied [2.3].
// 17. the rest is tunnelled: web to the proxy, all else to the cloud firewall (TAB: `to nsProxy`, `to app-fw`) [2.1].
//
// The order of 8 to 11 among each other is ours: all of them bypass, only the rule that is named differs. What is said
// then holds while the tunnel is up; steps/tunnel-state.ts says what becomes of it when it is down [6].

import type { FlowFacts, Situation, Verdict } from './flow.js'
import type { Policy } from './policy.js'
import {
  application,
  exceptionAddress,
  exceptionHost,
  localAddress,
  pinnedApp,
  sourceLocation,
} from './steps/exceptions.js'
import {
  dns,
  ipv6Blocked,
  loopback,
  ownTunnel,
  quic,
  quicAfterExceptions,
  steeringNone,
} from './steps/never-steered.js'
import { type Judge, type Question, questionOf } from './steps/question.js'
import { category, outOfScope, sourceCountry, steer } from './steps/scope.js'
import { withTunnelState } from './steps/tunnel-state.js'

/** One step: its number and name in the list above. */
export interface Step {
  readonly number: number
  readonly name: string
  readonly judge: Judge
}

const AT_ONCE: readonly Step[] = numbered(1, [
  ['steering none', steeringNone],
  ['loopback', loopback],
  ['way to the gateway', ownTunnel],
  ['IPv6 blocked', ipv6Blocked],
  ['DNS', dns],
  ['QUIC', quic],
])

const BY_NAME: readonly Step[] = numbered(AT_ONCE.length + 1, [
  ['pinned app', pinnedApp],
  ['application exception', application],
  ['exception host', exceptionHost],
  ['exception address', exceptionAddress],
  ['source location', sourceLocation],
  ['local address', localAddress],
  ['QUIC after exceptions', quicAfterExceptions],
  ['out of scope', outOfScope],
  ['category exception', category],
  ['source country', sourceCountry],
  ['steered', steer],
])

/** All steps, in order; the last one always answers. */
export const STEPS: readonly Step[] = [...AT_ONCE, ...BY_NAME]

function numbered(first: number, steps: ReadonlyArray<readonly [name: string, judge: Judge]>): readonly Step[] {
  return steps.map(([name, judge], index) => ({ number: first + index, name, judge }))
}

/** The verdict on a flow; `need-more` = ask again once the first bytes are read (`sniffed` is no longer `no`). */
export function decide(flow: FlowFacts, policy: Policy, situation: Situation): Verdict | 'need-more' {
  const question = questionOf(flow, policy, situation)
  let verdict = firstOf(AT_ONCE, question)
  if (verdict === undefined && waitsForName(question)) return 'need-more'
  // Its last step always answers.
  verdict ??= firstOf(BY_NAME, question) as Verdict
  return withTunnelState(question, verdict)
}

function firstOf(steps: readonly Step[], question: Question): Verdict | undefined {
  for (const { judge } of steps) {
    const verdict = judge(question)
    if (verdict !== undefined) return verdict
  }
  return undefined
}

/** Whether the flow's first bytes may name another host than the host map, or one at all. */
function waitsForName({ flow, policy, host }: Question): boolean {
  if (flow.transport === 'udp' || flow.sniffed !== 'no') return false
  if (policy.checkSni) return flow.host === '' || flow.destination.port === 443
  const { otherHosts = [] } = flow
  const groups = otherHosts.length === 0 ? undefined : policy.overlaps.get(host)
  if (groups === undefined) return false
  return otherHosts.some((other) => policy.overlaps.get(other)?.some((group) => groups.includes(group)))
}
