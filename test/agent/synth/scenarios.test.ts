/** What each scenario shows, by the truth of what it generates. */

import t from 'tap'
import type { ProfileName } from '../../../agent/log/message-form.js'
import { PROFILES } from '../../../agent/log/profiles.js'
import { NORMAL_DAY, SCENARIOS } from '../../../agent/synth/scenarios.js'
import type { TruthLine } from '../../../agent/synth/truth.js'
import { generatedLog } from '../../support/generated-log.js'

function truthOf(scenario: string, profile: ProfileName = 'windows-r114', lines = 30_000): readonly TruthLine[] {
  return generatedLog(PROFILES[profile], SCENARIOS.get(scenario)!, { amount: { lines } }).truth
}

function count(truth: readonly TruthLine[], event: TruthLine['event'], fields: TruthLine['fields'] = {}): number {
  const wanted = Object.entries(fields)
  return truth.filter((line) => line.event === event && wanted.every(([key, value]) => line.fields[key] === value))
    .length
}

const share = (truth: readonly TruthLine[], holds: (line: TruthLine) => boolean) =>
  truth.filter(holds).length / truth.length

void t.test('all that the issue names are there, each says what it shows', async (t) => {
  t.strictSame(
    [...SCENARIOS.keys()],
    [
      'normal-day',
      'edns-timeout',
      'pop-flap',
      'dtls-blocked',
      'pinned-app-storm',
      'exception-misconfigured',
      'dns-blind',
      'captive-portal',
      'keepalive-loss',
      'user-disable',
      'data-exfil',
      'corrupt',
    ],
  )
  for (const { describe } of SCENARIOS.values()) t.match(describe, /^[A-Z].*\.$/)
  t.equal(NORMAL_DAY.name, 'normal-day')
})

const normal = truthOf('normal-day')

void t.test('normal-day: what an office day has, and nothing of the faults', async (t) => {
  for (const event of [
    'flow-tunneled',
    'bypass-exception-host',
    'bypass-pinned',
    'bypass-private-ip',
    'block-udp',
    'user-agent',
    'tunnel-connected',
    'gslb-rtt',
    'config-supportability',
    'client-status',
  ] as const)
    t.ok(count(normal, event) > 0, event)
  for (const event of ['keep-alive-failed', 'captive-portal', 'client-disabled', 'drop-pinned', 'unreadable'] as const)
    t.equal(count(normal, event), 0, event)
  t.ok(share(normal, ({ fields }) => fields['host'] === '') < 0.03, 'few flows without a host')
  const processes = new Set(normal.map(({ fields }) => fields['process']).filter((name) => name !== undefined))
  t.ok(processes.size > 20, `${processes.size} programs`)
  const hosts = new Set(normal.map(({ fields }) => fields['host']))
  t.ok(hosts.size > 150, `${hosts.size} hosts`)
  t.ok(
    share(normal, ({ fields }) =>
      String(fields['destination'] && JSON.stringify(fields['destination'])).includes('::'),
    ) > 0.01,
    'some over IPv6',
  )
  t.ok(count(normal, 'flow-tunneled', { via: 'app-fw' }) > 50, 'other ports than web')
})

void t.test('edns-timeout: LDNS finds each gateway that EDNS did not', async (t) => {
  const early = truthOf('edns-timeout', 'windows-2019')
  t.ok(count(early, 'edns-failed') > 3)
  t.equal(count(early, 'gateway-found-ldns'), count(early, 'edns-failed'))
  t.equal(count(early, 'gateway-found-edns'), 0)
  t.equal(count(early, 'download-failed', { code: 28 }), count(early, 'edns-failed'))
  const late = truthOf('edns-timeout')
  t.ok(count(late, 'gslb-failed') > 3, 'GSLB fails from release 96 on')
  t.equal(count(truthOf('normal-day', 'windows-2019'), 'edns-failed'), 0, 'not on a normal day')
})

void t.test('pop-flap: many connections, in pairs 21 to 41 s apart', async (t) => {
  const truth = truthOf('pop-flap')
  const times = truth
    .filter(({ event }) => event === 'tunnel-connected')
    .map(({ time }) => Date.parse(`${time}Z`) / 1000)
  const gaps = times.slice(1).map((time, i) => time - times[i]!)
  const pairs = gaps.filter((gap) => gap >= 21 && gap <= 45).length
  t.ok(pairs > 15, `${pairs} pairs`)
  t.ok(times.length > 2 * count(normal, 'tunnel-connected'), `${times.length} connections`)
  t.ok(
    new Set(truth.filter(({ event }) => event === 'tunnel-connected').map(({ fields }) => fields['gateway'])).size > 1,
  )
})

