/** The header fields of HTTP/2: what is passed on, and what is judged. */

import { type IncomingHttpHeaders, sensitiveHeaders } from 'node:http2'
import fc from 'fast-check'
import t from 'tap'
import {
  answerHead,
  type Fields,
  faultOf,
  fieldsToSend,
  requestHead,
} from '../../../../gateway/inspect/http2/header-fields.js'

/** What node:http2 makes of raw fields, in as far as it matters here: some it joins, of some it reads the first only. */
function fieldsOf(raw: readonly string[], single: readonly string[] = []): Fields {
  const parsed: IncomingHttpHeaders = {}
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!
    const value = raw[at + 1]!
    const before = parsed[name]
    if (name === 'set-cookie') parsed[name] = [...((before as string[] | undefined) ?? []), value]
    else if (before === undefined) parsed[name] = value
    else if (!single.includes(name)) parsed[name] = `${before as string}, ${value}`
  }
  return { parsed, raw }
}

/** Name, value, name, value, as node sends an object of headers. */
function flat(fields: ReturnType<typeof fieldsToSend>): string[] {
  return Object.entries(fields).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]))
}

void t.test('order, spelling and repetition are kept', async (t) => {
  const raw = [
    ':method',
    'GET',
    ':path',
    '/a%2Fb?c=d',
    'x-b',
    '2',
    'x-a',
    '1',
    'accept',
    '',
    'cookie',
    'a=1',
    'cookie',
    'b=2',
  ]
  t.strictSame(flat(fieldsToSend(fieldsOf(raw))), raw)
  const answer = [
    ':status',
    '200',
    'set-cookie',
    'a=1',
    'set-cookie',
    'b=2',
    'link',
    '<a>',
    'link',
    '<b>',
    'link',
    '<c>',
  ]
  t.strictSame(flat(fieldsToSend(fieldsOf(answer))), answer)
})

void t.test('of a field that node sends once only, the first is kept', async (t) => {
  const raw = ['x-content-type-options', 'nosniff', 'x-content-type-options', 'none', 'x-content-type-options', 'other']
  t.strictSame(flat(fieldsToSend(fieldsOf(raw, ['x-content-type-options']))), raw.slice(0, 2))
})

void t.test('what concerns the connection stays behind', async (t) => {
  t.strictSame(flat(fieldsToSend(fieldsOf(['http2-settings', 'AAMAAABk', 'x-a', '1']))), ['x-a', '1'])
  t.strictSame(
    flat(fieldsToSend(fieldsOf(['te', 'Trailers']))),
    ['te', 'trailers'],
    'and te: trailers is for the origin',
  )
})

void t.test('a field that must not be indexed goes on so', async (t) => {
  const { parsed, raw } = fieldsOf(['authorization', 'Basic eHk6eg==', 'x-a', '1'])
  const sent = fieldsToSend({ parsed: Object.assign(parsed, { [sensitiveHeaders]: ['authorization'] }), raw })
  t.strictSame((sent as Record<symbol, unknown>)[sensitiveHeaders], ['authorization'])
  t.notOk(sensitiveHeaders in fieldsToSend(fieldsOf(raw)), 'and no other')
})

void t.test('names that are something in JavaScript are names', async (t) => {
  const raw = ['__proto__', 'a', 'constructor', 'b', 'tostring', 'c', '__proto__', 'd']
  t.strictSame(flat(fieldsToSend({ raw, parsed: Object.assign(Object.create(null), { ['__proto__']: 'a, d' }) })), [
    ...['__proto__', 'a', '__proto__', 'd', 'constructor', 'b', 'tostring', 'c'],
  ])
})

void t.test('no field is lost or made up, whatever there is', async (t) => {
  const name = fc.stringMatching(/^[a-z][a-z-]{0,3}$/).filter((text) => text !== 'te')
  const fields = fc.array(fc.tuple(name, fc.string()), { maxLength: 20 })
  fc.assert(
    fc.property(fields, (pairs) => {
      const sent = flat(fieldsToSend(fieldsOf(pairs.flat())))
      for (const [wanted] of pairs) {
        const values = pairs.filter(([other]) => other === wanted).map(([, value]) => value)
        const found = sent.filter((_, at) => at % 2 === 1 && sent[at - 1] === wanted)
        t.strictSame(found, values)
      }
      t.equal(sent.length, pairs.length * 2)
    }),
    { numRuns: 100 },
  )
})

