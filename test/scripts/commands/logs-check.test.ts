import t from 'tap'
import { PROFILES } from '../../../agent/log/profiles.js'
import { checkPart, checkText } from '../../../scripts/commands/logs-check.js'
import { GOLDEN_LINES } from '../../support/log-lines.js'
import { renderedLines } from '../../support/rendered-log.js'

/** A file given in pieces of `size` bytes. */
function part(text: string, size = 1000) {
  return {
    name: 'nsdebuglog.log',
    open: async function* () {
      const bytes = Buffer.from(text)
      for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
    },
  }
}

void t.test('a file is held against the profile it is most like, to its last line', async (t) => {
  for (const profile of Object.values(PROFILES)) {
    const log = renderedLines(profile).join('')
    const expected = { file: 'nsdebuglog.log', profile: profile.name, detected: true, deviations: [] }
    t.match(await checkPart(part(log), undefined), expected, profile.name)
  }
  const line = `${GOLDEN_LINES.at(-8)}\r\n`
  const long = line.repeat(20_000)
  t.match(await checkPart(part(`${long}x\r\n`, 300_000), undefined), {
    profile: 'windows-r114',
    lines: 20_001,
    deviations: [
      { kind: 'no-stamp', count: 1, lines: [20_001] },
      { kind: 'last-line', count: 1, lines: [20_001] },
    ],
  })
})

void t.test('or against the one that is asked for', async (t) => {
  const log = renderedLines(PROFILES['windows-r114']).join('')
  const checked = await checkPart(part(log), PROFILES['macos-r126'])
  t.match(checked, { profile: 'macos-r126', detected: false })
  t.ok(checked.deviations.length > 3)
})

void t.test('what is no log at all is told so, unless a profile is asked for; an empty file is a log', async (t) => {
  await t.rejects(checkPart(part('hello\r\n'), undefined), { code: 'not-a-log', exitCode: 2 })
  t.match(await checkPart(part('hello\r\n'), PROFILES['windows-r114']), { profile: 'windows-r114', lines: 1 })
  t.match(await checkPart(part(''), undefined), { lines: 0, deviations: [{ kind: 'first-line' }] })
})

void t.test('for people to read', async (t) => {
  const file = { file: 'a.log', lines: 7, profile: 'linux-r140', detected: true, deviations: [] }
  const deviations = [
    { kind: 'no-stamp', what: 'a line \u001b[2J', count: 1, lines: [3] },
    { kind: 'precision', what: '3 digits', count: 12, lines: [1, 2, 3] },
  ]
  t.equal(
    checkText([file, { ...file, file: 'b.log', detected: false, deviations }]),
    `a.log: 7 lines, held against linux-r140, the profile most alike: no deviation

b.log: 7 lines, held against linux-r140
COUNT  KIND       WHAT         LINES
1      no-stamp   a line ?[2J  3
12     precision  3 digits     1, 2, 3, ...
`,
  )
})
