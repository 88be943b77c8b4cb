import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readTransaction, readTransactions } from '../../../scripts/transactions/read-transactions.js'
import { TRANSACTION, transactionLine } from '../../support/transactions.js'
import { waitUntil } from '../../support/wait-until.js'

const lines = (...ids: readonly string[]) => ids.map((id) => transactionLine({ id })).join('')
const all = () => true

async function idsOf(path: string, last: number, passes: (transaction: { id: string }) => boolean = all) {
  const ids: string[] = []
  for await (const batch of readTransactions(path, { passes, last })) {
    for (const { line, transaction } of batch) {
      ids.push(transaction.id)
      if (JSON.parse(line).id !== transaction.id) throw new Error('the line is another')
    }
  }
  return ids
}

void t.test('a line of the log, and what is none', async (t) => {
  t.strictSame(readTransaction(transactionLine().trim()), TRANSACTION)
  for (const line of ['', 'x', '{"time":', 'null', '[]', '7', '{}', '{"time":1}', '{"time":"x","user":"y"}'])
    t.equal(readTransaction(line), undefined, line)
})

void t.test('the last ones, those of the full file before them', async (t) => {
  const directory = t.testdir({ 'x.1.log': lines('a', 'b'), 'x.log': lines('c', 'd') })
  const path = join(directory, 'x.log')
  t.strictSame(await idsOf(path, 3), ['b', 'c', 'd'])
  t.strictSame(await idsOf(path, 10), ['a', 'b', 'c', 'd'])
  t.strictSame(await idsOf(path, 0), [])
  t.strictSame(await idsOf(path, 1, ({ id }) => id < 'd'), ['c'], 'the last that pass')
})

void t.test('no file, an empty one, one with damaged lines', async (t) => {
  const damaged = `{"time":"2026${lines('a')}${lines('b')}\nrubbish\n${lines('c').slice(0, 50)}`
  const directory = t.testdir({ 'empty.log': '', 'damaged.log': damaged })
  t.strictSame(await idsOf(join(directory, 'none.log'), 5), [])
  t.strictSame(await idsOf(join(directory, 'empty.log'), 5), [])
  t.strictSame(await idsOf(join(directory, 'damaged.log'), 5), ['b'])
  await t.rejects(idsOf(directory.replace(/$/, '/.'), 5), { code: 'log-unreadable' })
})

void t.test('of many only what is asked for is kept', async (t) => {
  const ids = Array.from({ length: 5000 }, (_, n) => `${n}`)
  const path = join(t.testdir({ 'x.log': lines(...ids) }), 'x.log')
  t.strictSame(await idsOf(path, 2), ['4998', '4999'])
  t.equal((await idsOf(path, 3000)).length, 3000)
})

/** Follows x.log of a directory; `has` waits until these and no others have come. */
function follower(t: Test, directory: string, last: number) {
  const path = join(directory, 'x.log')
  const stop = new AbortController()
  const seen: string[] = []
  const run = async () => {
    for await (const batch of readTransactions(path, { passes: all, last, follow: stop.signal }))
      seen.push(...batch.map(({ transaction }) => transaction.id))
  }
  const running = run()
  running.catch(() => {})
  t.teardown(async () => {
    stop.abort()
    await running
  })
  return { path, stop, running, has: (...ids: readonly string[]) => waitUntil(() => `${seen}` === `${ids}`) }
}

void t.test('following: the last ones, then all that come, across a rotation', async (t) => {
  const directory = t.testdir({ 'x.1.log': lines('a', 'b'), 'x.log': lines('c') })
  const { path, stop, running, has } = follower(t, directory, 2)
  await has('b', 'c')
  appendFileSync(path, lines('d', 'e', 'f'))
  await has('b', 'c', 'd', 'e', 'f')
  const [half, rest] = [lines('g').slice(0, 30), lines('g').slice(30)]
  appendFileSync(path, half)
  appendFileSync(path, rest)
  await has('b', 'c', 'd', 'e', 'f', 'g')
  renameSync(path, join(directory, 'x.1.log'))
  writeFileSync(path, lines('h'))
  await has('b', 'c', 'd', 'e', 'f', 'g', 'h')
  stop.abort()
  await running
})

void t.test('following what is not there yet', async (t) => {
  const { path, has } = follower(t, t.testdir(), 5)
  writeFileSync(path, lines('a', 'b'))
  await has('a', 'b')
})

void t.test('following nothing but what is new: what comes after the start is', async (t) => {
  const { path, has } = follower(t, t.testdir({ 'x.1.log': lines('a'), 'x.log': lines('b', 'c') }), 0)
  appendFileSync(path, lines('d'))
  await has('d')
})