void t.test('heads as they are judged', async (t) => {
  const post = {
    ':method': 'POST',
    ':authority': 'Example.com:8443',
    ':path': '/a?b',
    'content-type': 'text/plain',
    'content-length': '12',
    accept: '*/*',
  }
  const wanted = {
    method: 'POST',
    authority: 'Example.com:8443',
    target: '/a?b',
    contentType: 'text/plain',
    bytes: 12,
    accept: '*/*',
  }
  t.strictSame(requestHead(post, false), wanted)
  t.equal(requestHead(post, true).bytes, 0, 'nothing follows')
  const bare = { ':method': 'GET', host: 'example.com', ':path': '/' }
  const of = { method: 'GET', authority: 'example.com', target: '/', contentType: '', bytes: undefined, accept: '' }
  t.strictSame(requestHead(bare, false), of)
  t.strictSame(answerHead({ ':status': '200', 'content-type': 'a/b', 'content-length': '3' }, false), {
    status: 200,
    contentType: 'a/b',
    bytes: 3,
  })
  t.strictSame(answerHead({ ':status': '204' }, true), { status: 204, contentType: '', bytes: 0 })
  t.strictSame(answerHead({ ':status': '200' }, false), { status: 200, contentType: '', bytes: undefined })
})

const HEAD = [':method', 'GET', ':scheme', 'https', ':path', '/', ':authority', 'a.example']
const HEAD_BYTES = HEAD.join('').length + 4 * 32
const NO_HOST = HEAD.slice(0, 6)

/** A head in which these fields have other values. */
function headWith(values: Readonly<Record<string, string>>): string[] {
  return HEAD.map((text, at) => (at % 2 === 0 ? text : (values[HEAD[at - 1]!] ?? text)))
}

const FAULTS: ReadonlyArray<readonly [title: string, raw: readonly string[], fault: RegExp | undefined]> = [
  ['a request', HEAD, undefined],
  ['CONNECT', [':method', 'CONNECT', ':authority', 'a.example:443'], /CONNECT/],
  ['a host twice', [...HEAD, 'host', 'A.example'], undefined],
  ['a host with the port of the scheme and without', [...HEAD, 'host', 'a.example:443'], undefined],
  ['Host only', [...NO_HOST, 'host', 'a.example'], undefined],
  ['two hosts', [...HEAD, 'host', 'b.example'], /two hosts/],
  ['two ports', [...HEAD, 'host', 'a.example:80'], /two hosts/],
  ['a host and an empty one', [...HEAD, 'host', ''], /two hosts/],
  ['an address and a port', headWith({ ':authority': '[2001:db8::1]:8443' }), undefined],
  ['a user', headWith({ ':authority': 'box.com@a.example' }), /a host that is none/],
  ['a path in :authority', headWith({ ':authority': 'a.example/b' }), /a host that is none/],
  ['two hosts in :authority', headWith({ ':authority': 'a.example,b.example' }), /a host that is none/],
  ['a Host that is none', [...NO_HOST, 'host', 'a.example#b'], /a host that is none/],
  ['a Host that is none beside a good :authority', [...HEAD, 'host', 'b@a.example'], /a host that is none/],
  ['another scheme', headWith({ ':scheme': 'http' }), /another scheme than https/],
  ['a scheme nobody knows', headWith({ ':scheme': 'ftp' }), /another scheme than https/],
  ['no scheme', [...HEAD.slice(0, 2), ...HEAD.slice(4)], /another scheme than https/],
  ['*, for OPTIONS', headWith({ ':method': 'OPTIONS', ':path': '*' }), undefined],
  ['* for anything else', headWith({ ':path': '*' }), /no path/],
  ['a path of another site', headWith({ ':path': 'https://b.example/' }), /no path/],
  ['no path', [...HEAD.slice(0, 4), ...HEAD.slice(6)], /no path/],
  ['the largest head', [...HEAD, 'x', 'x'.repeat(65_536 - HEAD_BYTES - 33)], undefined],
  ['a head too large by one byte', [...HEAD, 'x', 'x'.repeat(65_536 - HEAD_BYTES - 32)], /larger than/],
  ['a head of too much nothing', [...HEAD, ...Array<string>(4200).fill('')], /larger than/],
]

for (const [title, raw, fault] of FAULTS)
  void t.test(`${title}: ${fault === undefined ? 'no fault' : 'a fault'}`, async (t) => {
    const found = faultOf(fieldsOf(raw), 'https')
    if (fault === undefined) t.equal(found, undefined)
    else t.match(found, { status: /larger/.test(fault.source) ? 431 : 400, why: fault })
  })

void t.test("the scheme is the connection's", async (t) => {
  t.equal(faultOf(fieldsOf(headWith({ ':scheme': 'http' })), 'http'), undefined)
  t.match(faultOf(fieldsOf(HEAD), 'http'), { status: 400, why: /another scheme than http\./ })
})
