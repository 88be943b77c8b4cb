// Pure: what a client gets when its request could not be read, or the origin did not answer it.

import type { OwnAnswer } from '../exchange.js'
import { ownPage } from './own-page.js'

/** The statuses a failure has. */
export type FailureStatus = 400 | 408 | 413 | 431 | 502 | 504

/** A request that failed; what is not known of it is ''. */
export interface FailedRequest {
  readonly status: FailureStatus
  /** In a sentence. */
  readonly why: string
  readonly host: string
  readonly url: string
  /** ISO 8601. */
  readonly time: string
  readonly requestId: string
}

const WORDS: Readonly<Record<FailureStatus, readonly [error: string, title: string]>> = {
  400: ['bad-request', 'This request cannot be read'],
  408: ['request-timeout', 'This request came too slowly'],
  413: ['content-too-large', 'This request is too large'],
  431: ['headers-too-large', 'The headers of this request are too large'],
  502: ['origin-failed', 'The site did not answer'],
  504: ['origin-timeout', 'The site did not answer in time'],
}

/** The answer for a failure, in the form of the Accept header ('' where it is not known: text). */
export function failurePage({ status, why, host, url, time, requestId }: FailedRequest, accept: string): OwnAnswer {
  const [error, title] = WORDS[status]
  return ownPage(
    {
      status,
      mark: { error },
      title,
      message: why,
      facts: [
        ['status', 'Status', status],
        ['host', 'Host', host],
        ['url', 'URL', url],
        ['time', 'Time', time],
        ['requestId', 'Request id', requestId],
      ],
    },
    accept,
  )
}
