/**
 * The services under every fault, when a client connects: GSLB, then DNS over HTTPS (EDNS), then local DNS (LDNS), then the
 * backup gateway (client-behaviour 3.1, 3.3); how long that takes, and what the log tells. What becomes of the checker's
 * and the add-on host's own matters is in pop-faults-portal and pop-faults-addon.
 */

import t from 'tap'
import { ANSWER_MS, BUSY_MS, clientOf, cloudOf, RESOLVER_MS } from '../support/cloud-under-test.js'
import { connected, connecting, edns, notConnected } from '../support/pop-story.js'
import { newTenant } from '../support/tenant-gateway.js'

/** What comes of it: by which way the gateway was found and which POP it is; or why there is no tunnel yet. */
type Outcome = 'gslb US-ORD1' | `${'edns' | 'ldns'} ${'US-ORD1' | 'US-DTW1'}` | RegExp

interface Cell {
  readonly version: '114' | '95.1'
  readonly faults: readonly string[]
  readonly outcome: Outcome
  /** Time-outs and delays on the way, ms: it takes no less, and no more but for `BUSY_MS`. */
  readonly waitMs: number
  /** The log from the start on. */
  readonly log: readonly string[]
}

const noEdns = (why: readonly string[], gateway = 'lab') => [
  ...why,
  'edns-download-failed',
  `edns-failed gateway-${gateway}`,
]
const ldns = (gateway = 'lab') => `gateway-found-ldns gateway-${gateway}`
const noGslb = (why: readonly string[]) => ['gslb-begin', ...why, 'gslb-failed']
const OTHER_TENANT = 'gateway-resolved other tenant'

const RTTS = ['gslb-rtt US-ORD1', 'gslb-rtt US-DTW1', 'gslb-rtt US-IAD2']
const BY_GSLB = ['gslb-begin', ...RTTS, 'gslb-changed US-ORD1', connecting('ord1'), ...connected('US-ORD1', 'ord1')]
const BY_EDNS = [connecting(), ...edns(), ...connected('US-ORD1')]
const byLdns = (why: readonly string[]) => [connecting(), ...noEdns(why), ldns(), ...connected('US-ORD1')]
const byNobody = (why: readonly string[]) =>
  ['lab', 'backup-lab'].flatMap((gateway) => [
    connecting(gateway),
    ...noEdns(why, gateway),
    `ldns-failed gateway-${gateway}`,
    ...notConnected(gateway),
  ])
const toOtherTenant = (by: (gateway: string) => readonly string[]) =>
  ['lab', 'backup-lab'].flatMap((gateway) => [
    connecting(gateway),
    ...by(gateway),
    OTHER_TENANT,
    ...notConnected(gateway),
  ])
/** The list of GSLB is another tenant's; then there is the tenant's own gateway, by its name. */
const pastOtherTenant = (by: readonly string[]) => [
  ...['gslb-begin', 'gslb-changed US-OTH1', connecting('other'), OTHER_TENANT, ...notConnected('other')],
  ...[connecting(), ...by, ...connected('US-ORD1')],
]

/** EDNS has led to another tenant. */
const NOT_BY_EDNS = ['tunnel-connect-failed gateway-lab', 'edns-failed gateway-lab']

const TIMED_OUT = ['download-failed 28']
const REFUSED = ['download-failed 7']
const NOT_FOUND = ['download-failed 6']
const FAILED = ['http-refused 500']
const NOT_FOUND_ANYWHERE = /^gateway-backup-lab\.goskope\.com: its name was not found$/
const REFUSED_BY_CERTIFICATE = /^gateway-backup-lab\.goskope\.com: .*certificate/

const EVERY_FAULT = ['time-out', 'refuse', 'garbage', 'slow 300', 'slow 3000', 'http-500', 'empty', 'wrong-tenant']

