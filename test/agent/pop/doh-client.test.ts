/** Look-ups by DNS over HTTPS against hosts of our own; how HTTPS fails in general is in https-client.test.ts. */

import t, { type Test } from 'tap'
import { type DohOptions, resolveByDoh } from '../../../agent/pop/doh-client.js'
import {
  BAD_REPLIES,
  byteByByte,
  CA,
  freePort,
  type HttpsHost,
  httpsHost,
  type Reply,
  SILENCE,
} from '../../support/https-host.js'
import { waitUntil } from '../../support/wait-until.js'

const HOST = 'dns.google'
const NAME = 'gateway-acme.goskope.com'
const GOOD = JSON.stringify({ Status: 0, Answer: [{ name: `${NAME}.`, type: 1, TTL: 60, data: '163.116.133.35' }] })

function optionsFor(port: number, more: Partial<DohOptions> = {}): DohOptions {
  return { host: HOST, ip: '127.0.0.1', port, ca: CA, timeoutMs: 2000, ...more }
}

function serviceWith(t: Test, reply: Reply): Promise<HttpsHost> {
  return httpsHost(t, HOST, new Map([['/resolve', reply]]))
}

void t.test('a name is resolved, with and without a client subnet', async (t) => {
  const host = await serviceWith(t, byteByByte(GOOD))
  const found = { addresses: ['163.116.133.35'] }
  t.strictSame(await resolveByDoh(NAME, optionsFor(host.port)), found)
  t.strictSame(await resolveByDoh(NAME, optionsFor(host.port, { subnet: '203.0.113.0/24' })), found)
  t.strictSame(host.asked, [
    `GET /resolve?name=${NAME}&type=A`,
    `GET /resolve?name=${NAME}&type=A&edns_client_subnet=203.0.113.0%2F24`,
  ])
  await waitUntil(() => host.sockets.size === 0)
})

void t.test('a service that', async (t) => {
  const cases: typeof BAD_REPLIES = [
    ...BAD_REPLIES,
    ['knows no address', '{"Status":0}', { failure: 'not-resolved', curlCode: 0 }],
    ['says what fills pages', JSON.stringify({ Status: 'x\n'.repeat(999) }), { detail: /^.{50,203}$/ }],
  ]
  for (const [why, reply, wanted] of cases) {
    const { port } = await serviceWith(t, reply)
    const options = optionsFor(port, reply === SILENCE ? { timeoutMs: 200 } : {})
    t.match(await resolveByDoh(NAME, options), wanted, why)
  }
})

void t.test('nobody at the port, or somebody else', async (t) => {
  t.match(await resolveByDoh(NAME, optionsFor(await freePort())), { failure: 'refused', curlCode: 7 })
  const { port } = await httpsHost(t, 'dns.example')
  t.match(await resolveByDoh(NAME, optionsFor(port)), { failure: 'certificate', curlCode: 60 })
})

void t.test('an abort ends what is under way', async (t) => {
  const host = await serviceWith(t, SILENCE)
  const stop = new AbortController()
  const outcome = resolveByDoh(NAME, optionsFor(host.port, { signal: stop.signal }))
  await waitUntil(() => host.asked.length === 1)
  stop.abort()
  t.match(await outcome, { failure: 'closed', curlCode: 42 })
})
