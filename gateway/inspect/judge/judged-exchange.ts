// Pure: one exchange while it happens: judged at the head of the request, at the head of the answer, and when a body
// grows over a size that a rule names; in the end one transaction.

import type { AnswerHead, Exchange, ExchangeEnd, OwnAnswer } from '../exchange.js'
import { flowFields } from '../flow-transaction.js'
import { failurePage } from '../pages/failure-page.js'
import type { Direction, Policy, PolicyVerdict } from '../policy/policy.js'
import type { Transaction, TransactionAction } from '../transaction.js'
import { type JudgedRequest, mediaType } from './judged-request.js'
import type { JudgingParts } from './judging-parts.js'
import { blockAnswer, type Ruling } from './ruling.js'

/** A body on its way: its media type, what of it has passed, and at how many bytes the policy is asked again. */
interface Body {
  type: string
  bytes: number
  askAt: number
}

/** One request and its answer. */
export class JudgedExchange implements Exchange {
  readonly instead: OwnAnswer | undefined
  readonly #request: JudgedRequest
  readonly #policy: Policy
  readonly #parts: Pick<JudgingParts, 'log' | 'now'>
  readonly #ruling: Ruling | undefined
  readonly #bodies: Readonly<Record<Direction, Body>>
  #verdict: PolicyVerdict
  /** What the client gets: the origin's answer with this status, or one of the gateway's own. */
  #status: number | undefined
  #own: OwnAnswer | undefined
  #tooMuchSent: OwnAnswer | undefined
  #isTooMuchReceived = false
  #failure: string | undefined
  /** Content-Length of the answer; undefined while it is not known. */
  #announced: number | undefined
  #isEnded = false

  /** Judges the request's head by the policy. Before a ruling the policy is to be one without rules. */
  constructor(request: JudgedRequest, policy: Policy, parts: Pick<JudgingParts, 'log' | 'now'>, ruling?: Ruling) {
    this.#request = request
    this.#policy = policy
    this.#parts = parts
    this.#ruling = ruling
    const upload = { type: request.contentType, bytes: 0, askAt: nextLimit(policy, 'upload', request.bytes ?? 0) }
    this.#bodies = { upload, download: { type: '', bytes: 0, askAt: nextLimit(policy, 'download', 0) } }
    this.#verdict = ruling?.verdict ?? this.#ask('upload', request.bytes)
    if (ruling !== undefined) this.#own = ruling.answer(request)
    else if (this.#verdict.action === 'block') this.#own = blockAnswer(request, this.#verdict)
    this.instead = this.#own
  }

  get verdict(): PolicyVerdict {
    return this.#verdict
  }

  answered({ status, contentType, bytes }: AnswerHead): OwnAnswer | undefined {
    if (this.#own !== undefined) return this.#own
    const { download } = this.#bodies
    download.type = mediaType(contentType)
    download.askAt = nextLimit(this.#policy, 'download', bytes ?? 0)
    this.#announced = bytes
    if (this.#isBlocked('download', bytes)) this.#own = blockAnswer(this.#request, this.#verdict)
    else this.#status = status
    return this.#own
  }

  sent(bytes: number): OwnAnswer | undefined {
    if (this.#growsTooLarge('upload', bytes)) {
      this.#tooMuchSent = blockAnswer(this.#request, this.#verdict)
      this.#give(this.#tooMuchSent)
    }
    return this.#tooMuchSent
  }

  received(bytes: number): boolean {
    if (this.#growsTooLarge('download', bytes)) this.#isTooMuchReceived = true
    return !this.#isTooMuchReceived
  }

  failed(status: 502 | 504, why: string): OwnAnswer {
    const { host, url, time, id: requestId, accept } = this.#request
    const page = failurePage({ status, why, host, url, time, requestId }, accept)
    this.#failure = why
    this.#give(page)
    return page
  }

  ended(how: ExchangeEnd): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#parts.log(this.#transaction(how))
  }

  /** An answer of our own can be given only while the origin's has not begun. */
  #give(answer: OwnAnswer): void {
    if (this.#status === undefined) this.#own = answer
  }

  #growsTooLarge(direction: Direction, bytes: number): boolean {
    const body = this.#bodies[direction]
    body.bytes += bytes
    if (this.#own !== undefined || body.bytes < body.askAt) return false
    body.askAt = nextLimit(this.#policy, direction, body.bytes)
    return this.#isBlocked(direction, body.bytes)
  }

  /** Asks, and keeps the verdict that says more: an alert at the request's head stands when the answer is allowed. */
  #isBlocked(direction: Direction, bytes: number | undefined): boolean {
    const verdict = this.#ask(direction, bytes)
    if (weight(verdict) > weight(this.#verdict)) this.#verdict = verdict
    return verdict.action === 'block'
  }

  #ask(direction: Direction, bytes: number | undefined): PolicyVerdict {
    const { connection, host, category, method, path } = this.#request
    const { user, process } = connection.flow
    const contentType = this.#bodies[direction].type
    return this.#policy.decide(direction, { user, process, host, category, method, path, contentType, bytes })
  }

  #transaction(how: ExchangeEnd): Transaction {
    const { connection, id, time, startedMs, host, category, method, url } = this.#request
    const { upload, download } = this.#bodies
    const { action, why } = this.#outcome(how)
    return {
      time,
      id,
      ...flowFields(connection.flow),
      host,
      action,
      rule: this.#verdict.rule,
      why,
      decrypted: true,
      category,
      protocol: connection.protocol,
      method,
      url,
      status: this.#own?.status ?? this.#status,
      contentType: this.#own === undefined ? download.type : mediaType(this.#own.headers['content-type'] ?? ''),
      bytesSent: upload.bytes,
      bytesReceived: download.bytes,
      durationMs: Math.max(0, Math.round(this.#parts.now() - startedMs)),
      tlsVersion: connection.tlsVersion,
    }
  }

  #outcome(how: ExchangeEnd): { readonly action: TransactionAction; readonly why: string } {
    const { action, reason } = this.#verdict
    const done = this.#ruling?.action ?? action
    if (action === 'block') return { action: done, why: reason }
    if (this.#failure !== undefined) return { action: 'failed', why: this.#failure }
    if (how === 'origin-failed') return { action: 'failed', why: 'The origin broke off before the end of its answer.' }
    return { action: done, why: this.#isLeft(how) ? `${reason} The client left before the end.` : reason }
  }

  /** Who has as many bytes as were announced may go: curl does not wait for the end of its HTTP/2 stream. */
  #isLeft(how: ExchangeEnd): boolean {
    return how === 'client-left' && this.#bodies.download.bytes !== this.#announced
  }
}

/** The least limit that a body may still go over which has, or will have, so many bytes; asked about already, not passed. */
function nextLimit(policy: Policy, direction: Direction, bytes: number): number {
  let next = Number.POSITIVE_INFINITY
  for (const limit of policy.limitsBytes[direction]) if (limit >= bytes && limit < next) next = limit
  return next
}

/** What says more of an exchange, of the verdicts on its two halves. */
function weight({ action, rule }: PolicyVerdict): number {
  if (action === 'block') return 3
  if (action === 'alert') return 2
  return rule === '' ? 0 : 1
}
