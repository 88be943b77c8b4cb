/** The endpoints of DNS over HTTPS: RFC 8484 and Google's JSON, good questions and bad ones. */

import fc from 'fast-check'
import t from 'tap'
import { decodeQuery } from '../../../agent/dns/message.js'
import { rcodeOf } from '../../../agent/dns/wire.js'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { cloudAnswerer, GARBAGE } from '../../../gateway/services/dns-answers.js'
import { type DohAnswer, dohAnswer } from '../../../gateway/services/doh-routes.js'
import { CLOUD } from '../../support/cloud-dns.js'
import { FLAGS, messageBytes } from '../../support/dns-message.js'

const answer = cloudAnswerer(() => CLOUD)
const GATEWAY = 'gateway-lab.goskope.com'
const QUERY = messageBytes({ flags: FLAGS.query, question: { name: GATEWAY, type: 1 } })
const BASE64 = QUERY.toString('base64url')
const MESSAGE = 'application/dns-message'

/** Asks with a method and a target, and a body of some type. */
function ask(line: string, body: Buffer = Buffer.alloc(0), contentType = '', fault?: ServiceFault['kind']): DohAnswer {
  const [method = '', target = ''] = line.split(' ')
  const [path = '', query = ''] = target.split('?')
  const request = { method, path, query: new URLSearchParams(query), contentType, body, clientIp: '127.0.0.1' }
  return dohAnswer(request, answer, fault)
}

function addressesIn(body: DohAnswer['body']): unknown {
  return decodeQuery(Buffer.from(body))?.packet.answers.map(({ address }) => address)
}

void t.test('RFC 8484', async (t) => {
  const get = ask(`GET /dns-query?dns=${BASE64}`)
  t.strictSame([get.status, addressesIn(get.body)], [200, ['127.18.0.1']])
  t.strictSame(get.headers, { 'content-type': MESSAGE, 'cache-control': 'max-age=60' })
  t.strictSame(get.question, { name: GATEWAY, type: 'A' })
  t.strictSame(ask('POST /dns-query', QUERY, MESSAGE), get, 'a body says the same')
  t.strictSame(ask('POST /dns-query', QUERY, 'Application/DNS-Message; x=y'), get, 'however its type is written')

  const nothing = messageBytes({ flags: FLAGS.query, question: { name: GATEWAY, type: 28 } })
  t.equal(ask('POST /dns-query', nothing, MESSAGE).headers['cache-control'], 'max-age=0', 'no data, no keeping')
  const elsewhere = messageBytes({ flags: FLAGS.query, question: { name: 'example.com', type: 1 } })
  const refused = ask('POST /dns-query', elsewhere, MESSAGE)
  t.strictSame([refused.status, rcodeOf(Buffer.from(refused.body))], [200, 5], 'a DNS error is an answer')
  const unreadable = ask('POST /dns-query', QUERY.subarray(0, 20), MESSAGE)
  t.strictSame([unreadable.status, rcodeOf(Buffer.from(unreadable.body))], [200, 1])
  t.notOk('question' in unreadable)
})

void t.test("Google's JSON", async (t) => {
  const flags = { Status: 0, TC: false, RD: true, RA: true, AD: false, CD: false }
  const given = ask(`GET /resolve?name=Gateway-LAB.goskope.com&type=A`)
  t.strictSame(given.headers, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'max-age=60' })
  t.strictSame(given.question, { name: 'Gateway-LAB.goskope.com', type: 'A' })
  const name = 'Gateway-LAB.goskope.com.'
  t.equal(
    given.body,
    JSON.stringify({
      ...flags,
      Question: [{ name, type: 1 }],
      Answer: [{ name, type: 1, TTL: 60, data: '127.18.0.1' }],
    }),
    'field by field',
  )
  const cases: ReadonlyArray<readonly [why: string, parameters: string, expected: object]> = [
    ['A is the type that is meant', 'name=dns.google', { Question: [{ type: 1 }], Answer: [{}, {}] }],
    ['a dot at the end', 'name=dns.google.', { Question: [{ name: 'dns.google.' }], Answer: [{}, {}] }],
    ['the type as a number', 'name=dns.google&type=28', { Question: [{ type: 28 }] }],
    ['the type in small letters', 'name=dns.google&type=aaaa', { Question: [{ type: 28 }] }],
    ['HTTPS', 'name=dns.google&type=HTTPS', { Question: [{ type: 65 }] }],
    ['another name', 'name=example.com', { Status: 5, Question: [{ name: 'example.com.' }] }],
    [
      'near whom',
      `name=${GATEWAY}&edns_client_subnet=203.0.113.200/32`,
      { Answer: [{ data: '127.18.0.3' }], edns_client_subnet: '203.0.113.200/32' },
    ],
    [
      'an address alone stands for its /24',
      `name=${GATEWAY}&edns_client_subnet=203.0.113.200`,
      { Answer: [{ data: '127.18.0.2' }], edns_client_subnet: '203.0.113.0/24' },
    ],
    [
      'an address that is the same for all',
      'name=dns.google&edns_client_subnet=203.0.113.0/24',
      { edns_client_subnet: '203.0.113.0/0' },
    ],
    ['IPv6', `name=${GATEWAY}&edns_client_subnet=2001:db8::1`, { edns_client_subnet: '2001:db8::/56' }],
    ['of two the first', 'name=dns.google&name=example.com', { Status: 0 }],
    ['parameters that change nothing', 'name=dns.google&cd=1&do=1&ct=x&random_padding=x', { ...flags }],
  ]
  for (const [why, parameters, expected] of cases) {
    const body = JSON.parse(String(ask(`GET /resolve?${parameters}`).body))
    t.match(body, expected, why)
    t.equal('Answer' in body, !/28|65|aaaa|HTTPS|example\.com$/.test(parameters.replace(/&name.*/, '')), `${why}: data`)
  }
})

