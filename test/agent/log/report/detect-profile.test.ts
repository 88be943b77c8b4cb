import fc from 'fast-check'
import t from 'tap'
import type { Profile } from '../../../../agent/log/profile.js'
import { PROFILES } from '../../../../agent/log/profiles.js'
import { recognise } from '../../../../agent/log/recognise.js'
import { parseRecord } from '../../../../agent/log/record.js'
import { ProfileGuess } from '../../../../agent/log/report/detect-profile.js'
import { GOLDEN_LINES } from '../../../support/log-lines.js'
import { renderedLines } from '../../../support/rendered-log.js'

function guess(lines: readonly string[], profiles?: readonly Profile[]): string | undefined {
  const guess = new ProfileGuess(profiles)
  for (const line of lines) {
    const parsed = parseRecord(line)
    if ('record' in parsed) guess.add(parsed, recognise(parsed.record.message))
  }
  return guess.best()
}

void t.test('the real lines of a year are told for the profile of their time', async (t) => {
  const cases = { 2018: 'macos-2018', 2019: 'windows-2019', 2021: 'windows-2021', 2024: 'windows-r114' }
  for (const [year, profile] of Object.entries(cases)) {
    const lines = GOLDEN_LINES.filter((line) => line.startsWith(year))
    t.ok(lines.length > 0)
    t.equal(guess(lines), profile, year)
  }
})

void t.test('a log rendered by a profile is told for that profile, whole or a few lines of it', async (t) => {
  for (const profile of Object.values(PROFILES)) {
    const lines = renderedLines(profile)
    t.equal(guess(lines), profile.name)
    // One line alone can be the same in two releases: the place of a flow is, from 2019 to 2021.
    fc.assert(
      fc.property(fc.shuffledSubarray([...lines], { minLength: 4 }), (some) => guess(some) === profile.name),
      { seed: 7, numRuns: 50 },
    )
  }
})

void t.test('each kind of evidence is enough where the others say nothing', async (t) => {
  const cases: [sentence: string, line: string, expected: string][] = [
    [
      'the process of the network extension',
      '2026/01/02 03:04:05.123456 stAgentNE p1a t2b info a.cpp:1 b c',
      'macos-r126',
    ],
    [
      'a place that only Linux has, whatever the process',
      '2026/01/02 03:04:05.123456 stAgentNE p1a t2b info tunnel.cpp:447 nsTunnel TLS received nsssl_closed, tunnel destroyed',
      'linux-r140',
    ],
    ['three digits and a word', '2026/01/02 03:04:05.123 stAgentUI p1a t2b info a.cpp:1 b c', 'windows-r114'],
    ['six digits and a number', '2026/01/02 03:04:05.123456 stAgentUI p1a t2b 4 a.cpp:1 b c', 'macos-2018'],
    [
      'the ending of a line',
      '2026/01/02 03:04:05.123 stAgentUI p1a t2b 4 a.cpp:1 b Bypassing connection from process: x.exe, host: y\r\n',
      'windows-2019',
    ],
  ]
  for (const [sentence, line, expected] of cases) t.equal(guess([line]), expected, sentence)
})

void t.test('what most lines say is believed, and nothing is said of no lines', async (t) => {
  const many = renderedLines(PROFILES['macos-r126'])
  const few = renderedLines(PROFILES['windows-2019']).slice(0, 10)
  t.equal(guess([...few, ...many]), 'macos-r126')
  t.equal(guess([...many.slice(0, 3), ...few]), 'windows-2019')
  t.equal(guess([]), undefined)
  t.equal(guess(['no record']), undefined)
})

void t.test("a user's profile can be among those it is told from", async (t) => {
  const mine = { ...PROFILES['windows-r114'], name: 'mine', process: 'myAgent' }
  const line = '2026/01/02 03:04:05.123 myAgent p1a t2b info a.cpp:1 b c'
  t.equal(guess([line], [...Object.values(PROFILES), mine]), 'mine')
  t.equal(guess([line]), 'windows-r114')
})
