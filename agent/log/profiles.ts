// Pure: the built-in profiles. The places (file and line) are those of section 2 of the reference, its table 2.15
// above all; where a build's place is not public, one is chosen here and kept, marked invented.

import type { Certainty, EventType, MessageForm } from './message-forms.js'
import { CURRENT_FORMS, EARLY_FORMS } from './message-forms.js'
import type { Profile, ProfileMessage, ProfileName } from './profile.js'

type Place = readonly [file: string, line: number, certainty: Certainty, source: string]

const OURS = 'not public, ours'

function messages(
  places: Readonly<Record<EventType, Place>>,
  forms: Readonly<Record<EventType, MessageForm>> = CURRENT_FORMS,
): Readonly<Record<EventType, ProfileMessage>> {
  const entries = Object.entries(places) as [EventType, Place][]
  return Object.fromEntries(
    entries.map(([type, [file, line, certainty, source]]) => [
      type,
      { form: forms[type], file, line, certainty, source },
    ]),
  ) as Record<EventType, ProfileMessage>
}

/** Windows in 2019, before R91 and GSLB: numeric levels, early forms. */
const WINDOWS_2019: Profile = {
  name: 'windows-2019',
  style: { precision: 3, levels: 'number', eol: '\r\n' },
  process: 'stAgentSvc',
  idsInFours: true,
  messages: messages(
    {
      'user-agent': ['config.cpp', 302, 'invented', OURS],
      'client-location': ['tunnelMgr.cpp', 1418, 'invented', OURS],
      'tunnel-connecting': ['tunnel.cpp', 694, 'observed', 'COM [28]'],
      'gateway-resolved': ['nsssl.cpp', 1217, 'observed', 'COM'],
      'tunnel-connected': ['tunnel.cpp', 729, 'observed', 'COM'],
      'tunnel-established': ['tunnel.cpp', 736, 'invented', OURS],
      'tunnel-connect-failed': ['nsssl.cpp', 1241, 'invented', OURS],
      'tunnel-closed': ['tunnel.cpp', 341, 'invented', OURS],
      'tunnel-disconnecting': ['tunnel.cpp', 218, 'invented', OURS],
      'flow-tunneled': ['tunnel.cpp', 618, 'observed', 'founding document; DW [43]'],
      'bypass-exception-host': ['bypassAppMgr.cpp', 371, 'inferred', 'founding document: macOS 2018'],
      'bypass-exception-ip': ['exceptionMgr.cpp', 228, 'invented', OURS],
      'bypass-pinned': ['bypassAppMgr.cpp', 298, 'invented', OURS],
      'bypass-private-ip': ['bypassAppMgr.cpp', 389, 'invented', OURS],
      'drop-pinned': ['bypassAppMgr.cpp', 307, 'invented', OURS],
      'block-udp': ['bypassAppMgr.cpp', 455, 'invented', OURS],
    },
    { ...CURRENT_FORMS, ...EARLY_FORMS },
  ),
}

/** Windows around release 114 (2024): the release whose places are best known. */
const WINDOWS_R114: Profile = {
  name: 'windows-r114',
  style: { precision: 3, levels: 'word', eol: '\r\n' },
  process: 'stAgentSvc',
  idsInFours: true,
  messages: messages({
    'user-agent': ['config.cpp', 412, 'invented', OURS],
    'client-location': ['tunnelMgr.cpp', 2204, 'observed', 'TAB [63]'],
    'tunnel-connecting': ['tunnel.cpp', 1031, 'invented', OURS],
    'gateway-resolved': ['nsssl.cpp', 1386, 'invented', OURS],
    'tunnel-connected': ['tunnel.cpp', 1074, 'observed', 'TAB [29]'],
    'tunnel-established': ['tunnel.cpp', 1082, 'invented', OURS],
    'tunnel-connect-failed': ['nsssl.cpp', 1412, 'invented', OURS],
    'tunnel-closed': ['tunnel.cpp', 431, 'invented', OURS],
    'tunnel-disconnecting': ['tunnel.cpp', 292, 'observed', 'TAB [33]'],
    'flow-tunneled': ['tunnel.cpp', 878, 'observed', 'TAB [41]'],
    'bypass-exception-host': ['bypassAppMgr.cpp', 731, 'invented', OURS],
    'bypass-exception-ip': ['exceptionMgr.cpp', 346, 'invented', OURS],
    'bypass-pinned': ['bypassAppMgr.cpp', 654, 'observed', 'TAB [53]'],
    'bypass-private-ip': ['bypassAppMgr.cpp', 752, 'invented', OURS],
    'drop-pinned': ['bypassAppMgr.cpp', 663, 'observed', 'TAB [57]'],
    'block-udp': ['bypassAppMgr.cpp', 918, 'invented', OURS],
  }),
}

