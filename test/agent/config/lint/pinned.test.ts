import fc from 'fast-check'
import t from 'tap'
import { lintPinned, type PinnedReading } from '../../../../agent/config/lint/pinned.js'
import { type AppWords, configurationWith, policyOf } from '../../../support/policies.js'

const USUAL: PinnedReading = { reading: 'suffix', anyHost: true, os: undefined }

function findingsOf(apps: readonly AppWords[], how: Partial<PinnedReading> = {}) {
  const { certPinnedAppList } = configurationWith({ apps }).pinned
  const placed = certPinnedAppList.map((entry, index) => ({ entry, path: `$.certPinnedAppList[${index}]` }))
  return lintPinned(placed, { ...USUAL, ...how })
}

for (const [sentence, apps, expected, how] of [
  ['an entry that is as it should be', [{ process: 'curl.exe', domains: ['a.com'] }], []],
  [
    'a wildcard domain',
    [{ process: 'curl', domains: ['*.a.com'] }],
    ['warning `*.a.com` never matches here: `a.com` would, with all below it'],
  ],
  ['no domain', [{ process: 'curl', domains: [] }], ['warning app_domains is empty, so that no host is covered']],
  ['no domain of a block is all', [{ process: 'curl', domains: [], action: 2 }], []],
  [
    'domains of a block',
    [{ process: 'curl', domains: ['a.com'], action: 2 }],
    ['hint its app_domains do not count: block takes all hosts of a process'],
  ],
  [
    'domains of a managed bypass',
    [{ process: 'curl', domains: ['a.com'], action: 3 }],
    ['hint its app_domains do not count: bypass on managed devices takes all hosts of a process'],
  ],
  [
    '* without its flag',
    [{ process: 'curl' }],
    ['warning `*` in app_domains does not count: enhancedCertPinnedApplist is off'],
    { anyHost: false },
  ],
  [
    'a domain below another',
    [{ process: 'curl', domains: ['a.com', 'x.a.com'] }],
    ['warning `x.a.com` makes no difference: `a.com` ($.certPinnedAppList[0]) covers it'],
  ],
  [
    'a path',
    [{ process: '/usr/bin/curl' }],
    ['warning the process `/usr/bin/curl` has a path, and processes go by their name alone'],
  ],
  [
    'a path of Windows',
    [{ process: 'C:\\Zoom\\Zoom.exe' }],
    ['warning the process `C:\\Zoom\\Zoom.exe` has a path, and processes go by their name alone'],
  ],
  [
    'quotes',
    [{ process: '"Zoom.exe"' }],
    ['warning the process `"Zoom.exe"` has quotes around it, which no process has'],
  ],
  ['space around it', [{ process: 'Zoom.exe ' }], ['warning the process `Zoom.exe ` has space around it']],
  [
    'space within, plus and brackets are names',
    [{ process: 'Google Drive' }, { process: 'notepad++.exe' }, { process: 'Helper (GPU)' }],
    [],
  ],
  [
    'a pattern without isRegex',
    [{ process: 'chrome.*' }],
    ['warning the process `chrome.*` looks like a pattern, and isRegex is off: it is a name, taken as it stands'],
  ],
  [
    'an escaped dot without isRegex',
    [{ process: 'chrome\\.exe' }],
    ['warning the process `chrome\\.exe` looks like a pattern, and isRegex is off: it is a name, taken as it stands'],
  ],
  ['a pattern with isRegex', [{ process: '^chrome\\.exe$', regex: true }], []],
  [
    'a name with isRegex',
    [{ process: 'chrome.exe', regex: true }],
    [
      'hint `chrome.exe` is a pattern that looks like a name: it is found anywhere in a name, and a dot is any character',
    ],
  ],
  [
    'another system',
    [{ process: 'bird', os: ['macos'] }],
    ['hint is for macos, and the endpoint is linux'],
    { os: 'linux' },
  ],
  ['its own system', [{ process: 'bird', os: ['macos', 'linux'] }], [], { os: 'linux' }],
  [
    'a tunnel domain that is not covered',
    [{ process: 'curl', domains: ['a.com'], mode: 'tunnel', tunnelDomains: ['x.a.com', 'b.com'] }],
    ['warning `b.com` of tunnel_domains is not among its app_domains, so that no flow to it gets there'],
  ],
  [
    'tunnel domains of mode direct',
    [{ process: 'curl', domains: ['a.com'], tunnelDomains: ['a.com'] }],
    ['hint its tunnel_domains do not count: its mode is direct'],
  ],
] as ReadonlyArray<readonly [string, readonly AppWords[], readonly string[], Partial<PinnedReading>?]>) {
  void t.test(sentence, async (t) => {
    t.strictSame(
      findingsOf(apps, how).map(({ severity, sentence }) => `${severity} ${sentence}`),
      expected,
    )
  })
}

