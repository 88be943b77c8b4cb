import t from 'tap'
import type { AnswerHead, ExchangeEnd, RequestHead } from '../../../../gateway/inspect/exchange.js'
import { JudgedExchange } from '../../../../gateway/inspect/judge/judged-exchange.js'
import { judgedRequest } from '../../../../gateway/inspect/judge/judged-request.js'
import { CONNECTION, HEAD, judgingWorld } from '../../../support/judged.js'

const OK: AnswerHead = { status: 200, contentType: 'text/html', bytes: undefined }
const UPLOAD = { method: 'POST', bytes: undefined }

function exchangeUnder(rules: readonly object[], head: Partial<RequestHead> = {}) {
  const { parts, policy, transactions } = judgingWorld(rules)
  const exchange = new JudgedExchange(judgedRequest(CONNECTION, { ...HEAD, ...head }, parts), policy, parts)
  const ended = (how: ExchangeEnd) => {
    exchange.ended(how)
    return transactions[0]
  }
  return { exchange, transactions, ended }
}

void t.test('the answer is judged by its own type and size', async (t) => {
  const rules = [
    { name: 'No zips', action: 'block', direction: 'download', contentTypes: ['application/zip'], message: 'Ask IT.' },
    { name: 'Not so much', action: 'block', direction: 'download', minBytes: 100 },
  ]
  const cases: [head: Partial<AnswerHead>, rule: string][] = [
    [{}, ''],
    [{ contentType: 'Application/ZIP; x=y' }, 'No zips'],
    [{ bytes: 99 }, ''],
    [{ bytes: 100 }, 'Not so much'],
  ]
  for (const [head, rule] of cases) {
    const { exchange, ended } = exchangeUnder(rules)
    const page = exchange.answered({ ...OK, ...head })
    t.equal(page?.status, rule === '' ? undefined : 403)
    t.equal(exchange.verdict.rule, rule)
    if (rule === 'No zips') t.match(String(page?.body), /<p>Ask IT\.<\/p>/, 'with what the rule has to say')
    t.match(ended(page === undefined ? 'done' : 'own-answer'), { rule, status: page?.status ?? 200 })
  }
})

void t.test('a body of unknown length is over the limit when its bytes are', async (t) => {
  const { exchange, ended } = exchangeUnder([{ name: 'Big', action: 'block', minBytes: 100 }], UPLOAD)
  t.equal(exchange.instead, undefined)
  t.equal(exchange.sent(99), undefined)
  const page = exchange.sent(1)
  t.equal(page?.status, 403)
  t.equal(exchange.sent(5), page, 'and stays so')
  t.equal(exchange.answered(OK), page, 'an answer that comes all the same is not given')
  t.match(ended('own-answer'), { action: 'block', rule: 'Big', status: 403, bytesSent: 105 })
})

void t.test('one that is too large when its answer has begun has the status of that', async (t) => {
  const { exchange, ended } = exchangeUnder([{ name: 'Big', action: 'block', minBytes: 100 }], UPLOAD)
  t.equal(exchange.answered(OK), undefined)
  t.ok(exchange.sent(100))
  t.match(ended('client-left'), { action: 'block', rule: 'Big', status: 200 })
})

void t.test('a download that grows over a limit is cut', async (t) => {
  const rule = { name: 'Big', action: 'block', direction: 'download', minBytes: 100 }
  const { exchange, ended } = exchangeUnder([rule])
  exchange.answered(OK)
  t.ok(exchange.received(99))
  t.notOk(exchange.received(1))
  t.notOk(exchange.received(1), 'and stays so')
  t.match(ended('origin-failed'), { action: 'block', rule: 'Big', status: 200, bytesReceived: 101 })
})

void t.test('a rule for small bodies ceases, the next one begins', async (t) => {
  const rules = [
    { name: 'Small is fine', action: 'allow', maxBytes: 10 },
    { name: 'Middle', action: 'alert', maxBytes: 20 },
    { name: 'Rest', action: 'block', minBytes: 21 },
  ]
  const { exchange } = exchangeUnder(rules, UPLOAD)
  const seen = [10, 1, 9, 1].map((bytes) => [exchange.sent(bytes)?.status, exchange.verdict.action])
  t.strictSame(seen, [
    [undefined, 'allow'],
    [undefined, 'alert'],
    [undefined, 'alert'],
    [403, 'block'],
  ])
})