/** macOS, release 126 (2026): the network extension writes the flow lines. */
const MACOS_R126: Profile = {
  name: 'macos-r126',
  style: { precision: 6, levels: 'word', eol: '\n' },
  process: 'stAgentNE',
  idsInFours: false,
  messages: messages({
    'user-agent': ['config.cpp', 437, 'invented', OURS],
    'client-location': ['tunnelMgr.cpp', 2391, 'invented', OURS],
    'tunnel-connecting': ['tunnel.cpp', 1188, 'invented', OURS],
    'gateway-resolved': ['nsssl.cpp', 1452, 'invented', OURS],
    'tunnel-connected': ['tunnel.cpp', 1236, 'invented', OURS],
    'tunnel-established': ['tunnel.cpp', 1244, 'invented', OURS],
    'tunnel-connect-failed': ['nsssl.cpp', 1479, 'invented', OURS],
    'tunnel-closed': ['tunnel.cpp', 442, 'invented', OURS],
    'tunnel-disconnecting': ['tunnel.cpp', 301, 'invented', OURS],
    'flow-tunneled': ['tunnel.cpp', 1109, 'invented', OURS],
    'bypass-exception-host': ['bypassAppMgr.cpp', 1634, 'inferred', 'SKL [49], whose message is cut'],
    'bypass-exception-ip': ['exceptionMgr.cpp', 371, 'invented', OURS],
    'bypass-pinned': ['bypassAppMgr.cpp', 1487, 'invented', OURS],
    'bypass-private-ip': ['bypassAppMgr.cpp', 1658, 'invented', OURS],
    'drop-pinned': ['bypassAppMgr.cpp', 1496, 'invented', OURS],
    'block-udp': ['bypassAppMgr.cpp', 1803, 'invented', OURS],
  }),
}

/** Linux, release 140 (2026). Its digits after the second are not public; 6, as macOS, is inferred from their common base. */
const LINUX_R140: Profile = {
  name: 'linux-r140',
  style: { precision: 6, levels: 'word', eol: '\n' },
  process: 'stAgentSvc',
  idsInFours: false,
  messages: messages({
    'user-agent': ['config.cpp', 458, 'invented', OURS],
    'client-location': ['tunnelMgr.cpp', 2467, 'invented', OURS],
    'tunnel-connecting': ['tunnel.cpp', 931, 'invented', OURS],
    'gateway-resolved': ['nsssl.cpp', 1498, 'invented', OURS],
    'tunnel-connected': ['tunnel.cpp', 979, 'invented', OURS],
    'tunnel-established': ['tunnel.cpp', 988, 'observed', 'LCL [30]'],
    'tunnel-connect-failed': ['nsssl.cpp', 1525, 'invented', OURS],
    'tunnel-closed': ['tunnel.cpp', 447, 'observed', 'LCL [34]'],
    'tunnel-disconnecting': ['tunnel.cpp', 306, 'invented', OURS],
    'flow-tunneled': ['tunnel.cpp', 1296, 'observed', 'LCL [45]'],
    'bypass-exception-host': ['bypassAppMgr.cpp', 1671, 'invented', OURS],
    'bypass-exception-ip': ['exceptionMgr.cpp', 388, 'invented', OURS],
    'bypass-pinned': ['bypassAppMgr.cpp', 1522, 'invented', OURS],
    'bypass-private-ip': ['bypassAppMgr.cpp', 1695, 'invented', OURS],
    'drop-pinned': ['bypassAppMgr.cpp', 1531, 'invented', OURS],
    'block-udp': ['bypassAppMgr.cpp', 1840, 'invented', OURS],
  }),
}

/** The built-in profiles by name. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  'windows-2019': WINDOWS_2019,
  'windows-r114': WINDOWS_R114,
  'macos-r126': MACOS_R126,
  'linux-r140': LINUX_R140,
}

/** The profile written where none is asked for. */
export const DEFAULT_PROFILE: ProfileName = 'windows-r114'
