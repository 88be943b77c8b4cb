import t from 'tap'
import type { Profile } from '../../../agent/log/profile.js'
import { readProfile } from '../../../agent/log/profile-file.js'
import { PROFILE_NAMES, PROFILES } from '../../../agent/log/profiles.js'

function profileOf(value: unknown): Profile {
  const read = readProfile('mine.json', JSON.stringify(value))
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return read.profile
}

function problemsOf(text: string): readonly string[] {
  const read = readProfile('mine.json', text)
  return 'problems' in read ? read.problems : []
}

void t.test('a profile with a base and a name is the base under that name', async (t) => {
  for (const base of PROFILE_NAMES) {
    const { name, places, messages, ...traits } = profileOf({ name: 'mine', base })
    const { name: _, messages: known, ...expected } = PROFILES[base]
    t.equal(name, 'mine')
    t.strictSame(traits, expected, base)
    t.strictSame(messages, known, `the messages of ${base}, with the places seen in its logs`)
  }
})

void t.test('what is given takes the place of what the base says', async (t) => {
  const mine = profileOf({
    name: 'arm.build-2_x',
    base: 'windows-2019',
    platform: 'linux',
    release: 120,
    precision: 6,
    levels: 'word',
    eol: 'LF',
    process: 'stAgentDaemon',
    idsInFours: false,
    places: {
      'drop-pinned': { file: 'pinned.mm', line: 7, component: 'Pinned', level: 'warning' },
      'tunnel-connecting': { level: 'debug' },
      'bypass-pinned': { line: 12 },
    },
  })
  t.match(mine, {
    name: 'arm.build-2_x',
    platform: 'linux',
    release: 120,
    process: 'stAgentDaemon',
    idsInFours: false,
    style: { precision: 6, levels: 'word', eol: '\n' },
  })
  const of = (event: Parameters<typeof mine.messages.get>[0]) => {
    const { file, line, component, level, certainty } = mine.messages.get(event)!
    return `${file}:${line} ${component} ${level} ${certainty}`
  }
  t.equal(of('drop-pinned'), 'pinned.mm:7 Pinned warning observed')
  t.equal(of('tunnel-connecting'), 'tunnel.cpp:694 nsTunnel debug observed', 'the place of the base stays')
  t.equal(of('bypass-pinned'), 'bypassAppMgr.cpp:12 BypassAppMgr info observed')
  t.ok(mine.messages.has('gslb-begin'), 'the messages are those of the new release')
  t.notOk(mine.messages.has('flow-tunneled-proxied'))
})

void t.test('every problem is told with file, line, path and what is allowed', async (t) => {
  const cases: [sentence: string, text: string, problems: string[]][] = [
    [
      'an empty object',
      '{}',
      [
        'mine.json:1: $.name: found nothing, allowed is a name of letters, digits, dots, - and _ that no built-in profile has',
        'mine.json:1: $.base: found nothing, allowed is "macos-2018", "windows-2019", "windows-2021", "windows-r114", "macos-r126" or "linux-r140"',
      ],
    ],
    [
      'keys nobody knows',
      '{"name": "mine", "base": "windows-r114",\n"speed": 1,\n"growth": 2}',
      ['speed', 'growth'].map(
        (key, i) =>
          `mine.json:${i + 2}: $.${key}: found "${key}", allowed is one of the keys name, base, platform, release, precision, levels, eol, process, idsInFours, places`,
      ),
    ],
    [
      'wrong values',
      '{"name": "a b",\n"base": "windows",\n"platform": "bsd",\n"release": 0,\n"precision": "3",\n"levels": "words",\n"eol": "\\n",\n"process": "a b",\n"idsInFours": "true",\n"places": []}',
      [
        'mine.json:1: $.name: found "a b", allowed is a name of letters, digits, dots, - and _ that no built-in profile has',
        'mine.json:2: $.base: found "windows", allowed is "macos-2018", "windows-2019", "windows-2021", "windows-r114", "macos-r126" or "linux-r140"',
        'mine.json:3: $.platform: found "bsd", allowed is "windows", "macos" or "linux"',
        'mine.json:4: $.release: found 0, allowed is a whole number from 1 to 9999',
        'mine.json:5: $.precision: found "3", allowed is 3 or 6',
        'mine.json:6: $.levels: found "words", allowed is "word" or "number"',
        'mine.json:7: $.eol: found "\\n", allowed is "CRLF" or "LF"',
        'mine.json:8: $.process: found "a b", allowed is a word without white space',
        'mine.json:9: $.idsInFours: found "true", allowed is true or false, without quotes',
        'mine.json:10: $.places: found an empty list, allowed is an object of events and their places',
      ],
    ],
    [
      'the name of a built-in profile',
      '{"name": "linux-r140", "base": "windows-r114"}',
      [
        'mine.json:1: $.name: found "linux-r140", allowed is a name of letters, digits, dots, - and _ that no built-in profile has',
      ],
    ],
    [
      'wrong places',
      '{"name": "mine", "base": "windows-r114", "places": {\n"drop-flow": {},\n"drop-pinned": {"file": "../a.cpp",\n"line": -1,\n"component": "",\n"level": 4, "colour": 1},\n"bypass-pinned": 12}}',
      [
        'mine.json:2: $.places["drop-flow"]: found "drop-flow", allowed is the name of an event that `steerlab logs catalogue` lists',
        'mine.json:3: $.places["drop-pinned"].file: found "../a.cpp", allowed is the base name of a .cpp or .mm file',
        'mine.json:4: $.places["drop-pinned"].line: found -1, allowed is a whole number from 0 to 999999999',
        'mine.json:5: $.places["drop-pinned"].component: found "", allowed is a word without white space',
        'mine.json:6: $.places["drop-pinned"].level: found 4, allowed is "critical", "error", "warning", "info" or "debug"',
        'mine.json:6: $.places["drop-pinned"].colour: found "colour", allowed is one of the keys file, line, component, level',
        'mine.json:7: $.places["bypass-pinned"]: found 12, allowed is an object with file, line, component, level',
      ],
    ],
    [
      'the place of an event that this client does not have',
      '{"name": "mine", "base": "windows-r114",\n"places": {"flow-tunneled-proxied": {"line": 1}}}',
      [
        'mine.json:2: $.places["flow-tunneled-proxied"]: found an object, allowed is an event that release 114 on windows has',
      ],
    ],
    ['no JSON', '{', ['mine.json:1:2: not JSON: found the end of the file, expected a key in double quotes']],
    [
      'another kind of value',
      '[]',
      [
        'mine.json:1: $: found an empty list, allowed is an object with name, base, platform, release, precision, levels, eol, process, idsInFours, places',
      ],
    ],
  ]
  for (const [sentence, text, problems] of cases) t.strictSame(problemsOf(text), problems, sentence)
})
