// Pure: the first steps of the decision: what never reaches the lists of exceptions.

import { isLoopback } from '../address.js'
import type { RuleRef, Verdict } from '../flow.js'
import { excepted } from './excepted.js'
import { bypass, isDns, isLocal, nameOf, type Question, ruleForHost } from './question.js'
import { steer } from './scope.js'

const LOOPBACK: RuleRef = { file: 'built-in', path: 'loopback' }
const BLOCK_IPV6: RuleRef = { file: 'nsconfig.json', path: '$.blockIPv6' }
const BLOCK_DNS_TCP: RuleRef = { file: 'nsconfig.json', path: '$.blockDnsTCP' }
const STEER_DNS: RuleRef = { file: 'nssteering.json', path: '$.steer_dns' }
const UNREADABLE_DNS: RuleRef = { file: 'built-in', path: 'unreadable-dns' }
const QUIC: RuleRef = { file: 'built-in', path: 'udp-443' }

/** Steering method none. */
export function steeringNone({ half, flow }: Question): Verdict | undefined {
  if (half.mode !== 'none') return undefined
  return bypass('not-steered', half.modeRule, `Steering is off, so ${nameOf(flow)} is left alone.`)
}

/** Loopback: a flow that never leaves the machine. */
export function loopback({ flow }: Question): Verdict | undefined {
  const { ip } = flow.destination
  if (!isLoopback(ip)) return undefined
  return bypass('not-steered', LOOPBACK, `${ip} is this machine itself.`)
}

/** The way to the gateway: the tunnel cannot go through itself. */
export function ownTunnel({ policy, host }: Question): Verdict | undefined {
  const rule = host === '' ? undefined : ruleForHost(policy.gateways, host)
  return rule && bypass('not-steered', rule.ref, `${host} is where the tunnel itself goes.`)
}

/** IPv6 switched off, so that programs fall back to IPv4. */
export function ipv6Blocked({ policy, address }: Question): Verdict | undefined {
  if (!policy.blockIpv6 || typeof address !== 'bigint') return undefined
  return { action: 'block', kind: 'ipv6', rule: BLOCK_IPV6, reason: 'blockIPv6 is on, so programs fall back to IPv4.' }
}

/** DNS: left alone unless it is steered, and then with exceptions of its own. */
export function dns(question: Question): Verdict | undefined {
  if (!isDns(question)) return undefined
  const { flow, half, policy } = question
  if (flow.transport === 'tcp' && policy.blockDnsTcp)
    return { action: 'block', kind: 'dns-tcp', rule: BLOCK_DNS_TCP, reason: 'blockDnsTCP is on: DNS goes over UDP.' }
  if (!half.steersDns) {
    const reason = `Port ${flow.destination.port} is DNS, which is steered in mode all with steer_dns only, and not on-prem.`
    return bypass('not-steered', STEER_DNS, reason)
  }
  const { query } = flow
  if (query === undefined) return undefined
  if (query === 'unreadable') {
    const reason = 'The DNS query cannot be read, so no exception is applied to it.'
    return { action: 'tunnel', via: 'app-fw', rule: UNREADABLE_DNS, reason }
  }
  const rule = half.dns.match(query)
  if (rule !== undefined)
    return bypass('dns', rule.ref, `The ${query.type} query for ${query.name} is a DNS exception (${rule.text}).`)
  const application = half.applications.rules[half.applications.matcher.match(query.name)]
  if (!application?.dnsToo) return undefined
  const reason = `${query.name} belongs to ${application.application}, DNS included.`
  return excepted(question, 'application', application.ref, reason)
}

/** UDP 443 before all exceptions. */
export function quic(question: Question): Verdict | undefined {
  return question.policy.udpExceptions ? undefined : blockedQuic(question)
}

/** UDP 443 that no exception covers, where exceptions hold for UDP. */
export function quicAfterExceptions(question: Question): Verdict | undefined {
  return blockedQuic(question)
}

/** Blocked is what would be steered over TCP: that is what the program shall fall back to. */
function blockedQuic(question: Question): Verdict | undefined {
  const { flow } = question
  if (flow.transport !== 'udp' || flow.destination.port !== 443) return undefined
  const overTcp = steer({ ...question, flow: { ...flow, transport: 'tcp' } })
  if (overTcp.action !== 'tunnel' || isLocal(question)) return undefined
  const reason = 'UDP port 443 is QUIC, which is blocked so that the program falls back to TCP.'
  return { action: 'block', kind: 'udp', rule: QUIC, reason }
}