void t.test('what is no question', async (t) => {
  const cases: ReadonlyArray<readonly [line: string, status: number, body?: Buffer, contentType?: string]> = [
    ['GET /', 404],
    ['GET /resolve/', 404],
    ['POST /resolve?name=dns.google', 405],
    ['PUT /dns-query', 405],
    ['GET /resolve', 400],
    ['GET /resolve?name=', 400],
    ['GET /resolve?name=.', 400],
    ['GET /resolve?name=.example.com', 400],
    ['GET /resolve?name=example..com', 400],
    [`GET /resolve?name=${'x'.repeat(64)}.com`, 400],
    [`GET /resolve?name=${'x.'.repeat(127)}`, 200],
    [`GET /resolve?name=${'x.'.repeat(128)}`, 400],
    ['GET /resolve?name=%CE%B5%CE%BB', 400],
    ['GET /resolve?name=a%20b', 400],
    ['GET /resolve?name=dns.google&type=', 400],
    ['GET /resolve?name=dns.google&type=0', 400],
    ['GET /resolve?name=dns.google&type=65535', 200],
    ['GET /resolve?name=dns.google&type=65536', 400],
    ['GET /resolve?name=dns.google&type=AAA', 400],
    ['GET /resolve?name=dns.google&type=constructor', 400],
    ['GET /resolve?name=dns.google&edns_client_subnet=', 400],
    ['GET /resolve?name=dns.google&edns_client_subnet=1.2.3.4/33', 400],
    ['GET /dns-query', 400],
    ['GET /dns-query?dns=', 400],
    ['GET /dns-query?dns=AAAAA', 400],
    [`GET /dns-query?dns=${BASE64}=`, 400],
    [`GET /dns-query?dns=${BASE64.replace(/.$/, '%2B')}`, 400],
    ['GET /dns-query?dns=AAAA', 400],
    ['POST /dns-query', 400, Buffer.alloc(0), MESSAGE],
    ['POST /dns-query', 415, QUERY],
    ['POST /dns-query', 415, QUERY, 'application/json'],
    [`POST /dns-query?dns=${BASE64}`, 415],
  ]
  for (const [line, status, body, contentType] of cases) t.equal(ask(line, body, contentType).status, status, line)
  t.equal(ask('PUT /dns-query').headers['allow'], 'GET, POST')
  t.equal(ask('POST /resolve').headers['allow'], 'GET')
})

void t.test('faults', async (t) => {
  const both = [`GET /dns-query?dns=${BASE64}`, `GET /resolve?name=${GATEWAY}`]
  for (const line of both) {
    const good = ask(line)
    t.equal(ask(line, undefined, '', 'http-500').status, 500)
    const garbage = ask(line, undefined, '', 'garbage')
    t.strictSame([garbage.status, garbage.body], [200, GARBAGE])
    t.equal(garbage.headers['content-type'], good.headers['content-type'])
    t.strictSame(ask(line, undefined, '', 'slow'), good, 'late, and no other')
    t.notSame(ask(line, undefined, '', 'wrong-tenant').body, good.body)
  }
  t.match(JSON.parse(String(ask(both[1] ?? '', undefined, '', 'wrong-tenant').body)), {
    Status: 0,
    Answer: [{ data: '163.116.128.99' }],
  })
  const { Answer, Status } = JSON.parse(String(ask(both[1] ?? '', undefined, '', 'empty').body))
  t.strictSame([Status, Answer], [0, undefined])
})

void t.test('whatever is asked, there is an answer', async (t) => {
  const value = fc.oneof(fc.string(), fc.webPath(), fc.constantFrom(GATEWAY, BASE64, '1.2.3.4/24', 'A', '28', '::/0'))
  const parameters = fc.dictionary(fc.constantFrom('name', 'type', 'edns_client_subnet', 'dns', 'x'), value)
  const path = fc.constantFrom('/resolve', '/dns-query', '/')
  const body = fc.uint8Array({ maxLength: 100 })
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST'), path, parameters, body, (method, path, parameters, bytes) => {
      const query = new URLSearchParams(parameters)
      const body = Buffer.from(bytes)
      const { status } = dohAnswer({ method, path, query, contentType: MESSAGE, body, clientIp: '' }, answer)
      return [200, 400, 404, 405].includes(status)
    }),
    { numRuns: 1000 },
  )
  t.pass('there was')
})
