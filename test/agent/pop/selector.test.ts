/** POP selection with plain functions for its parts: what it asks, what it chooses, what it says, and when it keeps. */

import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import type { HttpsFailure } from '../../../agent/outbound/https-failure.js'
import type { GslbList } from '../../../agent/pop/gslb-answer.js'
import type { MeasuredPop } from '../../../agent/pop/pop.js'
import { PopRecord } from '../../../agent/pop/pop-record.js'
import { MOST_PROBED } from '../../../agent/pop/rtt-probe.js'
import { PopSelector } from '../../../agent/pop/selector.js'
import type { SelectionSettings } from '../../../agent/pop/settings.js'
import type { GatewayTarget } from '../../../agent/pop/target.js'

const GSLB = 'gateway.gslb.goskope.com'
const SETTINGS: SelectionSettings = {
  whyNoGslb: '',
  gslb: { host: GSLB, port: 443 },
  gateway: { host: 'gateway-acme.goskope.com', port: 443 },
  backupHost: 'gateway-backup-acme.goskope.com',
  pinned: '',
  ratio: 1.25,
  marginMs: 20,
}
const pop = (name: string, ip: string) => ({
  name,
  gateway: `gateway-${name.slice(3).toLowerCase()}.goskope.com`,
  ip,
  port: 443,
})
const ORD = pop('US-ORD1', '163.116.133.35')
const IAD = pop('US-IAD2', '163.116.146.35')
const STL = pop('US-STL1', '163.116.229.35')
const LIST: GslbList = { requestId: 'r-1', egressIp: '198.51.100.7', country: 'US', pops: [ORD, IAD, STL] }
const OWN: GatewayTarget = { gateway: 'gateway-acme.goskope.com', ip: '', port: 443, pop: '' }
const BACKUP: GatewayTarget = { ...OWN, gateway: 'gateway-backup-acme.goskope.com' }
const target = ({ name, gateway, ip, port }: typeof ORD): GatewayTarget => ({ gateway, ip, port, pop: name })

/** What a case makes different from a service that answers and POPs 30, 12 and 25 ms away. */
interface World {
  readonly settings?: Partial<SelectionSettings>
  readonly address?: string | undefined
  readonly answer?: GslbList | HttpsFailure
  readonly rtts?: readonly (number | undefined)[]
  /** Aborts while this is asked. */
  readonly abortIn?: 'ldns' | 'fetch' | 'probe'
}

async function select(world: World, current?: GatewayTarget) {
  const { settings, answer = LIST, rtts = [30, 12, 25], abortIn } = world
  const address = 'address' in world ? world.address : '163.116.128.90'
  const events: LogEvent[] = []
  const asked: string[] = []
  const posted: unknown[] = []
  const wanted = new AbortController()
  const ask = (what: string) => {
    asked.push(what)
    if (what.split(' ')[0] === abortIn) wanted.abort()
  }
  const record = new PopRecord(() => Date.UTC(2026, 0, 2))
  const selector = new PopSelector({
    settings: () => ({ ...SETTINGS, ...settings }),
    ldns: async (name) => {
      ask(`ldns ${name}`)
      return address === undefined
        ? { failure: 'not-resolved', detail: 'the answer is NXDOMAIN', curlCode: 6 }
        : { addresses: [address, '192.0.2.1'] }
    },
    gslb: (ip) => ({
      fetch: async () => {
        ask(`fetch ${ip}`)
        return answer
      },
      post: async (...told) => {
        ask(`post ${ip}`)
        posted.push(told)
        return { pops: [] }
      },
    }),
    probe: async (pops) => {
      ask(`probe ${pops.length}`)
      return pops.map((found, i): MeasuredPop => ({ ...found, rttMs: rtts[i] }))
    },
    record,
    log: { report: (event) => void events.push(event) },
  })
  const selected = await selector.select(current, wanted.signal)
  // What is told the service is nobody's to wait for.
  await new Promise(setImmediate)
  return { selected, events, asked, posted, record: record.status.selection }
}

const rtt = ({ name, ip }: typeof ORD, ms: number) => ({ type: 'gslb-rtt', client: 'NSClient', pop: name, ip, rtt: ms })
const BEGIN = { type: 'gslb-begin', client: 'NSClient' }
const RTTS = [rtt(ORD, 30), rtt(IAD, 12), rtt(STL, 25)]

