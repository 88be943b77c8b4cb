// Pure: transactions as a table for people, a line each, so that it can grow at its end.

import type { Transaction } from '../../gateway/inspect/transaction.js'
import { printable } from '../logs/printable.js'

/** Longest URL in the table, characters; `--json` has all of it. */
const MAX_URL = 60

const COLUMNS = [
  ['TIME', 24],
  ['ACTION', 7],
  ['STATUS', 6],
  ['METHOD', 7],
  ['URL', MAX_URL],
  ['PROCESS', 15],
  ['RULE', 0],
] as const

/** The heading. */
export const TRANSACTION_HEADING = line(COLUMNS.map(([name]) => name))

/** One transaction. */
export function transactionText(transaction: Transaction): string {
  const { time, action, status, method, process } = transaction
  return line([
    time,
    action,
    String(status ?? '-'),
    method ?? '-',
    urlText(transaction),
    process,
    ruleText(transaction),
  ])
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, column) => printable(cell).padEnd(COLUMNS[column]![1]))
  return `${padded.join('  ').trimEnd()}\n`
}

/** Of a flow that was not looked into, its destination. */
function urlText({ url, host, destination }: Transaction): string {
  const text = url ?? (host === '' ? destination : `${host} (${destination})`)
  return text.length > MAX_URL ? `${text.slice(0, MAX_URL - 3)}...` : text
}

/** What decided, and why it was not decrypted; what went wrong where nothing decided. */
function ruleText({ rule, decrypted, notDecrypted, action, why }: Transaction): string {
  const parts = [rule, decrypted || notDecrypted === undefined ? '' : `not decrypted: ${notDecrypted}`]
  if (action === 'failed' || (action === 'refused' && rule === '')) parts.push(why)
  return parts.filter((part) => part !== '').join('; ') || '-'
}
