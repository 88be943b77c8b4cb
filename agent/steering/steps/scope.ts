// Pure: the last steps of the decision: is the flow within what is steered, and is its policy applied.

import { isIPv6 } from 'node:net'
import type { RuleRef, TunnelVerdict, Verdict } from '../flow.js'
import { bypass, isDns, nameOf, type Question, ruleForHost, WEB_PORTS } from './question.js'

/** What is not steered: other ports, other apps, and in all mode IPv6 that is not web (client-behaviour 2.1). */
export function outOfScope(question: Question): Verdict | undefined {
  const steered = steer(question)
  return steered.action === 'tunnel' ? undefined : steered
}

/** A category exception: steered all the same, and no policy applied. */
export function category(question: Question): Verdict | undefined {
  const { half, host } = question
  const rule = host === '' ? undefined : ruleForHost(half.categories, host)
  if (rule === undefined) return undefined
  const reason = `${host} is of the category ${rule.category} (${rule.text}): steered, and no policy is applied.`
  return { ...steered(question), exempt: 'category', rule: rule.ref, reason }
}

/** A source country exception: steered all the same, and no policy applied. */
export function sourceCountry(question: Question): Verdict | undefined {
  const { half, situation } = question
  const rule = half.sourceCountries.get(situation.country)
  if (rule === undefined) return undefined
  const reason = `The endpoint is in ${situation.country}: steered, and no policy is applied.`
  return { ...steered(question), exempt: 'source-country', rule: rule.ref, reason }
}

/** Steered, or not steered at all; no exception is asked. */
export function steer(question: Question): Verdict {
  const { flow, half } = question
  const { port } = flow.destination
  if (half.mode === 'cloud-apps') return cloudApp(question)
  const web = webRule(question)
  if (web !== undefined)
    return tunnel('nsProxy', web, `No exception covers ${nameOf(flow)}, and port ${port} is web traffic.`)
  if (half.mode === 'web')
    return bypass('not-steered', half.modeRule, `Port ${port} is not web traffic, and traffic_mode is web.`)
  if (isIPv6(flow.destination.ip) && !isDns(question))
    return bypass('not-steered', half.modeRule, `${flow.destination.ip} is IPv6, of which only web traffic is steered.`)
  return tunnel(
    'app-fw',
    half.modeRule,
    `No exception covers ${nameOf(flow)}, and traffic_mode all takes port ${port} too.`,
  )
}

function cloudApp(question: Question): Verdict {
  const { flow, half, host } = question
  const rule = ruleForHost(half.cloudApps, host)
  if (rule === undefined)
    return bypass('not-steered', half.modeRule, `${nameOf(flow)} belongs to no cloud app that is steered.`)
  const { port } = flow.destination
  if (webRule(question) === undefined)
    return bypass('not-steered', half.modeRule, `Port ${port} is not web traffic, and traffic_mode is cloud-apps.`)
  return tunnel(
    'nsProxy',
    rule.ref,
    `No exception covers ${host}, and it is a cloud app that is steered (${rule.text}).`,
  )
}

/** Reached only behind `outOfScope`, which has answered for what is not steered. */
function steered(question: Question): TunnelVerdict {
  return steer(question) as TunnelVerdict
}

function tunnel(via: TunnelVerdict['via'], rule: RuleRef, reason: string): TunnelVerdict {
  return { action: 'tunnel', via, rule, reason }
}

/** The rule that makes the flow web traffic, undefined when none does. Web is TCP: UDP goes to the firewall. */
function webRule({ flow, half, host }: Question): RuleRef | undefined {
  const { port } = flow.destination
  if (flow.transport === 'udp') return undefined
  if (WEB_PORTS.has(port)) return half.modeRule
  const domains = half.webPorts.get(port)
  return domains && ruleForHost(domains, host)?.ref
}
