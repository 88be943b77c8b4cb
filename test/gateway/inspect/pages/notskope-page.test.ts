import t from 'tap'
import { notSteeredPage, steeredPage } from '../../../../gateway/inspect/pages/notskope-page.js'
import { HOSTILE_NAMES } from '../../../support/hostile-report.js'
import { FLOW } from '../../../support/judged.js'

const VISIT = { decrypted: true, time: '2026-11-24T08:00:00.005Z', requestId: 'request-1' }

void t.test('steered: who, through what, and what the world sees', async (t) => {
  const { status, body } = steeredPage(FLOW, VISIT, 'application/json')
  t.equal(status, 200)
  t.strictSame(JSON.parse(String(body)), {
    steered: true,
    message: 'This request came through the tunnel to US-ORD1, and the gateway there answers it.',
    sourceIp: '203.0.113.7',
    egressIp: '163.116.133.99',
    pop: 'US-ORD1',
    tenant: 'acme',
    transport: 'DTLS',
    session: 3,
    user: 'anna@example.com',
    device: 'LAPTOP-7',
    process: 'curl',
    decrypted: true,
    time: '2026-11-24T08:00:00.005Z',
    requestId: 'request-1',
  })
  t.match(String(steeredPage(FLOW, VISIT, 'text/html').body), /<h1>You are steered<\/h1>[\s\S]*US-ORD1/)
  t.match(
    String(steeredPage(FLOW, { ...VISIT, decrypted: false }, '').body),
    /^You are steered\n[\s\S]*Decrypted: no\n/,
  )
})

void t.test('not steered', async (t) => {
  const visit = { sourceIp: '203.0.113.7', time: VISIT.time }
  t.match(JSON.parse(String(notSteeredPage(visit, 'application/json').body)), {
    steered: false,
    sourceIp: '203.0.113.7',
  })
  t.match(String(notSteeredPage(visit, 'text/html').body), /<h1>You are not steered<\/h1>/)
  t.match(String(notSteeredPage(visit, '*/*').body), /^You are not steered\n[\s\S]*Your address: 203\.0\.113\.7\n/)
})

void t.test('hostile names of devices and programs', async (t) => {
  for (const [number, name] of HOSTILE_NAMES.entries()) {
    const page = String(steeredPage({ ...FLOW, device: name, process: name, user: name }, VISIT, 'text/html').body)
    t.notMatch(page, /<script|<img|onmouseover="/i, `hostile name ${number}`)
  }
})
