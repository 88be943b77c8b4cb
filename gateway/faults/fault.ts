// Pure: faults a demo or a test asks for: what can be wrong with a service or a POP, and how it is written on a command
// line.

import { userMistake } from '../../agent/errors.js'

/** The services that can be faulty; `checker` answers captive portal checks. */
export const SERVICES = ['gslb', 'doh', 'ldns', 'addon', 'checker'] as const

/** One of the services. */
export type ServiceName = (typeof SERVICES)[number]

/**
 * What a service does wrong. `time-out`: takes the question and never answers; `refuse`: does not listen; `garbage`:
 * answers with bytes that mean nothing; `slow`: answers `ms` late; `http-500`: fails (SERVFAIL for DNS); `empty`: answers
 * well-formed and with nothing in it; `wrong-tenant`: answers what is another tenant's; `portal`: redirects to a sign-in
 * page, as a captive portal does (the checker only).
 */
export type ServiceFault =
  | { readonly kind: 'time-out' | 'refuse' | 'garbage' | 'http-500' | 'empty' | 'wrong-tenant' | 'portal' }
  | { readonly kind: 'slow'; readonly ms: number }

/**
 * What is wrong with a POP. `down`: it does not listen, and what was connected ends at once; `rtt`: its round trip is `ms`;
 * `loss`: no byte passes any more and no connection ends, as when packets are dropped on the way.
 */
export type PopFault = { readonly kind: 'down' | 'loss' } | { readonly kind: 'rtt'; readonly ms: number }

/** Where a part of the cloud learns of its own fault. */
export interface FaultSource<Fault> {
  /** The fault that holds now. */
  readonly current: Fault | undefined
  /** Calls back whenever `current` has changed. */
  onChange(listener: () => void): void
}

/** A part that is never faulty. */
export const FAULTLESS: FaultSource<never> = { current: undefined, onChange: () => {} }

const PLAIN = ['time-out', 'refuse', 'garbage', 'http-500', 'empty', 'wrong-tenant'] as const

/** Longest delay, ms: more than any time-out there is. */
const MOST_MS = 120_000

/** Reads the fault of a service from its words: `time-out`, `slow 300`. Throws a user's mistake `bad-fault`. */
export function readServiceFault(service: ServiceName, words: readonly string[]): ServiceFault {
  const [kind, ...rest] = words
  if (kind === 'slow' && rest.length === 1) return { kind, ms: readMs(rest[0] ?? '') }
  const found = [...PLAIN, ...(service === 'checker' ? (['portal'] as const) : [])].find((name) => name === kind)
  if (found !== undefined && rest.length === 0) return { kind: found }
  const portal = service === 'checker' ? ', portal' : ''
  throw userMistake(
    'bad-fault',
    `a fault of ${service} is ${PLAIN.join(', ')}${portal} or slow MS, not "${words.join(' ')}"`,
  )
}

/** Reads the fault of a POP from its words: `down`, `loss`, `rtt 300`. Throws a user's mistake `bad-fault`. */
export function readPopFault(words: readonly string[]): PopFault {
  const [kind, ...rest] = words
  if (kind === 'rtt' && rest.length === 1) return { kind, ms: readMs(rest[0] ?? '') }
  if ((kind === 'down' || kind === 'loss') && rest.length === 0) return { kind }
  throw userMistake('bad-fault', `a fault of a POP is down, loss or rtt MS, not "${words.join(' ')}"`)
}

/** A fault as it is written on a command line, `slow 300`; with the time it still lasts, `slow 300, for 12 s more`. */
export function faultInWords(fault: ServiceFault | PopFault, leftMs?: number): string {
  const words = 'ms' in fault ? `${fault.kind} ${fault.ms}` : fault.kind
  return leftMs === undefined ? words : `${words}, for ${Math.ceil(Math.max(0, leftMs) / 1000)} s more`
}

function readMs(text: string): number {
  const ms = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (!(ms <= MOST_MS)) throw userMistake('bad-fault', `a delay is a number of ms from 0 to ${MOST_MS}, not "${text}"`)
  return ms
}
