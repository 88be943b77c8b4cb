// Pure: the verdict of an exception, of whatever kind: bypassed here, or left to the cloud.

import type { BypassKind, RuleRef, Verdict } from '../flow.js'
import { bypass, isLocal, type Question, WEB_PORTS } from './question.js'
import { steer } from './scope.js'

/**
 * An exception's verdict: bypassed here, or, where exceptions are left to the cloud, tunnelled and bypassed there. What would
 * not be steered without it stays here, but for a host exception outside the cloud apps on macOS, which goes to the cloud;
 * on Windows it does not (client-behaviour 6).
 */
export function excepted(question: Question, kind: BypassKind, rule: RuleRef, reason: string): Verdict {
  const { half, policy, flow } = question
  if (half.bypassAt === 'client' || isLocal(question)) return bypass(kind, rule, reason)
  const steered = steer(question)
  const goesAnyhow =
    policy.os === 'macos' &&
    kind === 'exception-host' &&
    half.mode === 'cloud-apps' &&
    WEB_PORTS.has(flow.destination.port)
  if (steered.action !== 'tunnel' && !goesAnyhow) return bypass(kind, rule, reason)
  const via = steered.action === 'tunnel' ? steered.via : 'nsProxy'
  const exempt = kind === 'pinned' ? 'pinned' : 'cloud-bypass'
  return { action: 'tunnel', via, exempt, rule, reason: `${reason} Here exceptions are left to the cloud.` }
}