const BEHIND: ReadonlyArray<readonly [string, readonly AppWords[], string | undefined, Partial<PinnedReading>?]> = [
  [
    'behind a block',
    [
      { process: 'a', action: 2 },
      { process: 'a', domains: ['x.com'] },
    ],
    '[0]',
  ],
  [
    'in another case',
    [
      { process: 'A', action: 2 },
      { process: 'a', domains: ['x.com'] },
    ],
    '[0]',
  ],
  ['behind any host', [{ process: 'a' }, { process: 'a', domains: ['x.com'] }], '[0]'],
  ['a block behind any host', [{ process: 'a' }, { process: 'a', action: 2 }], '[0]'],
  [
    'behind several that have its domains',
    [
      { process: 'a', domains: ['x.com'] },
      { process: 'a', domains: ['y.com'] },
      { process: 'a', domains: ['w.x.com', 'y.com'] },
    ],
    '[1]',
  ],
  [
    'not with a domain of its own',
    [
      { process: 'a', domains: ['x.com'] },
      { process: 'a', domains: ['x.com', 'y.com'] },
    ],
    undefined,
  ],
  [
    'not a block behind some hosts',
    [
      { process: 'a', domains: ['x.com'] },
      { process: 'a', action: 2 },
    ],
    undefined,
  ],
  [
    'not behind another process',
    [
      { process: 'b', action: 2 },
      { process: 'a', domains: ['x.com'] },
    ],
    undefined,
  ],
  [
    'not behind a pattern of the same text',
    [
      { process: 'a', action: 2, regex: true },
      { process: 'a', domains: ['x.com'] },
    ],
    undefined,
  ],
  [
    'not behind another system',
    [
      { process: 'a', action: 2, os: ['macos'] },
      { process: 'a', domains: ['x.com'] },
    ],
    undefined,
  ],
  [
    'behind all systems',
    [
      { process: 'a', action: 2 },
      { process: 'a', domains: ['x.com'], os: ['macos'] },
    ],
    '[0]',
  ],
  [
    'not behind * that does not count',
    [{ process: 'a' }, { process: 'a', domains: ['x.com'] }],
    undefined,
    { anyHost: false },
  ],
  [
    'not one level below',
    [
      { process: 'a', domains: ['x.com'] },
      { process: 'a', domains: ['w.x.com'] },
    ],
    undefined,
    { reading: 'one-level' },
  ],
]

for (const [sentence, apps, winner, how] of BEHIND) {
  void t.test(`an entry never wins ${sentence}`, async (t) => {
    const found = findingsOf(apps, how).filter(({ kind }) => kind === 'shadowed')
    if (winner === undefined) return t.strictSame(found, [])
    t.match(found, [{ rule: { path: `$.certPinnedAppList[${apps.length - 1}]` } }])
    t.match(found[0]?.sentence, `$.certPinnedAppList${winner} takes all of its hosts before`)
  })
}

void t.test('what never wins never wins', async () => {
  const app = fc.record({
    process: fc.constantFrom('a', 'A', 'b'),
    domains: fc.subarray(['x.com', 'w.x.com', 'y.com', '*']),
    action: fc.constantFrom(1 as const, 2 as const, 3 as const),
  })
  const hosts = ['x.com', 'w.x.com', 'v.w.x.com', 'y.com', 'z.com']
  fc.assert(
    fc.property(fc.array(app, { maxLength: 6 }), (apps) => {
      const { pinned } = policyOf({ apps }).halves['off-prem']
      const winners = ['a', 'b'].flatMap((name) => hosts.map((host) => pinned.match(name, host)?.entry.rule.path))
      const idle = findingsOf(apps).filter(
        ({ kind, sentence }) => kind === 'shadowed' && sentence.includes('never gets here'),
      )
      return idle.every(({ rule }) => !winners.includes(rule.path))
    }),
  )
})
