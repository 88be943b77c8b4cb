/** `steerlab transactions`: what the gateway saw of each request, and which flows it did not look into. */

import type { CommandModule } from 'yargs'
import { userMistake } from '../../agent/errors.js'
import { readTransactions, sizeOf } from '../transactions/read-transactions.js'
import { TRANSACTION_ACTIONS, type TransactionFilters, transactionFilter } from '../transactions/transaction-filter.js'
import { TRANSACTION_HEADING, transactionText } from '../transactions/transaction-text.js'
import { homeOf } from './common.js'

interface TransactionsArguments extends TransactionFilters {
  readonly home?: string | undefined
  readonly follow: boolean
  readonly lines: number
  readonly json: boolean
}

export const transactionsCommand: CommandModule<object, TransactionsArguments> = {
  command: 'transactions',
  describe: 'Show what the gateway saw of the last requests, and what it did',
  builder: (yargs) =>
    yargs
      .option('follow', {
        alias: 'f',
        type: 'boolean',
        default: false,
        describe: 'Go on with what comes, until Ctrl-C',
      })
      .option('lines', { alias: 'n', type: 'number', default: 20, describe: 'How many of the last' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the lines of the log: JSON, one a line' })
      .option('user', { type: 'string', requiresArg: true, describe: 'Only users with this in the name' })
      .option('host', {
        type: 'string',
        requiresArg: true,
        describe: 'Only this domain with its subdomains, or hosts with this word',
      })
      .option('process', { type: 'string', requiresArg: true, describe: 'Only processes with this in the name' })
      .option('action', { choices: TRANSACTION_ACTIONS, requiresArg: true, describe: 'Only what was treated so' })
      .example('$0 transactions -f --process curl', 'What the gateway sees of curl, as it happens')
      .example(
        "$0 transactions -n 1000 --action bypass --json | jq -r '.notDecrypted'",
        'Why flows were not decrypted',
      ),
  handler: async (argv) => {
    const path = homeOf(argv).transactionLog
    if (sizeOf(path) === undefined)
      process.stderr.write(`steerlab: there is no ${path} yet${argv.follow ? '; waiting for it' : ''}\n`)
    // Who reads may go away, as head does.
    process.stdout.on('error', () => {})
    await showTransactions(path, argv, say, argv.follow ? untilInterrupted() : undefined)
  },
}

/**
 * Says the transactions of a log that are asked for, and goes on until the signal, if there is one, or until `say` answers
 * that nobody listens any more. Throws a user's mistake `bad-option` or `log-unreadable`.
 */
export async function showTransactions(
  path: string,
  asked: TransactionFilters & { readonly lines: number; readonly json: boolean },
  say: (text: string) => Promise<boolean>,
  follow?: AbortSignal,
): Promise<void> {
  const { lines: last, json } = asked
  if (!Number.isInteger(last) || last < 0) throw userMistake('bad-option', '--lines is a whole number from 0')
  if (!json && !(await say(TRANSACTION_HEADING))) return
  for await (const batch of readTransactions(path, { passes: transactionFilter(asked), last, follow })) {
    const text = batch.map(({ line, transaction }) => (json ? `${line}\n` : transactionText(transaction))).join('')
    if (text !== '' && !(await say(text))) return
  }
}

function untilInterrupted(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}

/** Writes to standard output; false when nobody reads it any more. */
function say(text: string): Promise<boolean> {
  return new Promise((resolve) => process.stdout.write(text, (error) => resolve(!error)))
}
