/** The client of the GSLB service against hosts of our own; how HTTPS fails in general is in https-client.test.ts. */

import t, { type Test } from 'tap'
import { GslbClient, type GslbClientOptions } from '../../../agent/pop/gslb-client.js'
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
import { choiceBody, LONDON, listBody, measuredPop } from './gslb-sample.js'

const HOST = 'gateway.gslb.goskope.com'
const ORG_KEY = 'ORGKEYORGKEYORGKEY01'
const PATH = `/api/v0.2/footprint/${ORG_KEY}`

function clientOf(port: number, more: Partial<GslbClientOptions> = {}): GslbClient {
  return new GslbClient({ host: HOST, ip: '127.0.0.1', port, ca: CA, timeoutMs: 2000, orgKey: ORG_KEY, ...more })
}

function serviceWith(t: Test, reply: Reply): Promise<HttpsHost> {
  return httpsHost(t, HOST, new Map([[PATH, reply]]))
}

void t.test('POPs are fetched, and round trips posted, each over a connection of its own', async (t) => {
  const host = await serviceWith(t, byteByByte(listBody()))
  const client = clientOf(host.port)
  const list = await client.fetch()
  t.strictSame(list, { requestId: 'aGVsbG8_-w==', egressIp: '203.0.113.7', country: 'GB', pops: [LONDON] })
  host.replies.set(PATH, choiceBody())
  const measured = [measuredPop('UK-LON1', 12.3), measuredPop('US-ORD1')]
  t.strictSame(await client.post('aGVsbG8', measured), { pops: [{ name: 'UK-LON1', ip: '163.116.128.8' }] })
  t.strictSame(host.asked, [`GET ${PATH}`, `POST ${PATH}`])
  t.strictSame(JSON.parse(host.posted[0]!), {
    request_id: 'aGVsbG8',
    pops: [
      { name: 'UK-LON1', ip: '163.116.128.8', rtt: 12.3 },
      { name: 'US-ORD1', ip: '163.116.128.8', rtt: null },
    ],
  })
  t.equal(host.connections(), 2)
  await waitUntil(() => host.sockets.size === 0)
})

void t.test('a service that', async (t) => {
  const cases: typeof BAD_REPLIES = [
    ...BAD_REPLIES,
    ['names no POP', listBody({ pops: [] }), { failure: 'malformed', detail: /names no POP/ }],
  ]
  for (const [why, reply, wanted] of cases) {
    const { port } = await serviceWith(t, reply)
    const client = clientOf(port, reply === SILENCE ? { timeoutMs: 200 } : {})
    t.match(await client.fetch(), wanted, why)
    t.match(await client.post('id', []), wanted, `${why}, posted`)
  }
})

void t.test('nobody at the port, or somebody else', async (t) => {
  t.match(await clientOf(await freePort()).fetch(), { failure: 'refused', curlCode: 7 })
  const { port, asked } = await httpsHost(t, 'gateway.example')
  t.match(await clientOf(port).fetch(), { failure: 'certificate', curlCode: 60 })
  t.strictSame(asked, [], 'who is not told the key')
})

void t.test('no failure shows the key, and the key is encoded', async (t) => {
  const { port } = await serviceWith(t, listBody({ egress_ip: ORG_KEY }))
  const answer = await clientOf(port).fetch()
  t.match(answer, { failure: 'malformed', detail: /egress_ip: found "\*\*\*"/ })
  const host = await serviceWith(t, '')
  await clientOf(host.port, { orgKey: '../a b' }).fetch()
  t.strictSame(host.asked, ['GET /api/v0.2/footprint/..%2Fa%20b'])
})

void t.test('an abort ends what is under way', async (t) => {
  const host = await serviceWith(t, SILENCE)
  const stop = new AbortController()
  const answer = clientOf(host.port, { signal: stop.signal }).fetch()
  await waitUntil(() => host.asked.length === 1)
  stop.abort()
  t.match(await answer, { failure: 'closed', curlCode: 42 })
})
