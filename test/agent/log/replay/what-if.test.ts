import t from 'tap'
import type { FileName } from '../../../../agent/config/configuration.js'
import { FlowJudge } from '../../../../agent/log/replay/judge.js'
import { type WhatIfOptions, whatIf } from '../../../../agent/log/replay/what-if.js'
import { censusOf, configurationWith, replayedLog } from '../../../support/replayed-log.js'

type Files = Readonly<Partial<Record<FileName, unknown>>>

const stamped = (message: string, second: number) =>
  `2026/11/02 08:00:0${second}.000 stAgentSvc p1 t1 info a.cpp:1 X ${message}\r\n`
const logOf = (...messages: string[]) => Buffer.from(messages.map(stamped).join(''))

const bypassed = (host: string, ip = '192.0.2.1') =>
  `bypassing flow to exception host: ${host}, process: curl, Dest IP: ${ip}, Dest Port: 443`
const tunneled = (host: string, ip = '192.0.2.1') =>
  `TLS [sessId 1] Tunneling flow from addr: 10.0.0.1:5, process: curl to host: ${host}, addr: ${ip}:443 to nsProxy`

const judge = (files: Files = {}) => new FlowJudge(configurationWith(files))
const names = (...list: string[]): Files => ({ 'nsexception.json': { names: list, ips: [] } })
const asked = (log: Uint8Array, after: Files, before?: Files, more: Partial<WhatIfOptions> = {}) =>
  whatIf({ census: censusOf([log]), after: judge(after), before: before && judge(before), ...more })

void t.test('a flow that changes has the rules of before and after', async (t) => {
  const { comparedWith, totals, changes, time } = asked(
    logOf(bypassed('a.example'), tunneled('b.example'), bypassed('a.example')),
    names('c.example'),
    names('a.example'),
  )
  t.equal(comparedWith, 'configuration')
  t.match(totals, {
    flows: 3,
    distinct: 2,
    changed: 2,
    otherRule: 0,
    untold: 0,
    disagreeing: 0,
    assumed: 0,
    omitted: 0,
  })
  t.strictSame(changes, [
    {
      process: 'curl',
      host: 'a.example',
      ip: '192.0.2.1',
      port: 443,
      transport: 'tcp',
      assumed: [],
      count: 2,
      first: Date.UTC(2026, 10, 2, 8, 0, 0) * 1000,
      last: Date.UTC(2026, 10, 2, 8, 0, 2) * 1000,
      before: {
        outcome: { action: 'bypass', kind: 'exception-host' },
        rule: { file: 'nsexception.json', path: '$.names[0]', text: 'a.example' },
        reason: 'a.example is an exception (a.example).',
      },
      after: {
        outcome: { action: 'tunnel', via: 'nsProxy' },
        rule: { file: 'nssteering.json', path: '$.traffic_mode', text: 'all' },
        reason: 'No exception covers a.example, and port 443 is web traffic.',
      },
    },
  ])
  t.strictSame(time, { first: changes[0]?.first, last: changes[0]?.last })
})

void t.test('without the old configuration the log says what was', async (t) => {
  const log = logOf(bypassed('a.example'), tunneled('b.example'))
  const { comparedWith, changes } = asked(log, names('b.example'))
  t.equal(comparedWith, 'log')
  t.strictSame(
    changes.map(({ host, before }) => [host, before]),
    [
      ['a.example', { outcome: { action: 'bypass', kind: 'exception-host' } }],
      ['b.example', { outcome: { action: 'tunnel', via: 'nsProxy' } }],
    ],
  )
  t.strictSame(asked(log, names('a.example')).changes, [])
})

void t.test('a bypass by another rule is counted, and no change', async (t) => {
  const log = logOf(bypassed('a.example'), bypassed('b.example'))
  const other = (after: Files, before?: Files) => {
    const { changed, otherRule } = asked(log, after, before).totals
    return [changed, otherRule]
  }
  t.strictSame(other(names('*.example'), names('a.example', '*.example')), [0, 1], 'one went, another holds')
  t.strictSame(other(names('b.example', 'a.example'), names('a.example', 'b.example')), [0, 0], 'they changed places')
  const app = { action: 1, appName: 'App', app_domains: ['example'], mode: 'direct', processName: 'curl' }
  const pinned: Files = { ...names('*.example'), 'nsbypass.json': { certPinnedAppList: [app] } }
  t.strictSame(other(pinned, names('*.example')), [0, 2], 'pinned now')
  t.strictSame(other(pinned), [0, 2], 'as against the log')
  const web: Files = { ...names('*.example'), 'nssteering.json': { traffic_mode: 'web' } }
  t.strictSame(other(web, names('*.example')), [0, 0], 'another mode is no other exception')
  t.match(
    asked(logOf(tunneled('x')), web, {}).totals,
    { changed: 0, otherRule: 0 },
    'nor another rule of steered flows',
  )
})

