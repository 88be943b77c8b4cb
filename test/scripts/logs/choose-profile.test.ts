import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { PROFILE_NAMES, PROFILES } from '../../../agent/log/profiles.js'
import { chooseProfile } from '../../../scripts/logs/choose-profile.js'

void t.test('a built-in profile by its name', async (t) => {
  for (const name of PROFILE_NAMES) t.equal(await chooseProfile(name), PROFILES[name])
})

void t.test('a file by its path', async (t) => {
  const path = join(t.testdir(), 'mine.json')
  writeFileSync(path, '\ufeff{"name": "mine", "base": "linux-r140", "release": 141}')
  t.match(await chooseProfile(path), { name: 'mine', release: 141, platform: 'linux' })
  writeFileSync(path, '{"name": "mine",\n"base": "solaris"}')
  await t.rejects(chooseProfile(path), {
    code: 'profile-invalid',
    exitCode: 2,
    message: `The profile ${path} cannot be used:\n${path}:2: $.base: found "solaris", allowed is "macos-2018", "windows-2019", "windows-2021", "windows-r114", "macos-r126" or "linux-r140"`,
  })
})

void t.test('anything else is refused with what there is', async (t) => {
  const names = 'macos-2018, windows-2019, windows-2021, windows-r114, macos-r126, linux-r140'
  const cases = [
    ['windows-r115', `"windows-r115" is neither a profile nor a file; the built-in profiles are ${names}`],
    ['constructor', `"constructor" is neither a profile nor a file; the built-in profiles are ${names}`],
    ['/', `"/" cannot be read (EISDIR); the built-in profiles are ${names}`],
  ] as const
  for (const [name, message] of cases)
    await t.rejects(chooseProfile(name), { code: 'unknown-profile', exitCode: 2, message })
})
