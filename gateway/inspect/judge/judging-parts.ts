// Pure: what judging a connection needs from outside.

import type { Policy } from '../policy/policy.js'
import type { InspectSettings } from '../settings/settings.js'
import type { Transaction } from '../transaction.js'

/** What is in force, and where the story goes. */
export interface JudgingParts {
  /** The settings of the moment. */
  settings(): InspectSettings
  /** The policy of the moment. An exchange keeps the one it began with. */
  policy(): Policy
  /** Category of a normalized host. */
  categoryOf(host: string): string
  /** Takes a transaction; never throws. */
  log(transaction: Transaction): void
  /** Milliseconds since 1970. */
  now(): number
  /** A new request's id, which the block page shows. */
  requestId(): string
  /** Whether the origin's certificate covers a normalized host; left out, it covers the name that was asked for alone. */
  certificateNames?(host: string): boolean
}
