// Pure: the forms of the messages, from the reference's tables (numbers of its rows in brackets). A form is data, so
// that one description can write a message and, some day, recognise it. `{field}` and `{field.part}` stand for the
// event's fields. Level and component belong to the message, file and line to the build (profiles.ts).

import type { LogEvent } from './event.js'
import type { Level } from './record.js'

/** The types of events. */
export type EventType = LogEvent['type']

/** How sure a text or place is: printed from a real log, concluded from public material, or ours. */
export type Certainty = 'observed' | 'inferred' | 'invented'

/** How one message reads. */
export interface MessageForm {
  readonly component: string
  readonly level: Level
  readonly template: string
  readonly certainty: Certainty
  /** Source tag of the reference, or why it is inferred. */
  readonly source: string
}

/** The current form of every event. */
export const CURRENT_FORMS: Readonly<Record<EventType, MessageForm>> = {
  'user-agent': {
    component: 'Config',
    level: 'info',
    template: 'setting STA user agent: {os};Netskope ST Agent {version};{hostname}',
    certainty: 'observed',
    source: 'TAB [1]; level inferred: a default log has it',
  },
  'client-location': {
    component: 'CTunnelMgr',
    level: 'info',
    template: 'Client location is {location} and traffic mode is {trafficMode}, DNS {dnsMode}',
    certainty: 'observed',
    source: 'TAB [63]',
  },
  'tunnel-connecting': {
    component: 'nsTunnel',
    level: 'info',
    template: '{transport} Connecting to {gateway}:{port}',
    certainty: 'observed',
    source: 'COM [28]',
  },
  'gateway-resolved': {
    component: 'nsssl',
    level: 'info',
    template: '{transport} remote host {gateway} resolved to {ip}, port {port}',
    certainty: 'observed',
    source: 'COM, founding document',
  },
  'tunnel-connected': {
    component: 'nsTunnel',
    level: 'info',
    template: '{transport} SSL connected to the gslbgw server: {gateway}({ip}):{port} successfully',
    certainty: 'observed',
    source: 'TAB [29]',
  },
  'tunnel-established': {
    component: 'nsTunnel',
    level: 'info',
    template: '{transport} Tunnel established to gateway: {gateway}, pop: {pop}',
    certainty: 'observed',
    source: 'LCL [30]; component inferred: LCL dropped it',
  },
  'tunnel-connect-failed': {
    component: 'nsssl',
    level: 'error',
    template: '{transport} failed to connect to {gateway}:{port}, err: {errno}',
    certainty: 'observed',
    source: 'TAB [36]; level inferred: curl failures are errors (COM)',
  },
  'tunnel-closed': {
    component: 'nsTunnel',
    level: 'info',
    template: '{transport} received nsssl_closed, tunnel destroyed',
    certainty: 'observed',
    source: 'LCL [34]; component and level inferred',
  },
  'tunnel-disconnecting': {
    component: 'nsTunnel',
    level: 'info',
    template: '{transport} disconnecting nsTunnel, context = {context}',
    certainty: 'observed',
    source: 'TAB [33]',
  },
  'flow-tunneled': {
    component: 'nsTunnel',
    level: 'info',
    template:
      '{transport} [sessId {sessionId}] Tunneling flow from addr: {source.ip}:{source.port}, process: {process} to host: {host}, addr: {destination.ip}:{destination.port} to {via}',
    certainty: 'observed',
    source: 'TAB, SKL [40-42]',
  },
  'bypass-exception-host': {
    component: 'BypassAppMgr',
    level: 'info',
    template:
      'bypassing flow to exception host: {host}, process: {process}, Dest IP: {destination.ip}, Dest Port: {destination.port}',
    certainty: 'observed',
    source: 'TAB [47]; level SKL [49]',
  },
  'bypass-exception-ip': {
    component: 'ExceptiontMgr',
    level: 'info',
    template: 'IP {ip} is found in IP address range Exception List',
    certainty: 'observed',
    source: 'TAB, SKL [51]; level inferred',
  },
  'bypass-pinned': {
    component: 'BypassAppMgr',
    level: 'info',
    template: 'Bypassing connection from process: {process}, host: {host}',
    certainty: 'observed',
    source: 'TAB [53]',
  },
  'bypass-private-ip': {
    component: 'BypassAppMgr',
    level: 'info',
    template:
      'Bypassing flow from process: {process} to private ip: {destination.ip}, Port: {destination.port}, host: {host}',
    certainty: 'observed',
    source: 'TAB [50]; level inferred',
  },
  'drop-pinned': {
    component: 'BypassAppMgr',
    level: 'info',
    template: 'Dropping connection from process: {process}, host: {host}',
    certainty: 'observed',
    source: 'TAB [57]',
  },
  'block-udp': {
    component: 'BypassAppMgr',
    level: 'info',
    template:
      'Blocking UDP connection from process: {process}, dest IP:{destination.ip}:{destination.port}, src IP {source.ip}:{source.port}',
    certainty: 'inferred',
    source: 'SKL [58], a template written by hand; level inferred from [57]',
  },
}

/** Forms of the clients of 2018 to 2021, where they differ. */
export const EARLY_FORMS = {
  /** Before GSLB. */
  'tunnel-connected': {
    ...CURRENT_FORMS['tunnel-connected'],
    template: '{transport} SSL connected to the server: {gateway}:{port} successfully',
    source: 'COM, founding document',
  },
  /** Without the destination service: there was one. */
  'flow-tunneled': {
    ...CURRENT_FORMS['flow-tunneled'],
    template:
      '{transport} [sessId {sessionId}] Tunneling flow from addr: {source.ip}:{source.port}, process: {process} to host: {host}, addr: {destination.ip}:{destination.port}',
    source: 'founding document',
  },
  /** Without the destination's address. */
  'bypass-exception-host': {
    ...CURRENT_FORMS['bypass-exception-host'],
    template: 'bypassing flow to exception host: {host}, process: {process}',
    source: 'founding document (macOS 2018)',
  },
} as const satisfies Partial<Record<EventType, MessageForm>>
