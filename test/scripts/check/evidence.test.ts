/** What agent and gateway tell, read as the evidence of one run. */

import t from 'tap'
import type { FlowRecord } from '../../../agent/flow-history.js'
import type { FlowFacts, Verdict } from '../../../agent/steering/flow.js'
import type { Transaction } from '../../../gateway/inspect/transaction.js'
import { accountsSince, evidenceOf, isConnection, isTold, seenHost, unique } from '../../../scripts/check/evidence.js'

const RULE = { file: 'nssteering.json', path: '$.traffic_mode' } as const
const TUNNEL: Verdict = { action: 'tunnel', via: 'nsProxy', rule: RULE, reason: 'Web.' }
const BYPASS: Verdict = {
  action: 'bypass',
  kind: 'pinned',
  rule: { file: 'nsbypass.json', path: '$.x' },
  reason: 'Pinned.',
}
const END = { exit: 0, timedOut: false, durationMs: 12, output: 'hello' }
const NOON = Date.parse('2026-01-05T12:00:00.000Z')

function factsOf(unusual: Partial<FlowFacts> = {}): FlowFacts {
  const destination = { ip: '74.112.186.144', port: 443 }
  const source = { ip: '192.0.2.77', port: 40_000 }
  return { transport: 'tcp', source, destination, host: 'box.com', process: 'curl', sniffed: 'no', ...unusual }
}

function flow(facts: Partial<FlowFacts> = {}, verdict: Verdict = TUNNEL, time = NOON): FlowRecord {
  return { time, door: 'namespace', facts: factsOf(facts), verdict, sessionId: 1 }
}

function transaction(unusual: Partial<Transaction> = {}): Transaction {
  return {
    time: '2026-01-05T12:00:00.000Z',
    id: 'id',
    user: 'user@lab.example',
    device: 'here',
    process: 'curl',
    host: 'box.com',
    destination: '74.112.186.144:443',
    source: '192.0.2.77:40000',
    pop: 'US-ORD1',
    session: 1,
    action: 'allow',
    rule: '',
    why: 'No rule of the policy matches.',
    decrypted: true,
    url: 'https://box.com/',
    bytesSent: 0,
    bytesReceived: 1,
    durationMs: 1,
    ...unusual,
  }
}

const REFUSED = { url: undefined, decrypted: false, notDecrypted: 'client-refused', action: 'failed' } as const

function evidence(flows: readonly FlowRecord[], transactions: readonly Transaction[]) {
  return evidenceOf({ name: 'none', end: END, flows, transactions })
}

void t.test('the end of the program stays as it is', async (t) => {
  t.match(evidence([], []), { ...END, name: 'none', hosts: [], processes: [], requests: 0, refusals: [] })
})

void t.test('hosts are told once with their verdict and rule, without a name by address', async (t) => {
  const flows = [flow(), flow(), flow({}, BYPASS), flow({ host: '' })]
  t.strictSame(evidence(flows, []).hosts, [
    { host: 'box.com', verdict: 'tunnel', rule: 'nssteering.json $.traffic_mode' },
    { host: 'box.com', verdict: 'bypass', rule: 'nsbypass.json $.x' },
    { host: '74.112.186.144', verdict: 'tunnel', rule: 'nssteering.json $.traffic_mode' },
  ])
  t.strictSame(seenHost(flow({}, BYPASS)), evidence(flows, []).hosts[1])
})

void t.test('programs are told once, and nobody is called unknown', async (t) => {
  const flows = [flow(), flow({ process: 'unknown' }), flow({ process: 'node' }), flow()]
  t.strictSame(evidence(flows, []).processes, ['curl', 'node'])
})

void t.test('requests inside TLS accept a certificate, those over plain HTTP do not', async (t) => {
  const plain = transaction({ url: 'http://example.com/', host: 'example.com' })
  t.match(evidence([], [transaction(), transaction(), plain]), { requests: 2, accepted: ['box.com'], plainRequests: 1 })
})

void t.test('refusals are counted by host and alert', async (t) => {
  const refusals = [
    transaction({ ...REFUSED, clientAlert: 'unknown_ca' }),
    transaction({ ...REFUSED, clientAlert: 'unknown_ca' }),
    transaction({ ...REFUSED, clientAlert: 'bad_certificate' }),
    transaction({ ...REFUSED, host: 'x.com' }),
  ]
  const { refusals: told, denied, requests } = evidence([], refusals)
  t.strictSame(told, [
    { host: 'box.com', alert: 'unknown_ca', count: 2 },
    { host: 'box.com', alert: 'bad_certificate', count: 1 },
    { host: 'x.com', alert: 'closed', count: 1 },
  ])
  t.strictSame([denied, requests], [[], 0], 'and are neither requests nor refusals of the gateway')
})

void t.test('what was passed on is told apart from what the gateway refused', async (t) => {
  const passed = transaction({
    decrypted: false,
    url: undefined,
    action: 'bypass',
    notDecrypted: 'no-sni',
    why: 'No name.',
  })
  const blocked = transaction({ action: 'block', rule: 'no-uploads', why: 'Uploads are blocked.' })
  const broken = transaction({
    decrypted: false,
    url: undefined,
    action: 'block',
    notDecrypted: 'self-signed',
    why: 'Bad.',
  })
  const found = evidence([], [passed, passed, blocked, broken])
  t.strictSame(found.passed, [{ host: 'box.com', reason: 'no-sni', why: 'No name.' }])
  t.strictSame(found.denied, [
    { host: 'box.com', why: 'Uploads are blocked.' },
    { host: 'box.com', why: 'Bad.' },
  ])
  t.equal(found.requests, 1, 'a request that is blocked was read')
})

void t.test('a run has what came since it began', async (t) => {
  const flows = [flow({}, TUNNEL, NOON - 1), flow({}, TUNNEL, NOON), flow({}, TUNNEL, NOON + 1)]
  const early = transaction({ time: '2026-01-05T11:59:59.999Z' })
  const accounts = accountsSince(NOON, flows, [early, transaction()])
  t.strictSame(accounts, { flows: flows.slice(1), transactions: [transaction()] })
})

void t.test('DNS and refused QUIC are no contact with a host, TCP is', async (t) => {
  const query = { name: 'box.com', type: 'A' }
  for (const facts of [factsOf({ transport: 'udp' }), factsOf({ query })]) t.notOk(isConnection(facts))
  t.ok(isConnection(factsOf()))
  t.strictSame(accountsSince(NOON, [flow({ query })], []).flows, [])
})

void t.test('all is told when the gateway knows every tunnelled flow by its source', async (t) => {
  const [told, other] = [flow(), flow({ source: { ip: 'fd53:5465:6500::77', port: 40_001 } })]
  t.ok(isTold({ flows: [], transactions: [] }))
  t.notOk(isTold({ flows: [told], transactions: [] }))
  t.notOk(isTold({ flows: [told, other], transactions: [transaction()] }))
  const second = transaction({ source: '[fd53:5465:6500::77]:40001' })
  t.ok(isTold({ flows: [told, other], transactions: [transaction(), second] }))
  t.ok(isTold({ flows: [flow({}, BYPASS)], transactions: [] }), 'of the others it tells nothing')
})

void t.test('values are the same when their JSON is', async (t) => {
  t.strictSame(unique([{ a: 1 }, { a: 2 }, { a: 1 }]), [{ a: 1 }, { a: 2 }])
})
