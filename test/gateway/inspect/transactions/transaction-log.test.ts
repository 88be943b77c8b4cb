import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Transaction } from '../../../../gateway/inspect/transaction.js'
import { boundedTransaction, fileTransactionLog } from '../../../../gateway/inspect/transactions/transaction-log.js'
import { TRANSACTION } from '../../../support/transactions.js'

const LONG = 'x'.repeat(5000)

void t.test('a transaction of usual length is not touched', async (t) => {
  t.equal(boundedTransaction(TRANSACTION), TRANSACTION)
})

void t.test('every text has its bound: 2048 characters for a URL, 256 for another', async (t) => {
  const long: Transaction = {
    ...TRANSACTION,
    url: LONG,
    user: LONG,
    rule: LONG,
    why: LONG,
    method: LONG,
    contentType: LONG,
  }
  const bounded = boundedTransaction(long)
  t.equal(bounded.url?.length, 2048)
  for (const name of ['user', 'rule', 'why', 'method', 'contentType'] as const)
    t.equal(bounded[name]?.length, 256, name)
  t.equal(bounded.bytesSent, TRANSACTION.bytesSent)
  t.equal(long.url, LONG, 'what was given stays as it is')
})

void t.test('a line each, whatever is in it', async (t) => {
  const file = join(t.testdir(), 'gateway', 'transactions.log')
  const log = fileTransactionLog(file)
  const hostile: Transaction = { ...TRANSACTION, url: 'https://x/\n{"action":"allow"}\r\u2028\u0000\ud800', user: '"}' }
  log(hostile)
  log({ ...TRANSACTION, url: LONG })
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  const [first, second] = readFileSync(file, 'utf8').split('\n')
  t.strictSame(JSON.parse(first!), hostile)
  t.equal(JSON.parse(second!).url.length, 2048)
})
