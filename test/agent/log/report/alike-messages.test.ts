import t from 'tap'
import type { LogRecord } from '../../../../agent/log/record.js'
import { AlikeMessages } from '../../../../agent/log/report/alike-messages.js'

function record(message: string, own: Partial<LogRecord> = {}): LogRecord {
  const columns = { process: 'p', pid: 1, tid: 2, level: 'error', file: 'a.cpp', line: 1, component: 'c' } as const
  return { time: 5, ...columns, message, ...own }
}

/** How many kinds the messages are. */
function kinds(...messages: readonly string[]): number {
  const alike = new AlikeMessages()
  for (const message of messages) alike.add(record(message))
  return alike.list().length
}

void t.test('numbers, addresses and host names do not make a kind', async (t) => {
  t.equal(kinds('failed, code 28', 'failed, code 6'), 1)
  t.equal(kinds('to 10.0.0.1:443 (gw.a.example)', 'to 2001:db8::1:443 (x.b.example)'), 1)
  t.equal(kinds('no response for 10.0.0.0/8', 'no response for 4.39.19.82'), 1)
  t.equal(kinds('open C:\\a.txt', 'open C:\\b.txt'), 1)
})

void t.test('words do', async (t) => {
  t.equal(kinds('error Timeout was reached', 'error Could not resolve host'), 2)
  const alike = new AlikeMessages()
  alike.add(record('x'))
  alike.add(record('x', { component: 'other' }))
  alike.add(record('x', { level: 'warning' }))
  t.equal(alike.list().length, 3, 'level and component too')
})

void t.test('a kind has its first message, its count and its times; frequent ones come first', async (t) => {
  const alike = new AlikeMessages()
  alike.add(record('once'))
  alike.add(record('code 1', { time: 30 }))
  alike.add(record('code 2', { time: 20 }))
  t.strictSame(alike.list(1), [{ level: 'error', component: 'c', message: 'code 1', count: 2, first: 20, last: 30 }])
})

void t.test('kinds are bounded, messages are not lost', async (t) => {
  const alike = new AlikeMessages()
  const words = (i: number): string => [...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
  for (let i = 0; i < 5000; i++) alike.add(record(`kind ${words(i)}`))
  const list = alike.list()
  t.equal(list.length, 2001)
  t.match(list[0], { component: '', count: 3000 })
  const begin = performance.now()
  alike.add(record('x'.repeat(10_000_000)))
  t.ok(performance.now() - begin < 1000, 'a long one takes no time')
})
