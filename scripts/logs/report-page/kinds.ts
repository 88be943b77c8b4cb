/** What the page says of verdicts and of moments of the tunnel, and the few kinds of moments its marks stand for. */

import type { FlowVerdict, PopMoment } from '../../../agent/log/report/report.js'

/** The meaning of each verdict. */
export const VERDICT_WORDS: Readonly<Record<FlowVerdict, string>> = {
  nsProxy: 'Steered through the tunnel as web traffic',
  'app-fw': 'Steered through the tunnel as other traffic',
  tunneled: 'Steered through the tunnel; early clients do not say as what',
  'pinned-tunnel': 'Certificate-pinned app, through the tunnel but let pass there',
  'exception-host': 'Excepted domain',
  'exception-ip': 'Excepted address',
  'firewall-ip': 'Firewall exception',
  'private-ip': 'Private address',
  'pinned-direct': 'Certificate-pinned app, sent directly',
  'blocked-pinned': 'Certificate-pinned app, blocked',
  'blocked-udp': 'UDP, blocked so that QUIC falls back to TCP',
}

/** What a moment means for the tunnel. */
export const MOMENT_KINDS = ['up', 'down', 'step'] as const

/** One of the three. */
export type MomentKind = (typeof MOMENT_KINDS)[number]

/** Kind of each moment, and its words. */
export const MOMENT_WORDS: Readonly<Record<PopMoment['what'], readonly [kind: MomentKind, words: string]>> = {
  connecting: ['step', 'connecting'],
  resolved: ['step', 'gateway found'],
  rtt: ['step', 'round trip measured'],
  'network-changed': ['step', 'network changed'],
  connected: ['up', 'connected'],
  established: ['up', 'tunnel established'],
  enabled: ['up', 'client enabled'],
  'resolve-failed': ['down', 'gateway not found'],
  'connect-failed': ['down', 'connecting failed'],
  'keep-alive-failed': ['down', 'keep-alive lost'],
  closed: ['down', 'tunnel closed'],
  disconnected: ['down', 'disconnected'],
  disabled: ['down', 'client disabled'],
  'captive-portal': ['down', 'captive portal'],
}
