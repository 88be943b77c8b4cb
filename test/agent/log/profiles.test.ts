import t from 'tap'
import { CATALOGUE } from '../../../agent/log/catalogue.js'
import type { ProfileName } from '../../../agent/log/message-form.js'
import { DEFAULT_PROFILE, PROFILE_NAMES, PROFILES } from '../../../agent/log/profiles.js'

void t.test('each profile writes lines as its platform does (format 1.1 to 1.5)', async (t) => {
  const cases: Readonly<Record<ProfileName, readonly unknown[]>> = {
    'macos-2018': [6, 'number', '\n', 'stAgentSvc', false],
    'windows-2019': [3, 'number', '\r\n', 'stAgentSvc', true],
    'windows-2021': [3, 'number', '\r\n', 'stAgentSvc', true],
    'windows-r114': [3, 'word', '\r\n', 'stAgentSvc', true],
    'macos-r126': [6, 'word', '\n', 'stAgentNE', false],
    'linux-r140': [6, 'word', '\n', 'stAgentSvc', false],
  }
  for (const name of PROFILE_NAMES) {
    const { style, process, idsInFours } = PROFILES[name]
    t.strictSame([style.precision, style.levels, style.eol, process, idsInFours], cases[name], name)
  }
  t.strictSame(PROFILE_NAMES, Object.keys(cases))
  t.equal(DEFAULT_PROFILE, 'windows-r114')
})

void t.test('places seen in real logs (format 2.15)', async (t) => {
  const cases: [ProfileName, string, string][] = [
    ['macos-2018', 'bypass-exception-host', 'bypassAppMgr.cpp:371 observed'],
    ['windows-2019', 'tunnel-connecting', 'tunnel.cpp:694 observed'],
    ['windows-2019', 'tunnel-connected', 'tunnel.cpp:729 observed'],
    ['windows-2019', 'gateway-found-ldns', 'nsDnsResolver.cpp:47 observed'],
    ['windows-2021', 'flow-tunneled', 'tunnel.cpp:618 observed'],
    ['windows-r114', 'flow-tunneled', 'tunnel.cpp:878 observed'],
    ['windows-r114', 'bypass-pinned', 'bypassAppMgr.cpp:654 observed'],
    ['windows-r114', 'drop-pinned', 'bypassAppMgr.cpp:663 observed'],
    ['windows-r114', 'user-agent', 'config.cpp:412 invented'],
    ['linux-r140', 'flow-tunneled', 'tunnel.cpp:1296 observed'],
    ['linux-r140', 'tunnel-established', 'tunnel.cpp:988 observed'],
    ['macos-r126', 'bypass-exception-host', 'bypassAppMgr.cpp:1634 observed'],
    ['macos-r126', 'flow-tunneled', 'tunnel.cpp:1010 inferred'],
  ]
  for (const [profile, type, place] of cases) {
    const found = [...PROFILES[profile].messages].find(([name]) => name === type)?.[1]
    t.equal(found && `${found.file}:${found.line} ${found.certainty}`, place, `${profile} ${type}`)
  }
})

void t.test('in every profile each message stands at a place of its own', async (t) => {
  for (const profile of Object.values(PROFILES)) {
    // The same statement wrote flows through an explicit proxy (reference 2.5, rows 41 and 43).
    const messages = [...profile.messages].filter(([event]) => event !== 'flow-tunneled-proxied')
    const places = messages.map(([, { file, line }]) => `${file}:${line}`)
    const twice = places.filter((place, i) => places.indexOf(place) !== i)
    t.strictSame(twice, [], profile.name)
  }
})

void t.test('every message exists in some profile, or is a mobile one', async (t) => {
  for (const form of CATALOGUE) {
    const profiles = PROFILE_NAMES.filter((name) => PROFILES[name].messages.has(form.event))
    t.ok(profiles.length > 0 || form.platforms?.length === 0, form.event)
  }
})
