// Pure: what a client gets in place of what a rule, or a setting, does not allow.

import type { OwnAnswer } from '../exchange.js'
import { ownPage } from './own-page.js'

/** A request that is not let through. */
export interface BlockedRequest {
  readonly rule: string
  /** Why, in a sentence. */
  readonly reason: string
  /** What the rule has to say to the user. */
  readonly message?: string | undefined
  readonly host: string
  readonly url: string
  readonly category: string
  readonly user: string
  /** ISO 8601. */
  readonly time: string
  readonly requestId: string
}

/** The block page: 403, in the form of the Accept header. */
export function blockPage(request: BlockedRequest, accept: string): OwnAnswer {
  const { rule, reason, message, host, url, category, user, time, requestId } = request
  return ownPage(
    {
      status: 403,
      mark: { error: 'blocked' },
      title: 'This request is blocked',
      message: message ?? 'The gateway does not let it through.',
      facts: [
        ['rule', 'Rule', rule],
        ['reason', 'Why', reason],
        ['host', 'Host', host],
        ['url', 'URL', url],
        ['category', 'Category', category],
        ['user', 'User', user],
        ['time', 'Time', time],
        ['requestId', 'Request id', requestId],
      ],
    },
    accept,
  )
}