/** Faults of a service that is not asked. */
const unasked = (version: Cell['version'], service: string, faults = EVERY_FAULT): readonly Cell[] =>
  faults.map((fault) => ({
    version,
    faults: [`${service} ${fault}`],
    waitMs: 0,
    ...(version === '114' ? { outcome: 'gslb US-ORD1', log: BY_GSLB } : { outcome: 'edns US-ORD1', log: BY_EDNS }),
  }))

type Row = readonly [faults: string, outcome: Outcome, waitMs: number, log: readonly string[]]

const cells = (version: Cell['version'], rows: readonly Row[]): readonly Cell[] =>
  rows.map(([faults, outcome, waitMs, log]) => ({ version, faults: faults.split(', '), outcome, waitMs, log }))

const CELLS: Cell[] = [
  ...cells('114', [
    ['gslb time-out', 'edns US-ORD1', ANSWER_MS, [...noGslb(TIMED_OUT), ...BY_EDNS]],
    ['gslb refuse', 'edns US-ORD1', 0, [...noGslb(REFUSED), ...BY_EDNS]],
    ['gslb garbage', 'edns US-ORD1', 0, [...noGslb([]), ...BY_EDNS]],
    ['gslb slow 300', 'gslb US-ORD1', 300, BY_GSLB],
    ['gslb slow 3000', 'edns US-ORD1', ANSWER_MS, [...noGslb(TIMED_OUT), ...BY_EDNS]],
    ['gslb http-500', 'edns US-ORD1', 0, [...noGslb(FAILED), ...BY_EDNS]],
    ['gslb empty', 'edns US-ORD1', 0, [...noGslb([]), ...BY_EDNS]],
    ['gslb wrong-tenant', 'edns US-ORD1', 0, pastOtherTenant(edns())],
    // The resolver finds the GSLB host.
    ['ldns time-out', 'edns US-ORD1', RESOLVER_MS, [...noGslb(NOT_FOUND), ...BY_EDNS]],
    ['ldns refuse', 'edns US-ORD1', 0, [...noGslb(NOT_FOUND), ...BY_EDNS]],
    // What is no reply to the question is ignored, as a forger's.
    ['ldns garbage', 'edns US-ORD1', RESOLVER_MS, [...noGslb(NOT_FOUND), ...BY_EDNS]],
    ['ldns slow 300', 'gslb US-ORD1', 300, BY_GSLB],
    ['ldns slow 3000', 'edns US-ORD1', RESOLVER_MS, [...noGslb(NOT_FOUND), ...BY_EDNS]],
    ['ldns http-500', 'edns US-ORD1', 0, [...noGslb(NOT_FOUND), ...BY_EDNS]],
    ['ldns empty', 'edns US-ORD1', 0, [...noGslb(NOT_FOUND), ...BY_EDNS]],
    ['ldns wrong-tenant', 'gslb US-ORD1', 0, BY_GSLB],
    ['gslb refuse, doh http-500', 'ldns US-ORD1', 0, [...noGslb(REFUSED), ...byLdns(FAILED)]],
    ['gslb time-out, doh time-out', 'ldns US-ORD1', 2 * ANSWER_MS, [...noGslb(TIMED_OUT), ...byLdns(TIMED_OUT)]],
    ['gslb empty, doh garbage', 'ldns US-ORD1', 0, [...noGslb([]), ...byLdns([])]],
    ['gslb refuse, doh refuse, ldns refuse', NOT_FOUND_ANYWHERE, 0, [...noGslb(NOT_FOUND), ...byNobody(REFUSED)]],
    [
      'gslb wrong-tenant, doh wrong-tenant',
      'ldns US-ORD1',
      0,
      pastOtherTenant([...edns(), OTHER_TENANT, ...NOT_BY_EDNS, ldns()]),
    ],
  ]),
  ...cells('95.1', [
    ['doh time-out', 'ldns US-ORD1', ANSWER_MS, byLdns(TIMED_OUT)],
    ['doh refuse', 'ldns US-ORD1', 0, byLdns(REFUSED)],
    ['doh garbage', 'ldns US-ORD1', 0, byLdns([])],
    ['doh slow 300', 'edns US-ORD1', 300, BY_EDNS],
    ['doh slow 3000', 'ldns US-ORD1', ANSWER_MS, byLdns(TIMED_OUT)],
    ['doh http-500', 'ldns US-ORD1', 0, byLdns(FAILED)],
    ['doh empty', 'ldns US-ORD1', 0, byLdns([])],
    [
      'doh wrong-tenant',
      'ldns US-ORD1',
      0,
      [connecting(), ...edns(), OTHER_TENANT, ...NOT_BY_EDNS, ldns(), ...connected('US-ORD1')],
    ],
    ['doh refuse, ldns time-out', NOT_FOUND_ANYWHERE, 2 * RESOLVER_MS, byNobody(REFUSED)],
    ['doh refuse, ldns refuse', NOT_FOUND_ANYWHERE, 0, byNobody(REFUSED)],
    ['doh http-500, ldns garbage', NOT_FOUND_ANYWHERE, 2 * RESOLVER_MS, byNobody(FAILED)],
    ['doh refuse, ldns slow 300', 'ldns US-ORD1', 300, byLdns(REFUSED)],
    ['doh refuse, ldns slow 3000', NOT_FOUND_ANYWHERE, 2 * RESOLVER_MS, byNobody(REFUSED)],
    ['doh time-out, ldns http-500', NOT_FOUND_ANYWHERE, 2 * ANSWER_MS, byNobody(TIMED_OUT)],
    ['doh empty, ldns empty', NOT_FOUND_ANYWHERE, 0, byNobody([])],
    [
      'doh garbage, ldns wrong-tenant',
      REFUSED_BY_CERTIFICATE,
      0,
      toOtherTenant((gateway) => [...noEdns([], gateway), ldns(gateway)]),
    ],
    ['doh wrong-tenant, ldns wrong-tenant', REFUSED_BY_CERTIFICATE, 0, toOtherTenant(edns)],
  ]),
  ...unasked('114', 'doh'),
  ...unasked('95.1', 'gslb'),
  ...unasked('95.1', 'ldns'),
  ...['114', '95.1'].flatMap((version) => [
    ...unasked(version as Cell['version'], 'addon'),
    ...unasked(version as Cell['version'], 'checker', [...EVERY_FAULT, 'portal']),
  ]),
]

