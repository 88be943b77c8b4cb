// Pure: the decision on one flow. No public document states the order of evaluation; this is ours, with the evidence
// (section numbers of the client-behaviour notes in brackets). The first step that answers wins:
//
// 1. UDP 443 is blocked: the client blocks QUIC so that browsers fall back to TCP (C928) [2.8]. Before all exceptions,
//    because nsconfig.json has `supportUDPExceptions` and its seen value is "0" [1.2].
// 2. With checkSNI the client waits for the ClientHello and goes by its name (DW network-configuration) [2.2].
// 3. Certificate-pinned apps, by process and host, before domain exceptions: in TAB's real log a host is logged as
//    pinned for processes that own an entry, and as exception host for others [2.5, 2.6].
// 4. Exception hosts [2.3, 2.4].
// 5. Exception addresses [2.3].
// 6. Local addresses: always in web mode, by exception only in all mode (KB; R94 notes) [2.8].
// 7. Outside the steered scope: web mode steers ports 80 and 443 and domain_ports only [2.1].
// 8. The rest is tunnelled: web to the proxy, all else to the cloud firewall (TAB: `to nsProxy`, `to app-fw`) [2.1].

import type { BypassKind, FlowFacts, RuleRef, Verdict } from './flow.js'
import type { ListedRule, Policy, RuleList } from './policy.js'

/** The verdict on a flow; `need-more` = ask again once the first bytes are read (`sniffed` is no longer `no`). */
export function decide(flow: FlowFacts, policy: Policy): Verdict | 'need-more' {
  if (isQuic(flow)) return QUIC_BLOCKED
  if (policy.checkSni && mayTellMore(flow)) return 'need-more'
  return (
    pinnedApp(flow, policy) ??
    exceptionHost(flow, policy) ??
    exceptionAddress(flow, policy) ??
    localAddress(flow, policy) ??
    steer(flow, policy)
  )
}

const QUIC_BLOCKED: Verdict = {
  action: 'block',
  kind: 'udp',
  rule: { file: 'built-in', path: 'udp-443' },
  reason: 'UDP port 443 is QUIC, which is blocked so that the program falls back to TCP.',
}

const TRAFFIC_MODE: RuleRef = { file: 'nssteering.json', path: '$.traffic_mode' }

function isQuic(flow: FlowFacts): boolean {
  return flow.transport === 'udp' && flow.destination.port === 443
}

function mayTellMore(flow: FlowFacts): boolean {
  return flow.transport === 'tcp' && flow.sniffed === 'no' && (flow.host === '' || flow.destination.port === 443)
}

function pinnedApp(flow: FlowFacts, policy: Policy): Verdict | undefined {
  const app = policy.pinned.match(flow.process, flow.host)
  if (app === undefined) return undefined
  const owner = `${flow.process} belongs to the pinned app ${app.appName}`
  if (app.action === 'block') {
    return { action: 'block', kind: 'pinned', rule: app.rule, reason: `${owner}, which is blocked.` }
  }
  if (app.action === 'bypass-tunnel') {
    return steer(flow, policy, { rule: app.rule, why: `${owner}, which is bypassed by tunnelling` })
  }
  return bypass('pinned', app.rule, `${owner}, whose domains cover ${nameOf(flow)}.`)
}

function exceptionHost(flow: FlowFacts, policy: Policy): Verdict | undefined {
  const rule = ruleFor(policy.exceptionHosts, flow.host)
  return rule && bypass('exception-host', rule.ref, `${flow.host} is an exception (${rule.text}).`)
}

function exceptionAddress(flow: FlowFacts, policy: Policy): Verdict | undefined {
  const { ip } = flow.destination
  const rule = ruleFor(policy.exceptionAddresses, ip)
  return rule && bypass('exception-ip', rule.ref, `${ip} is an exception (${rule.text}).`)
}

function localAddress(flow: FlowFacts, policy: Policy): Verdict | undefined {
  const { ip } = flow.destination
  const rule = ruleFor(policy.localAddresses, ip)
  return rule && bypass('private-ip', rule.ref, `${ip} is a local address (${rule.text}).`)
}

/** Steps 7 and 8; `pinned` is the app in tunnel mode that sends the flow here, whose rule then is the one named. */
function steer(flow: FlowFacts, policy: Policy, pinned?: { readonly rule: RuleRef; readonly why: string }): Verdict {
  const { port } = flow.destination
  const web = webRule(flow, policy)
  if (web === undefined && policy.trafficMode === 'web') {
    const reason = `Port ${port} is not web traffic, and traffic_mode is web.`
    return bypass('not-steered', TRAFFIC_MODE, reason)
  }
  const why = pinned?.why ?? `No exception covers ${nameOf(flow)}`
  const reason = web
    ? `${why}, and port ${port} is web traffic.`
    : `${why}, and traffic_mode all takes port ${port} too.`
  const via = web ? 'nsProxy' : 'app-fw'
  if (pinned !== undefined) return { action: 'tunnel', via, pinned: true, rule: pinned.rule, reason }
  return { action: 'tunnel', via, rule: web ?? TRAFFIC_MODE, reason }
}

/** The rule that makes the flow web traffic, undefined when none does. Web is TCP: UDP goes to the firewall. */
function webRule(flow: FlowFacts, policy: Policy): RuleRef | undefined {
  const { port } = flow.destination
  if (flow.transport === 'udp') return undefined
  if (port === 80 || port === 443) return TRAFFIC_MODE
  const domains = policy.webPorts.get(port)
  return domains && ruleFor(domains, flow.host)?.ref
}

function ruleFor(list: RuleList<{ match(subject: string): number }>, subject: string): ListedRule | undefined {
  return list.rules[list.matcher.match(subject)]
}

function bypass(kind: BypassKind, rule: RuleRef, reason: string): Verdict {
  return { action: 'bypass', kind, rule, reason }
}

function nameOf(flow: FlowFacts): string {
  return flow.host || flow.destination.ip || 'the destination'
}
