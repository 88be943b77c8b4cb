/** Finding a gateway by its name: EDNS, then LDNS, with the founding document's lines. */

import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import { GatewayResolver } from '../../../agent/pop/gateway-resolver.js'
import type { Resolution } from '../../../agent/pop/resolution.js'

const gateway = 'gateway-acme.goskope.com'
const [ORD, IAD] = ['163.116.133.35', '163.116.146.35']
const NOTHING: Resolution = { failure: 'not-resolved', detail: 'the answer is NXDOMAIN', curlCode: 6 }
const failedWith = (curlCode: number, httpStatus?: number): Resolution => ({
  failure: 'malformed',
  detail: '',
  curlCode,
  ...(httpStatus === undefined ? {} : { httpStatus }),
})

async function resolve(doh: Resolution, ldns: Resolution) {
  const events: LogEvent[] = []
  const asked: string[] = []
  const signals: (AbortSignal | undefined)[] = []
  const answering = (method: string, answer: Resolution) => async (name: string, signal?: AbortSignal) => {
    asked.push(`${method} ${name}`)
    signals.push(signal)
    return answer
  }
  const log = { report: (event: LogEvent) => void events.push(event) }
  const resolver = new GatewayResolver({ doh: answering('doh', doh), ldns: answering('ldns', ldns), log })
  const { signal } = new AbortController()
  const found = await resolver.resolve(gateway, signal)
  return { resolver, found, events, asked, isStoppable: signals[0] === signal }
}

const EDNS_FAILED = [
  { type: 'edns-download-failed', error: -2 },
  { type: 'edns-failed', gateway },
]

void t.test('the founding document’s EDNS sequence', async (t) => {
  const { found, events, asked, isStoppable } = await resolve({ addresses: [ORD, IAD] }, NOTHING)
  t.ok(isStoppable)
  t.strictSame(found, { ip: ORD, method: 'edns' })
  t.strictSame(events, [{ type: 'edns-downloaded' }, { type: 'gateway-found-edns', gateway }])
  t.strictSame(asked, [`doh ${gateway}`], 'LDNS is not asked')
})

void t.test('the founding document’s LDNS sequence: EDNS times out', async (t) => {
  const { found, events, asked } = await resolve(
    { failure: 'timed-out', detail: 'no answer in 5 s', curlCode: 28 },
    { addresses: [IAD] },
  )
  t.strictSame(found, { ip: IAD, method: 'ldns' })
  t.strictSame(events, [
    { type: 'download-failed', code: 28, error: 'Timeout was reached' },
    ...EDNS_FAILED,
    { type: 'gateway-found-ldns', gateway },
  ])
  t.strictSame(asked, [`doh ${gateway}`, `ldns ${gateway}`])
})

void t.test('other ways to fail have a line of their own, or none', async (t) => {
  const cases: readonly [what: string, doh: Resolution, lines: readonly object[]][] = [
    ['HTTP 503', failedWith(22, 503), [{ type: 'http-refused', code: 503 }]],
    ['refused', failedWith(7), [{ type: 'download-failed', code: 7, error: 'Could not connect to server' }]],
    ['a transfer that was fine, with garbage', failedWith(0), []],
    ['an answer without an address', { addresses: [] }, []],
  ]
  for (const [what, doh, lines] of cases) {
    const { found, events } = await resolve(doh, { addresses: [IAD] })
    t.equal(found?.method, 'ldns', what)
    t.strictSame(events, [...lines, ...EDNS_FAILED, { type: 'gateway-found-ldns', gateway }], what)
  }
})

void t.test('neither finds it', async (t) => {
  const ends: readonly Resolution[] = [NOTHING, { addresses: [] }]
  for (const ldns of ends) {
    const { found, events } = await resolve(failedWith(0), ldns)
    t.equal(found, undefined)
    t.strictSame(events, [...EDNS_FAILED, { type: 'ldns-failed', gateway }])
  }
})

void t.test('an address of EDNS at which no gateway of ours answered: what LDNS says in its place', async (t) => {
  const lines = [
    { type: 'tunnel-connect-failed', transport: 'TLS', gateway, port: 443, error: -1 },
    { type: 'edns-failed', gateway },
    { type: 'gateway-found-ldns', gateway },
  ]
  const cases: readonly [what: string, ldns: Resolution, ip: string | undefined][] = [
    ['another one', { addresses: [IAD] }, IAD],
    ['another one beside the same', { addresses: [ORD, IAD] }, IAD],
    ['the same', { addresses: [ORD] }, undefined],
    ['none', NOTHING, undefined],
  ]
  for (const [what, ldns, ip] of cases) {
    const { resolver, events } = await resolve({ addresses: [ORD] }, ldns)
    const before = events.length
    const found = await resolver.resolveOtherwise(
      { gateway, ip: '', port: 443, pop: '' },
      ORD,
      new AbortController().signal,
    )
    t.strictSame(found, ip === undefined ? undefined : { ip, method: 'ldns' }, what)
    t.strictSame(events.slice(before), ip === undefined ? [] : lines, what)
  }
})
