// Pure: how the HTTP door says no: a status and one line of text that a person reading it in a browser or a terminal
// understands (RFC 9110 15.5 and 15.6 for the statuses).

import { STATUS_CODES } from 'node:http'
import type { FlowFailure } from './door.js'

/** A refusal: the status, and why in one line. */
export interface HttpRefusal {
  readonly status: 400 | 403 | 404 | 502 | 503 | 504
  readonly why: string
}

const REFUSALS: Readonly<Record<FlowFailure, HttpRefusal>> = {
  blocked: { status: 403, why: 'is blocked by policy' },
  refused: { status: 502, why: 'refused the connection' },
  unreachable: { status: 502, why: 'cannot be reached' },
  'host-not-found': { status: 502, why: 'has no address: the name was not found' },
  'timed-out': { status: 504, why: 'did not answer in time' },
  'gateway-down': { status: 503, why: 'was not tried: the gateway is not connected' },
}

/** What to answer when the flow to `authority` (`zoom.us:443`) failed. */
export function refusalOf(failure: FlowFailure, authority: string): HttpRefusal {
  const { status, why } = REFUSALS[failure]
  return { status, why: `${authority} ${why}` }
}

/** The text of a refusal: one line. */
export function refusalText(refusal: HttpRefusal): string {
  return `steerlab: ${refusal.why}\n`
}

/** The whole answer as bytes on the wire, for a connection that ends with it. */
export function refusalMessage(refusal: HttpRefusal): string {
  const text = refusalText(refusal)
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
    '',
    text,
  ].join('\r\n')
}
