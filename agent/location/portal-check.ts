/**
 * Whether a captive portal stands between the endpoint and the world: the tenant's checker host is asked over plain HTTP
 * for words only it knows (nsbranding.json, AddonCheckerHost and AddonCheckerResponseCode). Which path the real client
 * asks for is not public; ours is `/`.
 */

import type { Dialer } from '../outbound/dial.js'
import { httpGet } from './http-get.js'
import { within } from './within.js'

/** Whom to ask, and for what. */
export interface PortalQuestion {
  readonly host: string
  /** Where the checker is dialled. */
  readonly ip: string
  readonly port: number
  /** What the checker answers; white space around it does not count. */
  readonly expected: string
  readonly dial: Dialer
  readonly timeoutMs: number
  /** Gives the check up: unreachable at once. */
  readonly signal?: AbortSignal
}

/** No portal; a portal, with the status it answered; or no answer that says anything of portals. */
export type PortalAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'portal'; readonly code: number }
  | { readonly kind: 'unreachable' }

/** White space a checker may send around its words, bytes. */
const SPACE_AROUND = 64

/** A page of its own, a redirection to it, or the status made for portals (RFC 6585 section 6); a fault is no portal. */
const PORTAL_STATUS = /^(?:2..|3..|511)$/

const UNREACHABLE: PortalAnswer = { kind: 'unreachable' }

/** Asks once. Never rejects. */
export async function checkPortal(question: PortalQuestion): Promise<PortalAnswer> {
  const { host, ip, port, dial, timeoutMs, signal } = question
  if (!URL.canParse(`http://${host}/`)) return UNREACHABLE
  const url = new URL(`http://${host}/`)
  const expected = question.expected.trim()
  const mostBytes = Buffer.byteLength(expected) + SPACE_AROUND
  const answer = await within(timeoutMs, signal, (over) => httpGet({ url, ip, port }, { dial, over, mostBytes }))
  if (answer === undefined || 'failure' in answer) return UNREACHABLE
  if (answer.status === 200 && answer.body.trim() === expected) return { kind: 'none' }
  return PORTAL_STATUS.test(String(answer.status)) ? { kind: 'portal', code: answer.status } : UNREACHABLE
}
