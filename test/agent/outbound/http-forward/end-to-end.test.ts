import t from 'tap'
import {
  CHUNKED,
  connectionOptions,
  endToEnd,
  lengthLast,
  passableTrailers,
} from '../../../../agent/outbound/http-forward/end-to-end.js'

/** `Name: value` lines as a raw list, and back. */
const raw = (...lines: readonly string[]) => lines.flatMap((line) => line.split(/: ?(.*)/s).slice(0, 2))
const lines = (list: readonly string[]) => list.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${list[i + 1]}`] : []))

void t.test('what is for the next hop goes, the rest stays in order and spelling', async (t) => {
  const cases: readonly [why: string, given: readonly string[], passed: readonly string[]][] = [
    [
      'nothing to drop',
      ['HOST: a', 'x-B: 1', 'X-b: 2', 'Set-Cookie: c'],
      ['HOST: a', 'x-B: 1', 'X-b: 2', 'Set-Cookie: c'],
    ],
    ['the hop-by-hop ones', ['Keep-Alive: x', 'TE: trailers', 'Trailer: A', 'Upgrade: h2c', 'A: b'], ['A: b']],
    ['those of proxies', ['Proxy-Authorization: x', 'proxy-connection: y', 'Proxied: z'], ['Proxied: z']],
    ['those that Connection names', ['X-A: 1', 'Connection: x-a,  X-B ', 'X-B: 2', 'X-C: 3'], ['X-C: 3']],
    ['those that any Connection names', ['Connection: a', 'A: 1', 'connection: b', 'B: 2'], []],
    [
      'never what frames or names',
      ['Connection: host, content-length', 'Host: a', 'Content-Length: 1'],
      ['Host: a', 'Content-Length: 1'],
    ],
    ['chunks are the next hop’s own', ['Transfer-Encoding: chunked', 'A: b'], ['A: b']],
  ]
  for (const [why, given, passed] of cases) t.strictSame(lines(endToEnd(raw(...given))), passed, why)
  const chunked = raw('Transfer-Encoding: chunked', 'Connection: transfer-encoding', 'Trailer: A', 'TE: b')
  t.strictSame(lines(endToEnd(chunked, CHUNKED)), ['Transfer-Encoding: chunked', 'Trailer: A'], 'what is kept')
  t.strictSame(lines(endToEnd(raw('Expect: x', 'A: b'), undefined, new Set(['expect']))), ['A: b'], 'what is dropped')
})

void t.test('the options of Connection', async (t) => {
  t.strictSame([...connectionOptions(raw('Connection: Close, TE', 'connection: x'))], ['close', 'te', 'x'])
  t.strictSame([...connectionOptions(raw('Connections: close'))], [])
})

void t.test('what may come behind a body', async (t) => {
  const trailers = raw('Grpc-Status: 0', 'Content-Length: 5', 'Host: b', 'Proxy-A: 1', 'Set-Cookie: a', 'X: y')
  t.strictSame(passableTrailers(trailers), [
    ['Grpc-Status', '0'],
    ['X', 'y'],
  ])
})

void t.test('a length goes behind a disposition, and stays where there is none', async (t) => {
  const disposition = raw('A: b', 'content-length: 2', 'Content-Disposition: c', 'D: e')
  t.strictSame(lines(lengthLast(disposition)), ['A: b', 'Content-Disposition: c', 'D: e', 'content-length: 2'])
  const plain = raw('Content-Length: 2', 'A: content-disposition')
  t.strictSame(lengthLast(plain), plain)
  const endless = raw('Content-Disposition: c', 'A: b')
  t.strictSame(lengthLast(endless), endless)
})
