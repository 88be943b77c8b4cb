/** Transactions as the gateway logs them. */

import type { Transaction } from '../../gateway/inspect/transaction.js'

/** A page of box.com that Anna's curl got. */
export const TRANSACTION: Transaction = {
  time: '2026-11-24T08:00:00.005Z',
  id: 'request-1',
  user: 'anna@example.com',
  device: 'LAPTOP-7',
  process: 'curl',
  host: 'www.box.com',
  destination: '74.112.186.144:443',
  source: '10.0.0.7:50123',
  pop: 'US-ORD1',
  session: 3,
  action: 'allow',
  rule: '',
  why: 'No rule of the policy matches.',
  decrypted: true,
  category: 'Cloud Storage',
  protocol: 'h2',
  method: 'GET',
  url: 'https://www.box.com/files',
  status: 200,
  contentType: 'text/html',
  bytesSent: 0,
  bytesReceived: 1234,
  durationMs: 12,
  tlsVersion: 'TLSv1.3',
}

/** The line of the log for a transaction that differs in these. */
export function transactionLine(differs: Partial<Transaction> = {}): string {
  return `${JSON.stringify({ ...TRANSACTION, ...differs })}\n`
}