void t.test('the founding document’s GSLB sequence: fetch, measure, choose, tell', async (t) => {
  const { selected, events, asked, posted, record } = await select({})
  t.strictSame(selected, {
    targets: [...[IAD, STL, ORD].map(target), OWN, BACKUP],
    keep: false,
    degraded: false,
  })
  t.strictSame(events, [BEGIN, ...RTTS, { type: 'gslb-changed', client: 'NSClient', pop: 'US-IAD2' }])
  const at = '163.116.128.90'
  t.strictSame(asked, [`ldns ${GSLB}`, `fetch ${at}`, 'probe 3', `ldns ${GSLB}`, `post ${at}`])
  t.strictSame(posted, [['r-1', [30, 12, 25].map((rttMs, i) => ({ ...LIST.pops[i], rttMs }))]])
  t.match(record, { method: 'gslb', egressIp: '198.51.100.7', country: 'US', chosen: 'US-IAD2' })
})

void t.test('a POP in use is left for one that is clearly better only', async (t) => {
  const cases: readonly [what: string, world: World, current: typeof ORD, keep: boolean, first: string][] = [
    ['the best stays', {}, IAD, true, 'US-IAD2'],
    ['18 ms slower', {}, ORD, true, 'US-ORD1'],
    ['20 ms slower, and 1.25 times', { rtts: [40, 20, 41] }, ORD, false, 'US-IAD2'],
    ['20 ms slower, not 1.25 times', { rtts: [101, 81, 120] }, ORD, true, 'US-ORD1'],
    ['settings of its own', { settings: { ratio: 1, marginMs: 1 } }, ORD, false, 'US-IAD2'],
    ['it does not answer', { rtts: [undefined, 300, 310] }, ORD, false, 'US-IAD2'],
    ['another one is pinned', { settings: { pinned: 'US-STL1' } }, IAD, false, 'US-STL1'],
    ['it is pinned, and slow', { rtts: [500, 12, 25], settings: { pinned: 'US-ORD1' } }, ORD, true, 'US-ORD1'],
  ]
  for (const [what, world, current, keep, first] of cases) {
    const { selected, events } = await select(world, target(current))
    t.equal(selected.keep, keep, what)
    t.equal(selected.targets[0]?.pop, first, what)
    const type = keep ? 'gslb-unchanged' : 'gslb-changed'
    t.strictSame(events.at(-1), { type, client: 'NSClient', pop: first }, what)
  }
})

void t.test('where it is, is known by the address: a gateway found by DNS may be a POP of the list', async (t) => {
  const { selected, events } = await select({}, { ...OWN, ip: IAD.ip })
  t.equal(selected.keep, true)
  t.match(events.at(-1), { type: 'gslb-unchanged', pop: 'US-IAD2' })
  const elsewhere = await select({}, { ...OWN, ip: '163.116.99.99' })
  t.equal(elsewhere.selected.keep, false)
  t.match(elsewhere.record, { why: 'US-IAD2 answers first (12 ms)' })
})

void t.test('round trips in the log are whole, and never 0; without one there is no line', async (t) => {
  const { events } = await select({ rtts: [0.2, 11.6, undefined] })
  t.strictSame(events.slice(1, -1), [rtt(ORD, 1), rtt(IAD, 12)])
})

