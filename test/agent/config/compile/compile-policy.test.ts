import t from 'tap'
import { checkSet } from '../../../../agent/config/check-set.js'
import { compilePolicy } from '../../../../agent/config/compile/compile-policy.js'
import { decide } from '../../../../agent/steering/decide.js'
import { ORDINARY_SITUATION } from '../../../../agent/steering/flow.js'
import { defaultTexts, foundTexts } from '../../../support/config-files.js'
import { flowOf, policyOf } from '../../../support/policies.js'

void t.test('the default files decide as a new home promises', async (t) => {
  const checked = checkSet(foundTexts(defaultTexts()))
  if ('problems' in checked) return t.fail(checked.problems.join('\n'))
  t.strictSame(checked.unknown, [], 'they hold no key we do not know')
  const policy = compilePolicy(checked.configuration)
  const cases: [sentence: string, flow: Parameters<typeof flowOf>[0], verdict: object][] = [
    ['box.com is tunnelled', {}, { action: 'tunnel', via: 'nsProxy' }],
    ['another port is tunnelled', { port: 2222 }, { action: 'tunnel', via: 'app-fw' }],
    ['zoom.us is an exception', { host: 'zoom.us' }, { kind: 'exception-host' }],
    ['what is below zoom.us is an exception', { host: 'us01web.zoom.us' }, { kind: 'exception-host' }],
    ['git over HTTPS to GitHub is pinned', { process: 'git-remote-http', host: 'github.com' }, { kind: 'pinned' }],
    [
      'to GitHub, also by its other name',
      { process: 'git-remote-https', host: 'codeload.github.com' },
      { kind: 'pinned' },
    ],
    ['git to another host is tunnelled', { process: 'git-remote-http' }, { action: 'tunnel' }],
    ['curl to GitHub is tunnelled', { host: 'github.com' }, { action: 'tunnel' }],
    ['the local network is bypassed', { ip: '192.168.1.1', host: '' }, { kind: 'private-ip' }],
    ['QUIC is blocked', { transport: 'udp' }, { action: 'block' }],
  ]
  for (const [sentence, flow, verdict] of cases)
    t.match(decide(flowOf(flow), policy, ORDINARY_SITUATION), verdict, sentence)
})

void t.test('a list of 50,000 domains and 10,000 addresses decides like a short one', async (t) => {
  const policy = policyOf({
    names: Array.from({ length: 50_000 }, (_, i) => (i % 2 === 0 ? `host${i}.example` : `*.domain${i}.example`)),
    ips: Array.from({ length: 10_000 }, (_, i) => `100.${i >> 8}.${i & 255}.0/24`),
  })
  const rulePath = (flow: Parameters<typeof flowOf>[0]) => {
    const verdict = decide(flowOf(flow), policy, ORDINARY_SITUATION)
    return verdict === 'need-more' ? verdict : verdict.rule.path
  }
  t.equal(rulePath({ host: 'host49998.example' }), '$.names[49998]', 'the last name')
  t.equal(rulePath({ host: 'a.b.domain49999.example' }), '$.names[49999]', 'the last wildcard')
  t.equal(rulePath({ ip: '100.39.15.200' }), '$.ips[9999]', 'the last address')
  t.equal(rulePath({ host: 'domain49999.example' }), '$.traffic_mode', 'no rule')
})
