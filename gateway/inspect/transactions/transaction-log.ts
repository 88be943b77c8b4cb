/** The transaction log: one JSON line for each request the gateway saw, and for each flow it did not look into. */

import { jsonLinesFile } from '../../json-lines-file.js'
import { boundedText } from '../judge/bounded-text.js'
import type { Transaction } from '../transaction.js'

/** Longest URL and longest other text that is logged, characters. */
const MAX_URL = 2048
const MAX_TEXT = 256

/** A log that appends to `file` (`<home>/gateway/transactions.log`), bounded as json-lines-file.ts says. Never throws. */
export function fileTransactionLog(file: string): (transaction: Transaction) => void {
  const append = jsonLinesFile(file)
  return (transaction) => append(boundedTransaction(transaction))
}

/** The transaction with every text cut to what is logged; the same object where nothing is too long. */
export function boundedTransaction(transaction: Transaction): Transaction {
  let bounded: Record<string, unknown> | undefined
  let name: keyof Transaction
  for (name in transaction) {
    const value = transaction[name]
    const most = name === 'url' ? MAX_URL : MAX_TEXT
    if (typeof value !== 'string' || value.length <= most) continue
    bounded ??= { ...transaction }
    bounded[name] = boundedText(value, most)
  }
  return (bounded as Transaction | undefined) ?? transaction
}
