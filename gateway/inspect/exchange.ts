// Pure: the contract between those who speak HTTP (http1/, http2/) and those who judge and record (judging.ts): one
// connection that is inspected, and the exchanges on it. Whoever speaks asks `begin` at each request's head, obeys, asks
// `answered` at the head of the answer, obeys, counts body bytes, and says `ended` exactly once.

import type { Policy, PolicyVerdict } from './policy/policy.js'
import type { InspectSettings } from './settings/settings.js'
import type { SteeredFlow } from './steered-flow.js'

/** The head of a request. */
export interface RequestHead {
  /** Upper case, as sent. */
  readonly method: string
  /** From Host or :authority, as sent, with the port if there is one; '' when missing. */
  readonly authority: string
  /** Path and query, as sent. */
  readonly target: string
  /** Content-Type as sent, '' for none. */
  readonly contentType: string
  /** Content-Length; undefined for a body of unknown length; 0 for no body. */
  readonly bytes: number | undefined
  /** Accept as sent, '' for none: which form of block page is wanted. */
  readonly accept: string
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly contentType: string
  readonly bytes: number | undefined
}

/** An answer that the gateway gives itself: block page, notskope.com, a failure. */
export interface OwnAnswer {
  readonly status: number
  /** Lower-case names; content-type and content-length are among them. */
  readonly headers: Readonly<Record<string, string>>
  /** Not to be sent for HEAD. */
  readonly body: Buffer
}

/** How an exchange ended: `done`, `client-left` (aborted by it), `origin-failed`, `own-answer`. */
export type ExchangeEnd = 'done' | 'client-left' | 'origin-failed' | 'own-answer'

/** One request and its answer. */
export interface Exchange {
  /** Set when the origin is not to be asked: send this instead, and read the request's body no further than politeness asks. */
  readonly instead: OwnAnswer | undefined
  readonly verdict: PolicyVerdict
  /** At the head of the origin's answer (not of 1xx); an OwnAnswer is to be sent instead, and the origin's dropped. */
  answered(head: AnswerHead): OwnAnswer | undefined
  /** Body bytes from the client. An OwnAnswer: stop, the size is over a rule's limit (if no answer has begun, send it; else cut). */
  sent(bytes: number): OwnAnswer | undefined
  /** Body bytes to the client; as above, but an answer that has begun can only be cut. True: go on. */
  received(bytes: number): boolean
  /** An answer for an origin that failed (502) or did not answer in time (504), in words for people. */
  failed(status: 502 | 504, why: string): OwnAnswer
  /** Once: writes the transaction. Calls after the first do nothing. */
  ended(how: ExchangeEnd): void
}

/** What is known of an inspected connection. */
export interface InspectedConnection {
  readonly flow: SteeredFlow
  readonly scheme: 'http' | 'https'
  /** The name the client asked for in TLS; '' for plain HTTP. */
  readonly sni: string
  readonly protocol: 'http/1.1' | 'h2'
  readonly tlsVersion: string | undefined
}

/** Judges and records the exchanges of one connection. `settings` and `policy` are those of the moment. */
export interface ConnectionJudge {
  readonly connection: InspectedConnection
  readonly settings: InspectSettings
  readonly policy: Policy
  begin(head: RequestHead): Exchange
  /** A client that speaks no HTTP, too large or smuggling heads (400, 431, 408): the answer to give, recorded as refused. */
  refused(status: 400 | 408 | 413 | 431, why: string): OwnAnswer
}
