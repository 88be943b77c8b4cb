import fc from 'fast-check'
import t from 'tap'
import { readPlainAnswer } from '../../../../../gateway/inspect/http1/plain/plain-answer.js'

const read = (text: string, method = 'GET', closes = false) =>
  readPlainAnswer(Buffer.from(text, 'latin1'), method, closes)

void t.test('how an answer ends', async (t) => {
  const cases: ReadonlyArray<readonly [head: string, body: string, isLast: boolean, method?: string]> = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'length', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'none', false],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n', 'chunked', false],
    ['HTTP/1.1 200 OK\r\n\r\n', 'until-close', true],
    ['HTTP/1.1 200\r\nContent-Length: 1\r\nConnection: close\r\n\r\n', 'length', true],
    ['HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n', 'length', false],
    ['HTTP/1.1 204 No Content\r\n\r\n', 'none', false],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 'none', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'none', false, 'HEAD'],
  ]
  for (const [head, body, isLast, method] of cases) t.match(read(head, method), { body, isLast }, JSON.stringify(head))
})

void t.test('whether the origin keeps its connection', async (t) => {
  for (const [head, endsLine] of [
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n', true],
    ['HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n', true],
  ] as const)
    t.match(read(head), { endsLine }, JSON.stringify(head))
})

void t.test('the head for the client', async (t) => {
  const head =
    'HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nconnection: keep-alive\r\nKeep-Alive: timeout=5\r\nset-cookie: b\r\nContent-Length: 5\r\n\r\n'
  const sent = (closes: boolean) => {
    const answer = read(`${head}hello`, 'GET', closes)
    return typeof answer === 'object' && 'sendHead' in answer ? answer.sendHead.toString() : answer
  }
  const wanted = 'HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 5\r\n'
  t.equal(sent(false), `${wanted}\r\n`, "nothing of the next hop's")
  t.equal(sent(true), `${wanted}Connection: close\r\n\r\n`, 'the client is told that nothing follows')
  t.match(read(`${head}hello`), { status: 200, bytes: 5, headLength: head.length })
})

void t.test('what is no answer, not yet one, or an interim one', async (t) => {
  for (const text of ['', 'H', 'HTTP/1.1 200 OK\r\nA: b\r\n']) t.equal(read(text), 'need-more', text)
  t.match(
    read('HTTP/1.1 103 Early Hints\r\nConnection: x\r\nX: y\r\nLink: </a>\r\n\r\nHTTP'),
    { isInterim: true, headLength: 61, sendHead: Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n') },
    "nothing of the next hop's",
  )
  for (const text of [
    'SSH-2.0-x\r\n',
    'HTTP/2.0 200 OK\r\n\r\n',
    'HTTP/1.1 600 Odd\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA : b\r\n\r\n',
    'HTTP/1.1 200 OK\nA: b\r\n\r\n',
    `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(70_000)}`,
  ])
    t.match(read(text), { malformed: /./ }, JSON.stringify(text.slice(0, 60)))
})

void t.test('never throws, whatever comes', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(head.length), (noise, at) => {
      read(head.slice(0, at) + noise + head.slice(at))
    }),
  )
  t.pass()
})
