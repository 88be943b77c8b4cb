// Pure: what becomes of a verdict while the tunnel is down: fail-open lets steered traffic go, fail-close refuses it
// (client-behaviour 6). `explain` asks this; the running agent has no such state yet: its flows wait for the tunnel.

import type { RuleRef, Verdict } from '../flow.js'
import { bypass, nameOf, type Question, ruleForAddress, ruleForHost } from './question.js'

const FAIL_CLOSE: RuleRef = { file: 'nsconfig.json', path: '$.failClose.fail_close' }

/** The kinds of bypass that are exceptions, and so are blocked too when failing closed on-prem. */
const EXCEPTIONS: ReadonlySet<string> = new Set([
  'application',
  'exception-host',
  'exception-ip',
  'pinned',
  'source-location',
  'dns',
])

/** The verdict as it holds with the tunnel as it is. */
export function withTunnelState(question: Question, verdict: Verdict): Verdict {
  const { situation, policy } = question
  if (situation.tunnel === 'up') return verdict
  if (verdict.action === 'tunnel') return policy.failClose ? failClosed(question) : failOpen(question)
  const isException = verdict.action === 'bypass' && EXCEPTIONS.has(verdict.kind)
  return policy.failClose && situation.location === 'on-prem' && isException ? failClosed(question) : verdict
}

function failClosed({ policy, host, address, flow }: Question): Verdict {
  const listed = ruleForHost(policy.failCloseHosts, host) ?? ruleForAddress(policy.failCloseAddresses, address)
  if (listed !== undefined) {
    const reason = `The tunnel is down and the client fails closed, but ${nameOf(flow)} may pass (${listed.text}).`
    return bypass('fail-close-listed', listed.ref, reason)
  }
  const reason = `The tunnel is down and the client fails closed, so ${nameOf(flow)} is refused.`
  return { action: 'block', kind: 'fail-close', rule: FAIL_CLOSE, reason }
}

function failOpen({ flow }: Question): Verdict {
  const reason = `The tunnel is down and fail_close is off, so ${nameOf(flow)} goes direct.`
  return bypass('fail-open', FAIL_CLOSE, reason)
}
