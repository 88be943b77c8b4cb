// Pure: the middle steps of the decision: pinned apps and the exceptions a client makes itself (client-behaviour 2.3).

import { parseAddressKey } from '../address.js'
import type { BlockVerdict, Verdict } from '../flow.js'
import type { PinnedEntry } from '../match-pinned.js'
import { excepted } from './excepted.js'
import { bypass, isLocal, nameOf, type Question, ruleForAddress, ruleForHost } from './question.js'
import { steer } from './scope.js'

/** A certificate-pinned app: the process, and but for block and managed devices the host. */
export function pinnedApp(question: Question): Verdict | undefined {
  const { flow, half, host, situation } = question
  const match = half.pinned.matchName(flow.process, host)
  if (match === undefined) return undefined
  const { entry, tunnelled } = match
  const owner = `${flow.process} belongs to the pinned app ${entry.appName}`
  if (entry.action === 'block') return blocked(entry, `${owner}, which is blocked.`)
  if (entry.action === 'bypass-managed') {
    const device = situation.device
    const when = `${owner}, which is bypassed on managed devices only; this one is ${device}`
    if (device !== 'managed') return { ...blocked(entry, `${when}.`), device }
    return { ...pinnedBypass(question, entry, tunnelled, `${when}.`), device }
  }
  return pinnedBypass(question, entry, tunnelled, `${owner}, whose domains cover ${nameOf(flow)}.`)
}

function blocked({ rule, appName }: PinnedEntry, reason: string): BlockVerdict {
  return { action: 'block', kind: 'pinned', rule, reason, app: appName }
}

/** In tunnel mode the flow is tunnelled and not decrypted, but for what would not be steered anyway and what is local. */
function pinnedBypass(question: Question, { rule }: PinnedEntry, tunnelled: boolean, reason: string): Verdict {
  if (!tunnelled) return excepted(question, 'pinned', rule, reason)
  const steered = steer(question)
  if (steered.action !== 'tunnel') return steered
  if (isLocal(question)) return bypass('pinned', rule, reason)
  return { action: 'tunnel', via: steered.via, exempt: 'pinned', rule, reason: `${reason} Its mode is tunnel.` }
}

/** An application exception. */
export function application(question: Question): Verdict | undefined {
  const { half, host } = question
  const rule = host === '' ? undefined : ruleForHost(half.applications, host)
  if (rule === undefined) return undefined
  const reason = `${host} belongs to the application exception ${rule.application} (${rule.text}).`
  return excepted(question, 'application', rule.ref, reason)
}

/** A domain exception. */
export function exceptionHost(question: Question): Verdict | undefined {
  const { half, host } = question
  const rule = ruleForHost(half.exceptionHosts, host)
  if (rule === undefined) return undefined
  return excepted(question, 'exception-host', rule.ref, `${host} is an exception (${rule.text}).`)
}

/** A destination exception: address, CIDR, range. */
export function exceptionAddress(question: Question): Verdict | undefined {
  const { half, flow, address } = question
  const rule = ruleForAddress(half.exceptionAddresses, address)
  if (rule === undefined) return undefined
  const reason = `${flow.destination.ip} is an exception (${rule.text}).`
  return excepted(question, 'exception-ip', rule.ref, reason)
}

/** A source location: where the endpoint's own address lies. */
export function sourceLocation(question: Question): Verdict | undefined {
  const { half, flow } = question
  if (half.sourceLocations.rules.length === 0) return undefined
  const rule = ruleForAddress(half.sourceLocations, parseAddressKey(flow.source.ip))
  if (rule === undefined) return undefined
  const reason = `${flow.source.ip}, where the flow comes from, is a source exception (${rule.text}).`
  return excepted(question, 'source-location', rule.ref, reason)
}

/** A local address: always outside all mode, by exception in it. */
export function localAddress(question: Question): Verdict | undefined {
  const { half, flow, address } = question
  const rule = ruleForAddress(half.localAddresses, address)
  if (rule === undefined) return undefined
  const reason = `${flow.destination.ip} is a local address (${rule.text}).`
  return bypass('private-ip', rule.ref, reason)
}