void t.test('a length that was announced is judged with the head, and one that is exceeded again', async (t) => {
  const rules = [{ name: 'Big', action: 'block', minBytes: 100 }]
  t.equal(exchangeUnder(rules, { bytes: 100 }).exchange.instead?.status, 403)
  const { exchange } = exchangeUnder(rules, { bytes: 99 })
  t.equal(exchange.instead, undefined)
  t.equal(exchange.sent(99), undefined)
  t.equal(exchange.sent(1)?.status, 403)
})

void t.test('of the verdicts on request and answer the one that says more is told', async (t) => {
  const cases: [upload: string | undefined, download: string | undefined, action: string, rule: string][] = [
    [undefined, undefined, 'allow', ''],
    ['allow', undefined, 'allow', 'Up'],
    [undefined, 'allow', 'allow', 'Down'],
    ['allow', 'alert', 'alert', 'Down'],
    ['alert', 'allow', 'alert', 'Up'],
    ['alert', 'alert', 'alert', 'Up'],
    ['alert', 'block', 'block', 'Down'],
  ]
  for (const [upload, download, action, rule] of cases) {
    const rules = [
      ...(upload === undefined ? [] : [{ name: 'Up', action: upload }]),
      ...(download === undefined ? [] : [{ name: 'Down', action: download, direction: 'download' }]),
    ]
    const { exchange, ended } = exchangeUnder(rules)
    exchange.answered(OK)
    t.match(ended('done'), { action, rule }, `${upload} and ${download}`)
  }
})

void t.test('what is read of a body after the answer was given is counted, not judged', async (t) => {
  const { exchange, ended } = exchangeUnder([{ name: 'All', action: 'block' }], UPLOAD)
  t.equal(exchange.instead?.status, 403)
  t.equal(exchange.sent(1000), undefined)
  t.ok(exchange.received(1000), 'the page itself may be sent')
  t.match(ended('own-answer'), { bytesSent: 1000, bytesReceived: 1000 })
})

void t.test('origins that fail', async (t) => {
  const first = exchangeUnder([{ name: 'Watch', action: 'alert' }])
  const page = first.exchange.failed(504, 'No answer within 60 s.')
  t.equal(page.status, 504)
  t.match(String(page.body), /No answer within 60 s\./)
  t.match(first.ended('own-answer'), { action: 'failed', rule: 'Watch', why: 'No answer within 60 s.', status: 504 })

  const late = exchangeUnder([])
  late.exchange.answered(OK)
  t.match(late.ended('origin-failed'), { action: 'failed', why: /broke off/, status: 200 })

  const told = exchangeUnder([])
  told.exchange.answered(OK)
  t.equal(told.exchange.failed(502, 'It broke off.').status, 502)
  t.match(told.ended('origin-failed'), { action: 'failed', why: 'It broke off.', status: 200 })
})

void t.test('a client that leaves, before an answer and within one', async (t) => {
  const early = exchangeUnder([])
  t.match(early.ended('client-left'), { action: 'allow', why: /The client left before the end\.$/, status: undefined })
  const late = exchangeUnder([])
  late.exchange.answered(OK)
  t.match(late.ended('client-left'), { action: 'allow', status: 200 })

  for (const [got, why] of [
    [99, / The client left before the end\.$/],
    [100, /^No rule of the policy matches\.$/],
  ] as const) {
    const sized = exchangeUnder([])
    sized.exchange.answered({ ...OK, bytes: 100 })
    sized.exchange.received(got)
    t.match(sized.ended('client-left'), { action: 'allow', why }, `${got} of 100 bytes`)
  }
})

void t.test('one transaction, whoever says ended how often', async (t) => {
  const { exchange, transactions } = exchangeUnder([])
  exchange.ended('done')
  exchange.ended('client-left')
  exchange.ended('done')
  t.equal(transactions.length, 1)
})
