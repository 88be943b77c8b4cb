// Pure: which transactions are asked for.

import { flowFilter } from '../../agent/log/report/filters.js'
import type { Transaction, TransactionAction } from '../../gateway/inspect/transaction.js'

/** What of the log is asked for; all of it where nothing is said. */
export interface TransactionFilters {
  /** A part of the user's name, in any case. */
  readonly user?: string | undefined
  /** As in the report of a log: with a dot in it a domain, that stands for its subdomains too; else a part of the name. */
  readonly host?: string | undefined
  /** A part of the process name, in any case. */
  readonly process?: string | undefined
  readonly action?: TransactionAction | undefined
}

/** What a transaction's action may be. */
export const TRANSACTION_ACTIONS: readonly TransactionAction[] = [
  'allow',
  'alert',
  'block',
  'bypass',
  'refused',
  'failed',
]

/** Whether a transaction is asked for. */
export function transactionFilter(filters: TransactionFilters): (transaction: Transaction) => boolean {
  const { user, action, process, host } = filters
  const flowPasses = flowFilter({ process, host })
  const part = user?.toLowerCase()
  return (transaction) =>
    (action === undefined || transaction.action === action) &&
    (part === undefined || transaction.user.toLowerCase().includes(part)) &&
    // Any verdict will do: none is asked for.
    flowPasses(transaction.process, transaction.host, 'tunneled')
}
