/** What the add-on client makes of answers; how requests fail on the way is in https-client.test.ts. */

import t from 'tap'
import { brandingRequest, configurationRequests, statusRequest } from '../../../../agent/config/download/endpoints.js'
import { byteByByte, type Reply, statusReply } from '../../../support/https-host.js'
import { addonHost, clientOf, HOST, KEYS, refusal } from './addon-host.js'

const [CONFIG] = configurationRequests(KEYS)
const PATH = CONFIG!.path
const OK = '{"status":"success"}'

void t.test('a host that', async (t) => {
  const cases: readonly [why: string, Reply, failure: string, curlCode: number, detail?: RegExp][] = [
    ['refuses in HTML', statusReply(502), 'http', 22, /^HTTP status 502$/],
    [
      'redirects',
      (_, response) => void response.writeHead(302, { location: '/' }).end(),
      'http',
      22,
      /^HTTP status 302$/,
    ],
    ['refuses in JSON', refusal(403, 'Wrong key'), 'rejected', 22, /^Wrong key$/],
    ['refuses in JSON that looks like success', refusal(200, 'Wrong key'), 'rejected', 0],
    ['answers with a portal', '<html>sign in</html>', 'malformed', 0, /not a JSON object/],
    ['answers with nothing', '', 'malformed', 0],
    ['says nothing at all', (request) => void request.socket.destroy(), 'cut-off', 52],
    ['answers with more than 1 MiB', OK.padEnd(1_048_577), 'too-large', 63],
  ]
  const { port, replies } = await addonHost(t)
  const client = clientOf(t, port)
  for (const [why, reply, failure, curlCode, detail] of cases) {
    replies.set(PATH, reply)
    t.match(await client.ask(CONFIG!), { failure, curlCode, detail: detail ?? /\S/ }, why)
  }
})

void t.test('a good answer comes with the version it says', async (t) => {
  const host = await addonHost(t, new Map([[PATH, byteByByte(OK)]]))
  const client = clientOf(t, host.port)
  t.equal(client.host, HOST)
  t.strictSame(await client.ask(CONFIG!), { body: Buffer.from(OK), version: undefined })
  host.replies.set(PATH, (_, response) => void response.setHeader('x-steerlab-config-version', 'v 7').end(OK))
  t.strictSame(await client.ask(CONFIG!), { body: Buffer.from(OK), version: 'v 7' })
  const query = `orgkey=${KEYS.orgKey}&hashkey=${KEYS.userKey}&tenantconfig=1`
  t.strictSame(host.asked, Array(2).fill(`GET ${PATH}?${query}`))
  t.equal(host.connections(), 1, 'over one connection')
})

void t.test('a status is posted, and parameters are encoded', async (t) => {
  const host = await addonHost(t, new Map([[statusRequest(KEYS).path, OK]]))
  const client = clientOf(t, host.port)
  t.match(await client.ask(statusRequest(KEYS), { event: 'é' }), { body: Buffer.from(OK) })
  await client.ask(brandingRequest('a&b', 'x+y@acme.example'))
  t.strictSame(host.posted, ['{"event":"é"}'])
  t.match(host.asked[1], /\?orgkey=a%26b&email=x%2By%40acme.example$/)
})

void t.test('the host shows no key in what it says', async (t) => {
  const message = `no ${KEYS.userKey} in\n${KEYS.orgKey} `.repeat(30)
  const { port } = await addonHost(t, new Map([[PATH, refusal(403, message)]]))
  const answer = await clientOf(t, port).ask(CONFIG!)
  t.match(answer, { failure: 'rejected', detail: /^no \*\*\* in \*\*\* no .{150,190}\.\.\.$/ })
  t.notMatch(answer, { detail: /KEY/ })
})

void t.test('a closed client asks nothing', async (t) => {
  const { port, asked } = await addonHost(t, new Map([[PATH, OK]]))
  const client = clientOf(t, port)
  client.close()
  t.match(await client.ask(CONFIG!), { failure: 'closed', curlCode: 42 })
  t.strictSame(asked, [])
})
