/** What is read from a request, whatever the client wrote. */

import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { visitOf, wholeNumber } from '../../../../scripts/lab/site/visit.js'

function visit(url: string, headers: Record<string, string> = {}) {
  const request = new IncomingMessage(new Socket())
  request.url = url
  request.headers = headers
  return visitOf(request, new ServerResponse(request))
}

const TARGETS: readonly [target: string, path: string, query: string][] = [
  ['/', '/', ''],
  ['/whoami', '/whoami', ''],
  ['/slow?ms=5', '/slow', 'ms=5'],
  ['/a?b?c=1', '/a', 'b%3Fc=1'],
  ['//double', '//double', ''],
  ['http://box.com/whoami?x=1', '/whoami', 'x=1'],
  ['http://box.com', '/', ''],
  ['HTTPS://box.com?x=1', '/', 'x=1'],
  ['*', '*', ''],
  ['', '', ''],
]

void t.test('path and query come from the target in any form', async (t) => {
  for (const [target, path, query] of TARGETS) {
    const found = visit(target)
    t.strictSame([found.path, found.query.toString()], [path, query], JSON.stringify(target))
  }
})

void t.test('the host comes without its port, from either protocol', async (t) => {
  t.equal(visit('/', { host: 'box.com' }).host, 'box.com')
  t.equal(visit('/', { host: 'box.com:8443' }).host, 'box.com')
  t.equal(visit('/', { ':authority': 'zoom.us:443', host: 'other' }).host, 'zoom.us', 'HTTP/2')
  t.equal(visit('/', { host: '[2620:117:bff0:13::90]:443' }).host, '[2620:117:bff0:13::90]')
  t.equal(visit('/', { host: '[::1]' }).host, '[::1]')
  t.equal(visit('/').host, '')
})

void t.test('numbers of the query stay within bounds', async (t) => {
  for (const [query, number] of [
    ['?ms=5', 5],
    ['?ms=0', 0],
    ['?ms=99999999', 100],
    ['?ms=-1', 7],
    ['?ms=1e9', 7],
    ['?ms=', 7],
    ['', 7],
    ['?ms=5&ms=6', 5],
  ] as const) {
    t.equal(wholeNumber(visit(`/slow${query}`), 'ms', 7, 100), number, query)
  }
})

void t.test('no target throws', async (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withQueryParameters: true })), (target) => {
      const { path, query } = visit(target)
      return typeof path === 'string' && query instanceof URLSearchParams
    }),
    { numRuns: 10_000 },
  )
  t.pass('10,000 targets')
})