/** Most of a cell is waiting; those that wait longest begin. */
t.jobs = 6
CELLS.sort((one, other) => other.waitMs - one.waitMs)

const lab = await newTenant(t, 'lab')
// All of them before the first fault: a port that a fault sets free must not become another cloud's.
const clouds = await Promise.all(CELLS.map(() => cloudOf(t, lab)))

for (const [index, { version, faults, outcome, waitMs, log }] of CELLS.entries())
  void t.test(`client ${version}: ${faults.join(', ')}: ${outcome}`, { buffered: true }, async (t) => {
    const cloud = clouds[index]!
    await cloud.fail(...faults)
    const begun = performance.now()
    const client = clientOf(t, cloud, lab, { version })
    await client.atRest
    const took = performance.now() - begun
    const { state, doing, lastEnd } = client.keeper.status
    t.strictSame(client.story().slice(0, log.length), log)
    // A timer may be a millisecond early, by another clock.
    t.ok(took > waitMs - 5 && took < waitMs + BUSY_MS, `${Math.round(took)} ms, of which ${waitMs} are time-outs`)
    if (typeof outcome === 'string') {
      const { method, pop } = client.tunnel() ?? {}
      t.equal(`${method} ${pop}`, outcome)
      t.equal(state, 'connected')
    } else {
      t.match(lastEnd, outcome)
      t.match([state, doing], ['connecting', /^trying again in 0\.\d s$/])
    }
  })
