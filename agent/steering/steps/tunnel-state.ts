// Pure: what becomes of a verdict while the tunnel is down: fail-open lets steered traffic go, fail-close refuses it, but
// for the window in which a user may sign in at a captive portal (client-behaviour 6). A client that the user has disabled
// touches nothing.

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
  if (situation.tunnel === 'disabled') return disabled(question)
  if (verdict.action === 'tunnel') {
    if (!policy.failClose) return failOpen(question)
    return situation.tunnel === 'portal' ? throughPortal(question) : failClosed(question)
  }
  const isException = verdict.action === 'bypass' && EXCEPTIONS.has(verdict.kind)
  return situation.tunnel === 'down' && policy.failClose && situation.location === 'on-prem' && isException
    ? failClosed(question)
    : verdict
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

function throughPortal({ flow }: Question): Verdict {
  const reason = `The tunnel is down behind a captive portal, whose window lets ${nameOf(flow)} go direct.`
  return bypass('captive-portal', { file: 'nsconfig.json', path: '$.failClose.captive_portal_timeout' }, reason)
}

function disabled({ flow }: Question): Verdict {
  const reason = `The user has disabled the client, so ${nameOf(flow)} goes direct.`
  return bypass('client-disabled', { file: 'built-in', path: 'client disabled' }, reason)
}
