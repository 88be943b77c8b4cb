import t from 'tap'
import { SeenIndex } from '../../../../agent/config/lint/unseen.js'
import type { DomainReading } from '../../../../agent/steering/match-domain.js'
import { configurationWith } from '../../../support/policies.js'

const seen = new SeenIndex({
  hosts: new Set(['', 'WWW.zoom.us', 'apple.com', 'notbox.com', 'x.y.deep.example']),
  addresses: new Set(['10.0.0.5', '203.0.113.9', '2001:db8::9', 'nonsense']),
  processes: new Set(['Zoom.exe', 'curl']),
})

const ruleOf = (text: string) => ({ ref: { file: 'nsexception.json', path: '$' }, text }) as const

for (const [text, reading, isSeen] of [
  ['apple.com', 'table', true],
  ['Apple.com.', 'table', true],
  ['zoom.us', 'table', false],
  ['*.zoom.us', 'table', true],
  ['*.apple.com', 'table', false],
  ['*.apple.com', 'root-too', true],
  ['*.example', 'table', true],
  ['box.com', 'table', false],
  ['box.com', 'text-suffix', true],
  ['*.box.com', 'text-suffix', false],
  ['ox.co', 'text-suffix', false],
] as ReadonlyArray<readonly [string, DomainReading, boolean]>) {
  void t.test(`${text} is ${isSeen ? '' : 'not '}seen (${reading})`, async (t) => {
    const findings = seen.unseenDomains([ruleOf(text)], reading)
    t.strictSame(
      findings.map(({ sentence }) => sentence),
      isSeen ? [] : [`no host of \`${text}\` is in the log`],
    )
  })
}

for (const [text, isSeen] of [
  ['10.0.0.5', true],
  ['10.0.0.6', false],
  ['10.0.0.0/24', true],
  ['10.0.0.6-10.0.0.9', false],
  ['203.0.113.0/28', true],
  ['2001:db8::/32', true],
  ['2001:db8::1', false],
  ['::a00:5', false],
  ['Local IP address range', true],
] as const) {
  void t.test(`${text} is ${isSeen ? '' : 'not '}seen`, async (t) => {
    const findings = seen.unseenAddresses([ruleOf(text)])
    t.strictSame(
      findings.map(({ sentence }) => sentence),
      isSeen ? [] : [`no flow of the log goes to \`${text}\``],
    )
  })
}

void t.test('pinned apps go by their process', async (t) => {
  const apps = [
    { process: 'ZOOM.exe' },
    { process: 'zoom' },
    { process: '^cur', regex: true },
    { process: '^wget', regex: true },
  ]
  const { certPinnedAppList } = configurationWith({ apps }).pinned
  const findings = seen.unseenApps(certPinnedAppList.map((entry, index) => ({ entry, path: `${index}` })))
  t.strictSame(
    findings.map(({ rule, sentence }) => `${rule.path} ${sentence}`),
    ['1 the process `zoom` is not in the log', '3 the process `^wget` is not in the log'],
  )
})
