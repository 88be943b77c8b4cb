/** The transaction log read from its end on: its last lines, and those that come. */

import { statSync } from 'node:fs'
import { LineSplitter } from '../../agent/log/line-splitter.js'
import type { Transaction } from '../../gateway/inspect/transaction.js'
import { fullName } from '../../gateway/json-lines-file.js'
import { followLog } from '../logs/follow.js'
import { readFault, readFileFast } from '../logs/log-bytes.js'

/** A transaction, and the line of the log that it is. */
export interface LoggedTransaction {
  readonly line: string
  readonly transaction: Transaction
}

/** What is asked of the log. */
export interface ReadTransactionsOptions {
  readonly passes: (transaction: Transaction) => boolean
  /** How many of those that are there, the last ones. */
  readonly last: number
  /** Goes on with what is appended until this signal; left out, it ends with what is there. */
  readonly follow?: AbortSignal | undefined
}

/** Kept beyond `last` before the oldest are dropped: one by one would cost a move of all for each. */
const SLACK = 1000

/**
 * First the last transactions that are there and pass, also of the predecessor `*.1.log`, then, following, those that
 * come, batch by batch. Lines that are no transactions are passed over: a full disk cuts lines off. A file that is not
 * there is empty. Throws a user's mistake `log-unreadable`.
 */
export async function* readTransactions(
  path: string,
  { passes, last, follow }: ReadTransactionsOptions,
): AsyncGenerator<readonly LoggedTransaction[]> {
  // At once, so that what is written from now on is new.
  let old = sizeOf(path) ?? 0
  let found: LoggedTransaction[] = []
  let most = last + SLACK
  const lines = new LineSplitter((line) => {
    const transaction = readTransaction(line)
    if (transaction === undefined || !passes(transaction)) return
    found.push({ line, transaction })
    if (found.length > most) found.splice(0, found.length - last)
  })
  const takeLast = (): readonly LoggedTransaction[] => {
    const taken = found.slice(Math.max(0, found.length - last))
    found = []
    most = Number.POSITIVE_INFINITY
    return taken
  }
  for await (const chunk of bytesOf(fullName(path))) lines.push(chunk)
  if (follow === undefined) {
    for await (const chunk of bytesOf(path)) lines.push(chunk)
    yield takeLast()
    return
  }
  if (old === 0) yield takeLast()
  for await (const chunk of followLog(path, { signal: follow })) {
    lines.push(chunk.subarray(0, old))
    if (old > 0 && chunk.length >= old) yield takeLast()
    lines.push(chunk.subarray(old))
    old = Math.max(0, old - chunk.length)
    if (old > 0 || found.length === 0) continue
    yield found
    found = []
  }
}

/** The transaction of a line; undefined for anything else. */
export function readTransaction(line: string): Transaction | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<keyof Transaction, unknown>> | null
    const isOne = value !== null && typeof value === 'object' && TEXTS.every((name) => typeof value[name] === 'string')
    return isOne ? (value as Transaction) : undefined
  } catch {
    return undefined
  }
}

const TEXTS = ['time', 'user', 'process', 'host', 'destination', 'action', 'rule', 'why'] as const

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* readFileFast(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw readFault(error, path)
  }
}

/** Bytes of a log; undefined where there is none. Throws a user's mistake `log-unreadable`. */
export function sizeOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size
  } catch (error) {
    throw readFault(error, path)
  }
}