void t.test('the service that fails: its lines, then the tenant’s own gateway, and an early second look', async (t) => {
  const failed = { type: 'gslb-failed', client: 'NSClient', host: GSLB, error: -2 }
  const downloads = (code: number, error: string) => [{ type: 'download-failed', code, error }]
  const cases: readonly [what: string, world: World, lines: readonly object[], why: string][] = [
    [
      'a time-out',
      { answer: { failure: 'timed-out', detail: 'no answer in 5 s', curlCode: 28 } },
      downloads(28, 'Timeout was reached'),
      'no answer in 5 s',
    ],
    [
      'HTTP 500',
      { answer: { failure: 'http', detail: 'HTTP status 500', curlCode: 22, httpStatus: 500 } },
      [{ type: 'http-refused', code: 500 }],
      'HTTP status 500',
    ],
    ['garbage', { answer: { failure: 'malformed', detail: 'not JSON', curlCode: 0 } }, [], 'not JSON'],
    [
      'its name is not found',
      { address: undefined },
      downloads(6, 'Could not resolve hostname'),
      `${GSLB} was not found by LDNS`,
    ],
  ]
  for (const [what, world, lines, why] of cases) {
    const { selected, events, asked, record } = await select(world)
    t.strictSame(selected, { targets: [OWN, BACKUP], keep: false, degraded: true }, what)
    t.strictSame(events, [BEGIN, ...lines, failed], what)
    t.notOk(
      asked.some((question) => /probe|post/.test(question)),
      what,
    )
    t.match(record, { method: 'dns', chosen: OWN.gateway, why: `the GSLB service failed: ${why}`, pops: [] }, what)
    t.equal((await select(world, target(IAD))).selected.keep, true, `${what}: a POP in use stays`)
  }
  const noBackup = { ...cases[0]?.[1], settings: { backupHost: '' } }
  t.strictSame((await select(noBackup)).selected.targets, [OWN])
})

void t.test('without GSLB: the tenant’s gateway by its name, and no line', async (t) => {
  const world = { settings: { whyNoGslb: 'the tenant has not set it' } }
  const { selected, events, asked, record } = await select(world)
  t.strictSame(selected, { targets: [OWN, BACKUP], keep: false, degraded: false })
  t.strictSame([events, asked], [[], []])
  t.match(record, { method: 'dns', chosen: OWN.gateway, why: 'GSLB is not asked: the tenant has not set it' })
  t.equal((await select(world, { ...OWN, ip: ORD.ip, pop: 'US-ORD1' })).selected.keep, true, 'it is there')
  t.equal((await select(world, BACKUP)).selected.keep, false, 'from its backup it goes back')
  t.equal((await select(world, target(ORD))).selected.keep, false, 'a POP of the list is another host')
})

void t.test('what is no longer wanted comes to an end, says and changes nothing more', async (t) => {
  for (const abortIn of ['ldns', 'fetch', 'probe'] as const) {
    const { selected, events, posted, record } = await select({ abortIn }, target(IAD))
    t.equal(selected.keep, true, abortIn)
    t.strictSame([events, posted, record], [[BEGIN], [], null], abortIn)
  }
})

void t.test('where no POP of the list answers, the POP in use stays, and nothing is said of a choice', async (t) => {
  const { selected, events, posted } = await select({ rtts: [] }, target(STL))
  t.strictSame(selected, { targets: [], keep: true, degraded: true })
  t.strictSame([events, posted], [[BEGIN], []])
  t.match(
    (await select({ rtts: [] })).selected,
    { targets: [{ pop: 'US-ORD1' }, {}, {}, {}, {}], keep: false },
    'without one the first of the list',
  )
})

void t.test('no more than were measured are told', async (t) => {
  const pops = Array.from({ length: MOST_PROBED + 3 }, (_, i) => pop(`US-ORD${i}`, `163.116.133.${i}`))
  const { posted, selected } = await select({ answer: { ...LIST, pops }, rtts: [5] })
  const [[, told]] = posted as [[string, MeasuredPop[]]]
  t.equal(told.length, MOST_PROBED)
  t.equal(selected.targets.length, pops.length + 2, 'all of them can be tried')
})

void t.test('the POP in use and the pinned one are measured wherever they are in the list', async (t) => {
  const pops = Array.from({ length: MOST_PROBED + 3 }, (_, i) => pop(`US-ORD${i}`, `163.116.133.${i}`))
  const rtts = Array.from({ length: MOST_PROBED + 1 }, () => 30)
  const answer = { ...LIST, pops }
  const inUse = await select({ answer, rtts }, target(pops[11]!))
  t.equal(inUse.selected.keep, true, 'it answers, and nobody is better')
  t.ok(inUse.asked.includes(`probe ${MOST_PROBED + 1}`))
  const pinned = await select({ answer, rtts, settings: { pinned: 'US-ORD12' } })
  t.equal(pinned.selected.targets[0]?.pop, 'US-ORD12')
  t.equal(pinned.record?.pops[12]?.rttMs, 30)
  t.equal(pinned.record?.pops[11]?.rttMs, null, 'the others are not')
})
