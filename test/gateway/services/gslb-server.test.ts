/** The GSLB service as curl sees it: TLS, footprints, round trips, faults and their ends. */

import t, { type Test } from 'tap'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import type { GatewayEntry } from '../../../gateway/gateway-log.js'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import { startGslbServer } from '../../../gateway/services/gslb-server.js'
import { curl } from '../../support/curl.js'
import { lacking } from '../../support/needs.js'
import { selfSigned } from '../../support/self-signed.js'
import { waitUntil } from '../../support/wait-until.js'

const HOST = 'gateway.gslb.goskope.com'
const KEY = 'orgkey-orgkey-orgkey'
const PATH = `/api/v0.2/footprint/${KEY}`
const GSLB = { service: 'gslb' } as const
const MEASURED = JSON.stringify({
  request_id: 'abc',
  pops: [
    { name: 'US-ORD1', ip: '163.116.133.35', rtt: 30 },
    { name: 'UK-LON2', ip: '163.116.164.35', rtt: 9 },
  ],
})

const skip = lacking('openssl', 'curl')

async function newGslb(t: Test) {
  const { key, cert, caFile } = await selfSigned(t.testdir(), HOST)
  const board = new FaultBoard({ now: Date.now })
  const log: GatewayEntry[] = []
  const tenant = { table: DEFAULT_POP_TABLE, orgKey: (): Promise<string> | string => KEY }
  const server = await startGslbServer({
    host: '127.0.0.1',
    port: 0,
    key,
    cert,
    table: () => tenant.table,
    orgKeys: async () => [await tenant.orgKey()],
    random: Math.random,
    fault: board.source(GSLB),
    log: (entry) => log.push(entry),
  })
  t.teardown(() => server.close())
  const ask = async (path: string, ...args: string[]) => {
    const route = ['--connect-to', `${HOST}:443:127.0.0.1:${server.port}`, '--cacert', caFile]
    const seen = ['-w', '\n%{http_code} %{http_version}']
    const { exitCode, stdout } = await curl(...route, ...seen, ...args, `https://${HOST}${path}`)
    const [body = '', status = ''] = stdout.split('\n')
    return { exitCode, status, body }
  }
  const namesFrom = async (...args: string[]): Promise<string> => {
    const { body } = await ask(PATH, ...args)
    return JSON.parse(body)
      .pops.map(({ name }: { readonly name: string }) => name)
      .join(' ')
  }
  return { ask, namesFrom, tenant, log, board }
}

void t.test('a footprint, and the chosen list for what was measured', { skip }, async (t) => {
  const { ask, namesFrom, tenant, log } = await newGslb(t)
  t.equal((await ask(PATH, '--http2')).status, '200 1.1')
  t.match(await namesFrom(), /^US-ORD1 US-ORD2 /)
  t.match(await namesFrom('--data', MEASURED), /^UK-LON2 US-ORD1 US-ORD2 /)
  const ids = await Promise.all([ask(PATH), ask(PATH)])
  t.equal(new Set(ids.map(({ body }) => JSON.parse(body).request_id)).size, 2, 'each has an id of its own')

  tenant.table = { ...DEFAULT_POP_TABLE, egress: '192.0.2.1' }
  t.match(await namesFrom(), /^UK-LON2 /, 'the table of now')
  t.equal((await ask(PATH.replace('orgkey', 'other'))).status, '404 1.1')
  t.equal((await ask(PATH, '--data', '{}')).status, '400 1.1')
  tenant.orgKey = () => Promise.resolve('another-key-of-20-ch')
  t.equal((await ask(PATH)).status, '404 1.1', 'the key of now')
  t.strictSame(log[0], { event: 'gslb-request', method: 'GET', path: '/api/v0.2/footprint/***', status: 200 })
  t.notMatch(JSON.stringify(log), KEY)
})

void t.test('a tenant that cannot be read, and can again', { skip }, async (t) => {
  const { ask, tenant, log } = await newGslb(t)
  tenant.orgKey = () => Promise.reject(Object.assign(new Error(`found "${KEY}x"`), { code: 'tenant-unreadable' }))
  t.equal((await ask(PATH)).status, '500 1.1')
  t.match(log[0], { event: 'gslb-failed', reason: 'tenant.json cannot be used' })
  tenant.orgKey = () => KEY
  t.equal((await ask(PATH)).status, '200 1.1')
})

void t.test('each fault, and its end', { skip }, async (t) => {
  const { ask, namesFrom, board } = await newGslb(t)
  const fail = (fault: ServiceFault) => board.set(GSLB, fault)
  const well = await namesFrom()

  fail({ kind: 'time-out' })
  t.match(await ask(PATH, '--max-time', '0.5'), { exitCode: 28, status: '000 0' }, 'time-out')
  fail({ kind: 'garbage' })
  const { status, body } = await ask(PATH)
  t.equal(status, '200 1.1', 'garbage')
  t.throws(() => JSON.parse(body), 'garbage')
  fail({ kind: 'http-500' })
  t.equal((await ask(PATH)).status, '500 1.1', 'http-500')
  fail({ kind: 'slow', ms: 300 })
  const begun = performance.now()
  t.equal(await namesFrom(), well, 'slow')
  t.ok(performance.now() - begun >= 300, 'slow')
  for (const [kind, names] of [
    ['empty', ''],
    ['wrong-tenant', 'US-OTH1'],
  ] as const) {
    fail({ kind })
    t.equal(await namesFrom(), names, kind)
    t.equal(await namesFrom('--data', MEASURED), names, `${kind}: the chosen list, too`)
    t.equal((await ask(`${PATH}x`)).status, '404 1.1', `${kind}: an unknown id is unknown`)
  }
  const other = { dp_gateway_fqdn: 'gateway-other.goskope.com', ip_address: '163.116.128.99' }
  t.match(JSON.parse((await ask(PATH)).body), { pops: [other] })
  fail({ kind: 'refuse' })
  t.equal((await ask(PATH)).exitCode, 7, 'refuse')

  board.clear()
  await waitUntil(async () => (await ask(PATH)).exitCode === 0)
  t.equal(await namesFrom(), well, 'after all of them')
})
