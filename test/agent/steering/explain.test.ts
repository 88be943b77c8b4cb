import fc from 'fast-check'
import t from 'tap'
import { decide } from '../../../agent/steering/decide.js'
import { explain } from '../../../agent/steering/explain.js'
import { ORDINARY_SITUATION, type Situation } from '../../../agent/steering/flow.js'
import { type FlowWords, flowOf, type PolicyWords, policyOf } from '../../support/policies.js'

/** `9 exception host | 10 exception address, 17 steered | $.names[1]`: who won, who came later, what else is listed. */
function said(words: PolicyWords, flow: FlowWords, situation: Partial<Situation> = {}): string {
  const found = explain(flowOf(flow), policyOf(words), { ...ORDINARY_SITUATION, ...situation })
  const later = found.later.map(({ number, name }) => `${number} ${name}`).join(', ')
  const listed = found.alsoListed.map(({ ref }) => ref.path).join(', ')
  return `${found.winner.number} ${found.winner.name} | ${later} | ${listed}`
}

const office = { names: ['box.com'], ips: ['74.112.186.0/24'], apps: [{ process: 'curl', domains: ['box.com'] }] }
const twice = { names: ['*.box.com', 'x.com', 'www.box.com', '*.com'] }
const ranges = { ips: ['74.112.186.144', '9.9.9.9', '74.112.0.0/16'] }
const processes = { apps: [{ process: 'curl' }, { process: 'wget' }, { process: 'c.rl', regex: true }] }

for (const [sentence, words, flow, expected, situation] of [
  ['a flow that no rule covers', {}, {}, '17 steered |  | '],
  [
    'every later step that has an answer',
    office,
    {},
    '7 pinned app | 9 exception host, 10 exception address, 17 steered | ',
  ],
  ['not those that have none', { names: ['box.com'] }, {}, '9 exception host | 17 steered | '],
  [
    'other entries that cover the host',
    twice,
    { host: 'www.box.com' },
    '9 exception host | 17 steered | $.names[0], $.names[3]',
  ],
  ['other entries that cover the address', ranges, {}, '10 exception address | 17 steered | $.ips[2]'],
  ['other entries of the process', processes, {}, '7 pinned app | 17 steered | $.certPinnedAppList[2]'],
  [
    'an address that is local twice',
    { local: ['Local IP address range', '10.0.0.0/8'] },
    { ip: '10.1.1.1' },
    '12 local address | 17 steered | $.ips[1]',
  ],
  ['what is out of scope is not also steered', { mode: 'web' }, { port: 22 }, '14 out of scope |  | '],
  ['QUIC says it once', { names: ['box.com'] }, { transport: 'udp' }, '6 QUIC | 9 exception host, 17 steered | '],
  [
    'behind steering none nothing is asked',
    { ...office, steering: { steering_method_none: 1 } },
    {},
    '1 steering none |  | ',
  ],
  [
    'a category is no matter of what is not steered',
    { mode: 'web', exceptions: { categories: [{ name: 'x', domains: ['*.box.com'] }] } },
    { port: 22 },
    '14 out of scope |  | ',
  ],
  [
    'a source country comes after a category',
    { exceptions: { categories: [{ name: 'x', domains: ['*.box.com'] }], source_countries: ['DE'] } },
    {},
    '15 category exception | 16 source country, 17 steered | ',
    { country: 'DE' },
  ],
] as ReadonlyArray<readonly [string, PolicyWords, FlowWords, string, Partial<Situation>?]>) {
  void t.test(sentence, async (t) => t.equal(said(words, flow, situation), expected))
}

void t.test('with the tunnel down the verdict is another than the step says', async (t) => {
  const { verdict, winner } = explain(flowOf(), policyOf(), { ...ORDINARY_SITUATION, tunnel: 'down' })
  t.match(verdict, { action: 'bypass', kind: 'fail-open' })
  t.match(winner, { name: 'steered', verdict: { action: 'tunnel' } })
})

void t.test('a flow may have to wait for its name', async (t) => {
  const asked = flowOf({ sniffed: 'tls' })
  t.equal(explain(asked, policyOf({ checkSni: true }), ORDINARY_SITUATION).waitsForName, true, 'with checkSNI')
  t.equal(explain(asked, policyOf(), ORDINARY_SITUATION).waitsForName, false, 'and not without')
})

void t.test('it explains what decide decides', async (t) => {
  const pick = <Value>(...values: readonly Value[]) => fc.constantFrom(...values)
  const policies = [office, twice, ranges, processes, { mode: 'web' }, { mode: 'cloud-apps' }, {}] as const
  const compiled = policies.map((words) => policyOf(words))
  const flows = fc.record({
    host: pick('', 'box.com', 'www.box.com', 'x.com'),
    ip: pick('', '74.112.186.144', '10.0.0.1', '::1', '2001:db8::1'),
    port: pick(443, 80, 22, 53),
    process: pick('curl', 'wget', 'unknown'),
    transport: pick('tcp' as const, 'udp' as const),
    sniffed: pick('tls' as const),
  })
  fc.assert(
    fc.property(flows, pick(...compiled), pick('up' as const, 'down' as const), (flow, policy, tunnel) => {
      const situation = { ...ORDINARY_SITUATION, tunnel }
      const { verdict, later } = explain(flowOf(flow), policy, situation)
      t.strictSame(verdict, decide(flowOf(flow), policy, situation))
      return later.every(({ number }, index) => index === 0 || number > later[index - 1]!.number)
    }),
    { numRuns: 300 },
  )
})