void t.test('dtls-blocked: DTLS fails, TLS connects and carries', async (t) => {
  for (const profile of ['windows-r114', 'windows-2021'] as const) {
    const truth = truthOf('dtls-blocked', profile)
    t.ok(count(truth, 'tunnel-failed', { transport: 'DTLS' }) > 3, profile)
    t.equal(count(truth, 'tunnel-connected', { transport: 'DTLS' }), 0, profile)
    t.equal(count(truth, 'tunnel-connect-failed'), count(truth, 'tunnel-connected', { transport: 'TLS' }), profile)
    t.equal(count(truth, 'flow-tunneled', { transport: 'DTLS' }), 0, profile)
  }
  t.equal(count(normal, 'flow-tunneled', { transport: 'TLS' }), 0, 'a normal day of that release has DTLS only')
})

void t.test('pinned-app-storm: hundreds of blocked retries, and pairs of lines', async (t) => {
  const truth = truthOf('pinned-app-storm')
  t.ok(share(truth, ({ event }) => event === 'drop-pinned') > 0.3)
  const pairs = truth.filter(({ event }) => event === 'bypass-pinned-tunnel')
  t.ok(pairs.length > 500, `${pairs.length} pairs`)
  const flows = new Map(truth.filter(({ event }) => event === 'flow-tunneled').map((line) => [line.flow, line]))
  const unpaired = pairs.filter(({ flow, fields }) => flows.get(flow)?.fields['process'] !== fields['process'])
  // The last line of the log may be the first of a pair.
  t.ok(unpaired.length <= 1, 'each has its flow-tunneled line')
})

void t.test('exception-misconfigured: the root is steered, its subdomain not; one host has two verdicts', async (t) => {
  const truth = truthOf('exception-misconfigured')
  t.ok(count(truth, 'flow-tunneled', { host: 'crm.contoso.example' }) > 20)
  t.equal(count(truth, 'bypass-exception-host', { host: 'crm.contoso.example' }), 0)
  t.ok(count(truth, 'bypass-exception-host', { host: 'api.crm.contoso.example' }) > 20)
  t.ok(count(truth, 'bypass-exception-host', { host: 'files.contoso.example' }) > 5)
  t.ok(count(truth, 'bypass-pinned', { host: 'files.contoso.example', process: 'ContosoSync.exe' }) > 5)
})

void t.test('dns-blind: most flows have no host', async (t) => {
  const truth = truthOf('dns-blind')
  const flows = truth.filter(({ flow }) => flow !== null)
  t.ok(share(flows, ({ fields }) => fields['host'] === '') > 0.6)
  t.ok(count(truth, 'bypass-exception-host') < count(normal, 'bypass-exception-host') / 2, 'exceptions hold less often')
})

void t.test('captive-portal: no tunnelled flow between portal and sign-in', async (t) => {
  const truth = truthOf('captive-portal')
  t.ok(count(truth, 'captive-portal') > 5)
  const begin = truth.findIndex(({ event }) => event === 'captive-portal')
  const end = truth.findIndex(({ event }, i) => i > begin && event === 'captive-portal-left')
  t.ok(end > begin)
  t.equal(truth.slice(begin, end).filter(({ event }) => event === 'flow-tunneled').length, 0)
})

void t.test('keepalive-loss: destroyed 2 min 1 s after the failure', async (t) => {
  const truth = truthOf('keepalive-loss')
  t.equal(count(truth, 'keep-alive-failed', { tries: 15 }), count(truth, 'keep-alive-failed'))
  const failed = truth.findIndex(({ event }) => event === 'keep-alive-failed')
  const closed = truth.find(({ event }, i) => i > failed && event === 'tunnel-closed')
  const seconds = (Date.parse(`${closed?.time}Z`) - Date.parse(`${truth[failed]?.time}Z`)) / 1000
  t.ok(seconds >= 121 && seconds < 122, `${seconds} s`)
})

void t.test('user-disable: nothing of flows until the client is enabled', async (t) => {
  const truth = truthOf('user-disable')
  const off = truth.findIndex(({ event }) => event === 'client-disabled')
  const on = truth.findIndex(({ event }) => event === 'client-enabled')
  t.ok(off > 0 && on > off)
  t.equal(truth[off - 1]?.event, 'tunnel-disconnecting')
  t.equal(truth.slice(off, on).filter(({ flow }) => flow !== null).length, 0)
})

void t.test('data-exfil: an odd program, an odd port, no host, app-fw', async (t) => {
  const truth = truthOf('data-exfil')
  const odd = truth.filter(({ fields }) => fields['process'] === 'svch0st.exe')
  t.ok(odd.length > 300, `${odd.length} lines`)
  t.ok(share(odd, ({ fields }) => fields['host'] === '' && fields['via'] === 'app-fw') > 0.6)
})

void t.test('corrupt: damage of each kind, and a clock that goes back', async (t) => {
  const truth = truthOf('corrupt')
  for (const damage of ['truncated', 'interleaved', 'torn'] as const)
    t.ok(truth.filter((line) => line.damage === damage).length > 20, damage)
  t.ok(
    truth.some(({ time }, i) => i > 0 && time.slice(0, 15) < truth[i - 1]!.time.slice(0, 15)),
    'ten minutes back or more',
  )
})
