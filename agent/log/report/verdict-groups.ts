// Pure: the three answers to "steered or not". A pinned app in tunnel mode counts as bypassed: its flow goes through the
// tunnel and is let pass there, unread.

import { FLOW_VERDICTS, type FlowVerdict } from './report.js'

/** The groups. */
export const FLOW_GROUPS = ['tunneled', 'bypassed', 'blocked'] as const

/** One of the groups. */
export type FlowGroup = (typeof FLOW_GROUPS)[number]

/** The group of each verdict. */
export const GROUP_OF: Readonly<Record<FlowVerdict, FlowGroup>> = {
  nsProxy: 'tunneled',
  'app-fw': 'tunneled',
  tunneled: 'tunneled',
  'pinned-tunnel': 'bypassed',
  'exception-host': 'bypassed',
  'exception-ip': 'bypassed',
  'firewall-ip': 'bypassed',
  'private-ip': 'bypassed',
  'pinned-direct': 'bypassed',
  'blocked-pinned': 'blocked',
  'blocked-udp': 'blocked',
}

/** The verdicts a word means: one verdict or the group of that name; undefined for any other word. */
export function verdictsNamed(word: string): readonly FlowVerdict[] | undefined {
  const meant = FLOW_VERDICTS.filter((verdict) => verdict === word || GROUP_OF[verdict] === word)
  return meant.length === 0 ? undefined : meant
}
