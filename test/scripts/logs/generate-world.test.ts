import { join } from 'node:path'
import t from 'tap'
import { writeDefaultConfiguration } from '../../../agent/config/write-defaults.js'
import { SCENARIOS } from '../../../agent/synth/scenarios.js'
import { chooseScenario, loadWorld } from '../../../scripts/logs/generate-world.js'

const USUAL = { seed: '1', profile: 'windows-r114', scenario: 'normal-day' }

void t.test('names and files, each by what it is called', async (t) => {
  const directory = t.testdir({ 'own.json': '\ufeff{"name": "own", "users": ["Ada"]}' })
  await writeDefaultConfiguration(directory, { tenant: 'acme', user: 'a@acme.example', org: 'Acme' })
  const usual = await loadWorld(USUAL)
  t.match(usual, { seed: '1', tenant: 'lab', profile: { name: 'windows-r114' }, scenario: { name: 'normal-day' } })
  const own = await loadWorld({ ...USUAL, seed: 'x', scenario: join(directory, 'own.json'), config: directory })
  t.match(own, { seed: 'x', tenant: 'acme', scenario: { name: 'own', users: ['Ada'] } })
})

void t.test('a scenario by its name', async (t) => {
  for (const [name, scenario] of SCENARIOS) t.equal(await chooseScenario(name), scenario)
})

void t.test('what cannot be used is the mistake of who named it', async (t) => {
  const directory = t.testdir({ 'bad.json': '{"name": "own", "users": 3}', empty: {} })
  const bad = join(directory, 'bad.json')
  const cases = [
    [{ scenario: 'nonsense' }, 'unknown-scenario', /neither a scenario nor a file; .*normal-day, .*corrupt/],
    [{ scenario: directory }, 'unknown-scenario', /cannot be read \(EISDIR\)/],
    [{ scenario: bad }, 'scenario-invalid', /bad\.json cannot be used:\n.*users/],
    [{ profile: 'nonsense' }, 'unknown-profile', /neither a profile/],
    [{ config: join(directory, 'empty') }, 'config-invalid', /nsbranding\.json/],
  ] as const
  for (const [options, code, message] of cases)
    await t.rejects(loadWorld({ ...USUAL, ...options }), { code, exitCode: 2, message }, JSON.stringify(options))
})
