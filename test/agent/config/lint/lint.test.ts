import t from 'tap'
import { compilePolicy } from '../../../../agent/config/compile/compile-policy.js'
import { lintConfiguration } from '../../../../agent/config/lint/lint.js'
import { configurationWith, type PolicyWords } from '../../../support/policies.js'

function said(words: PolicyWords): readonly string[] {
  return lintConfiguration(configurationWith(words)).map(
    ({ severity, kind, rule }) => `${severity} ${kind} ${rule.path}`,
  )
}

const dns = [{ domain: 'x.com' }]
const applications = [{ name: 'A', domains: ['a.com'], action: 'bypass' }]
const categories = [{ name: 'C', domains: ['c.com'] }]
const dynamic = { dynamic_steering: 1 }

for (const [sentence, words, expected] of [
  ['nothing to find', { names: ['a.com'], ips: ['8.8.8.8'], apps: [{ process: 'curl' }] }, []],
  [
    'something of each kind',
    { names: ['a.com', 'a.com'], ips: ['8.8.8.8', '8.8.8.0/24'], apps: [{ process: 'curl', domains: [] }] },
    ['warning duplicate $.names[1]', 'warning shadowed $.ips[0]', 'warning never-matches $.certPinnedAppList[0]'],
  ],
  ['lists are apart', { exceptions: { names: ['a.com'], applications } }, []],
  ['cloud apps without any', { mode: 'cloud-apps' }, ['warning looks-wrong $.traffic_mode']],
  ['with some', { mode: 'cloud-apps', steering: { domains: ['*.box.com'] } }, []],
  ['every address', { ips: ['0.0.0.0/0'] }, ['warning looks-wrong $.ips[0]']],
  ['a list the mode does not ask', { mode: 'web', exceptions: { dns } }, ['warning not-asked $.dns']],
  ['in its mode it is asked', { mode: 'all', exceptions: { dns } }, []],
  [
    'a list that one half does not ask',
    { steering: dynamic, exceptions: { applications } },
    ['hint not-asked $.applications'],
  ],
  [
    'a list that no half asks',
    { mode: 'cloud-apps', steering: { ...dynamic, domains: ['box.com'] }, exceptions: { categories } },
    ['warning not-asked $.categories'],
  ],
  [
    'halves without dynamic steering',
    { exceptions: { on_prem: { names: ['a.com'] } } },
    ['warning not-asked $.on_prem'],
  ],
  ['halves with it', { steering: dynamic, exceptions: { on_prem: { names: ['a.com'] } } }, []],
  [
    '* with its flag off',
    { client: { enhancedCertPinnedApplist: '0' }, apps: [{ process: 'curl' }] },
    ['warning never-matches $.certPinnedAppList[0]'],
  ],
  [
    'another system',
    { lab: { endpoint: { os: 'linux' } }, apps: [{ process: 'curl', os: ['macos'] }] },
    ['hint not-asked $.certPinnedAppList[0]'],
  ],
] as ReadonlyArray<readonly [string, PolicyWords, readonly string[]]>) {
  void t.test(sentence, async (t) => t.strictSame(said(words), expected))
}

void t.test('what a log never shows is a hint', async (t) => {
  const configuration = configurationWith({
    names: ['a.com', 'b.com'],
    ips: ['8.8.8.8', '9.9.9.9'],
    apps: [{ process: 'curl' }, { process: 'wget' }],
    steering: { domains: ['z.com'] },
    exceptions: { categories },
  })
  const seen = { hosts: new Set(['a.com']), addresses: new Set(['8.8.8.8']), processes: new Set(['curl']) }
  t.match(lintConfiguration(configuration, seen), [
    { severity: 'hint', kind: 'unseen', rule: { file: 'nsexception.json', path: '$.names[1]' } },
    { severity: 'hint', kind: 'unseen', rule: { file: 'nsexception.json', path: '$.ips[1]' } },
    { severity: 'hint', kind: 'unseen', rule: { file: 'nsbypass.json', path: '$.certPinnedAppList[1]' } },
  ])
  t.equal(lintConfiguration(configuration, seen).length, 3, 'and what is no exception is left alone')
})

void t.test('a large configuration takes no longer than twice its loading and a second', async (t) => {
  const names = Array.from({ length: 50_000 }, (_, index) => `${index % 2 ? '*.' : ''}h${index}.a${index % 90}.example`)
  const ips = Array.from({ length: 10_000 }, (_, index) => `8.${index >> 8}.${index & 255}.0/24`)
  const apps = Array.from({ length: 500 }, (_, index) => ({ process: `p${index}`, domains: [`d${index}.com`] }))
  const configuration = configurationWith({ names, ips, apps })
  const seen = { hosts: new Set(names), addresses: new Set(['1.1.1.1']), processes: new Set(['p1']) }
  const began = process.hrtime.bigint()
  compilePolicy(configuration)
  const compiled = process.hrtime.bigint()
  t.equal(lintConfiguration(configuration, seen).length, 25_000 + 25_000 + 10_000 + 499)
  const linted = process.hrtime.bigint()
  t.ok(linted - compiled < 2n * (compiled - began) + 1_000_000_000n, `${(linted - compiled) / 1_000_000n} ms`)
})
