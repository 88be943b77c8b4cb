import t from 'tap'
import type { DomainReading } from '../../../agent/steering/match-domain.js'
import { pinnedMisses } from '../../../agent/steering/near-miss-pinned.js'
import { type AppWords, policyOf } from '../../support/policies.js'

function sentences(app: AppWords, process: string, host: string, reading: DomainReading = 'suffix'): readonly string[] {
  const { pinned } = policyOf({ apps: [app] }).halves['off-prem']
  return pinnedMisses(pinned, process, host, reading).map(({ sentence }) => sentence)
}

const four = ['a.com', 'b.com', 'c.com', 'd.com']
const docker = { process: 'Docker Desktop.exe', domains: ['docker.io'] }
const whole = 'names match as a whole, without path or quotes'

for (const [sentence, app, process, host, expected] of [
  [
    'its domains do not cover the host',
    { process: 'curl', domains: ['a.com'] },
    'curl',
    'x.com',
    ['The pinned app App of curl covers a.com, and not x.com'],
  ],
  [
    'a long list is shortened',
    { process: 'curl', domains: four },
    'curl',
    'x.com',
    ['The pinned app App of curl covers a.com, b.com, c.com and 1 more, and not x.com'],
  ],
  [
    'the host is not known',
    { process: 'curl', domains: ['a.com'] },
    'curl',
    '',
    ['The pinned app App of curl covers a.com, and not a flow whose host is not known'],
  ],
  [
    'a wildcard never matches',
    { process: 'curl', domains: ['*.a.com'] },
    'curl',
    'www.a.com',
    ['The pinned app App of curl has `*.a.com`, which never matches in app_domains: `a.com` would'],
  ],
  [
    'no domain at all',
    { process: 'curl', domains: [] },
    'curl',
    'a.com',
    [
      'The pinned app App of curl covers no host: app_domains is empty, or its `*` is taken away because enhancedCertPinnedApplist is off',
    ],
  ],
  [
    '.exe is missing',
    { process: 'Zoom.exe', domains: ['zoom.us'] },
    'zoom',
    'zoom.us',
    [`The process \`Zoom.exe\` is not zoom: ${whole}`],
  ],
  [
    '.exe is too much',
    { process: 'zoom', domains: ['zoom.us'] },
    'Zoom.exe',
    'zoom.us',
    [`The process \`zoom\` is not Zoom.exe: ${whole}`],
  ],
  [
    'a path',
    { process: 'C:\\Zoom\\Zoom.exe', domains: ['zoom.us'] },
    'Zoom.exe',
    'zoom.us',
    [`The process \`C:\\Zoom\\Zoom.exe\` is not Zoom.exe: ${whole}`],
  ],
  [
    'quotes',
    { process: '"Zoom.exe"', domains: ['zoom.us'] },
    'Zoom.exe',
    'zoom.us',
    [`The process \`"Zoom.exe"\` is not Zoom.exe: ${whole}`],
  ],
  [
    'another process of the product',
    docker,
    'com.docker.backend.exe',
    'docker.io',
    ['The process `Docker Desktop.exe` is not com.docker.backend.exe, though both have "docker" in their name'],
  ],
  [
    'a common word is no sign',
    { ...docker, process: 'Google Desktop.exe' },
    'com.google.desktop',
    'docker.io',
    ['The pinned app App covers docker.io for the process `Google Desktop.exe`, and not for com.google.desktop'],
  ],
  [
    'a pattern that would match with .exe',
    { process: '^zoom\\.exe$', regex: true, domains: ['zoom.us'] },
    'zoom',
    'zoom.us',
    ['The pattern `^zoom\\.exe$` matches zoom.exe, and not zoom'],
  ],
  [
    'the host is covered for another process',
    { process: 'Zoom.exe', domains: ['zoom.us'] },
    'curl',
    'zoom.us',
    ['The pinned app App covers zoom.us for the process `Zoom.exe`, and not for curl'],
  ],
  [
    'nobody says whose flow it is',
    { process: 'Zoom.exe', domains: ['zoom.us'] },
    'unknown',
    'zoom.us',
    ['The pinned app App covers zoom.us for the process `Zoom.exe`, and not for an unknown one'],
  ],
  ['any host of another process is no sign', { process: 'Zoom.exe', domains: ['*'] }, 'curl', 'zoom.us', []],
  ['another process and another host', { process: 'Zoom.exe', domains: ['zoom.us'] }, 'zoom', 'x.com', []],
  [
    'a block takes all hosts, so the name is nearly it',
    { process: 'Zoom.exe', domains: ['zoom.us'], action: 2 },
    'zoom',
    'x.com',
    [`The process \`Zoom.exe\` is not zoom: ${whole}`],
  ],
] as ReadonlyArray<readonly [string, AppWords, string, string, readonly string[]]>) {
  void t.test(sentence, async (t) => t.strictSame(sentences(app, process, host), expected))
}

void t.test('a host too deep for one level', async (t) => {
  const app = { process: 'curl', domains: ['a.com'] }
  t.strictSame(sentences(app, 'curl', 'y.x.a.com', 'one-level'), [
    'The pinned app App of curl has `a.com`, which reaches one level below it, and y.x.a.com lies deeper',
  ])
})

void t.test('the processes of one app are one near miss', async (t) => {
  const apps = ['a.exe', 'b.exe', 'c.exe'].map((process) => ({ process, domains: ['zoom.us'] }))
  const { pinned } = policyOf({ apps }).halves['off-prem']
  const misses = pinnedMisses(pinned, 'curl', 'zoom.us', 'suffix')
  t.match(misses, [{ sentence: /the process `a\.exe` and 2 more, and not for curl$/ }])
  t.equal(misses.length, 1)
})
