/** What `steerlab transactions` says. */

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { showTransactions } from '../../../scripts/commands/transactions.js'
import { TRANSACTION_HEADING, transactionText } from '../../../scripts/transactions/transaction-text.js'
import { TRANSACTION, transactionLine } from '../../support/transactions.js'
import { waitUntil } from '../../support/wait-until.js'

const ASKED = { lines: 20, json: false }
const BLOCKED = { ...TRANSACTION, action: 'block', rule: 'No box' } as const

function logOf(t: Test): string {
  return join(t.testdir({ 'transactions.log': transactionLine() + transactionLine(BLOCKED) }), 'transactions.log')
}

/** Everything it says; `listens` pieces are listened to. */
async function said(path: string, asked: Parameters<typeof showTransactions>[1], listens = 100): Promise<string[]> {
  const pieces: string[] = []
  await showTransactions(path, asked, async (text) => pieces.push(text) < listens)
  return pieces
}

void t.test('a table, or the lines of the log', async (t) => {
  const path = logOf(t)
  const table = [TRANSACTION_HEADING, transactionText(TRANSACTION) + transactionText(BLOCKED)]
  t.strictSame(await said(path, ASKED), table)
  t.strictSame(await said(path, { ...ASKED, action: 'block' }), [TRANSACTION_HEADING, transactionText(BLOCKED)])
  t.strictSame(await said(path, { lines: 1, json: true }), [transactionLine(BLOCKED)])
  t.strictSame(await said(path, { lines: 0, json: true }), [])
  t.strictSame(await said(`${path}.none`, ASKED), [TRANSACTION_HEADING])
})

void t.test('it ends when nobody listens', async (t) => {
  t.strictSame(await said(logOf(t), ASKED, 1), [TRANSACTION_HEADING])
})

void t.test('following, what comes is said until the signal', async (t) => {
  const path = logOf(t)
  const stop = new AbortController()
  let text = ''
  const say = async (piece: string) => {
    text += piece
    return true
  }
  const showing = showTransactions(path, { lines: 1, json: true, process: 'curl' }, say, stop.signal)
  await waitUntil(() => text === transactionLine(BLOCKED))
  appendFileSync(path, transactionLine({ process: 'wget' }) + transactionLine({ id: 'new' }))
  await waitUntil(() => text === transactionLine(BLOCKED) + transactionLine({ id: 'new' }))
  stop.abort()
  await showing
})

void t.test('how many is a whole number', async (t) => {
  for (const lines of [-1, 1.5, Number.NaN])
    await t.rejects(said(logOf(t), { lines, json: false }), { code: 'bad-option' })
})