void t.test('what lines do not say of exemption is told apart', async (t) => {
  const log = logOf(tunneled('a.example'), tunneled('b.example'))
  const categories = [{ name: 'Some', domains: ['a.example'] }]
  const exempt: Files = { 'nsexception.json': { names: [], ips: [], categories } }
  t.match(asked(log, exempt).totals, { changed: 0, untold: 1 })
  t.match(asked(log, exempt, {}).totals, { changed: 1, untold: 0 }, 'with the old configuration it is known')
  t.match(asked(log, exempt, exempt).totals, { changed: 0, untold: 0, disagreeing: 0 })
})

void t.test('a log of another configuration disagrees', async (t) => {
  const log = logOf(bypassed('a.example'), tunneled('b.example'), tunneled('b.example'))
  const { totals, disagreements, changes } = asked(log, names('b.example'), names('b.example'))
  t.match(totals, { changed: 0, disagreeing: 3 })
  t.strictSame(changes, [])
  t.match(disagreements, [
    { host: 'b.example', count: 2, logged: 'nsProxy', before: { rule: { text: 'b.example' } } },
    { host: 'a.example', count: 1, logged: 'exception-host', before: { outcome: { action: 'tunnel' } } },
  ])
  t.strictSame(asked(log, names('b.example')).disagreements, [], 'nothing is known to disagree with')
})

void t.test('what is forced holds for before and after, and the log is held against its own', async (t) => {
  const steering = { traffic_mode: 'all', dynamic_steering: 1, on_prem: { traffic_mode: 'web' } }
  const files: Files = { 'nssteering.json': steering }
  const ssh =
    'TLS [sessId 1] Tunneling flow from addr: 10.0.0.1:5, process: ssh to host: x, addr: 192.0.2.1:22 to app-fw'
  const log = logOf('Client location is remote and traffic mode is 3, DNS 1', ssh)
  t.match(asked(log, files, files).totals, { changed: 0, disagreeing: 0 })
  const forced = { location: 'on-prem' } as const
  t.match(asked(log, files, {}, { forced }).totals, { changed: 1, disagreeing: 0 })
  t.match(asked(log, {}, files, { forced }).totals, { changed: 1, disagreeing: 0 }, 'the log was written off-prem')
  t.match(asked(logOf(ssh), files, files, { forced }).totals, { disagreeing: 1 }, 'unless it does not say where')
})

void t.test('the class of the device is what the log says of it, be it later', async (t) => {
  const app = { action: 3, appName: 'App', app_domains: ['*'], mode: 'direct', processName: 'curl' }
  const files: Files = { 'nsbypass.json': { certPinnedAppList: [app] } }
  const says = (word: string) => `device classification status: ${word}`
  const actions = (...lines: string[]) =>
    asked(logOf(...lines), files).changes.map(({ after, count }) => [after.outcome.action, count])
  t.strictSame(actions(tunneled('a.example')), [['block', 1]], 'unknown')
  t.strictSame(actions(tunneled('a.example'), says('managed')), [['bypass', 1]])
  t.strictSame(actions(says('unmanaged'), tunneled('a.example'), says('managed'), tunneled('a.example')), [
    ['block', 1],
    ['bypass', 1],
  ])
})

void t.test('what was assumed of a flow is told', async (t) => {
  const log = logOf('Bypassing connection from process: curl, host: a.example', bypassed('a.example', '192.0.2.7'))
  const { totals, changes } = asked(log, names())
  t.equal(totals.assumed, 1)
  t.match(changes, [
    { ip: '192.0.2.7', port: 443, assumed: ['address', 'port'], before: { outcome: { kind: 'pinned' } } },
    { ip: '192.0.2.7', assumed: [], before: { outcome: { kind: 'exception-host' } } },
  ])
})

void t.test('a generated log disagrees with every configuration but its own', async (t) => {
  const { chunks, configuration } = replayedLog({ scenario: 'exception-misconfigured' })
  const census = censusOf(chunks)
  const own = new FlowJudge(configuration)
  t.match(whatIf({ census, after: own, before: own }).totals, { changed: 0, otherRule: 0, disagreeing: 0 })
  const other = whatIf({ census, after: own, before: judge() })
  t.ok(other.totals.disagreeing > 0)
  t.equal(other.totals.disagreeing, other.totals.changed, 'as many as the scenario has rules for')
})

void t.test('an empty log', async (t) => {
  t.match(asked(logOf(), {}), { totals: { flows: 0, distinct: 0, changed: 0 }, changes: [], disagreements: [] })
  t.equal(asked(logOf(), {}).time, undefined)
})
