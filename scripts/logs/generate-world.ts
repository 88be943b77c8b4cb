/** The world a command line asks for: profile, scenario and the client's files, each a name or a place on disk. */

import { readFile } from 'node:fs/promises'
import { CONFIGURATION_FILES, type Configuration, FILE_NAMES } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { loadConfiguration } from '../../agent/config/load.js'
import { messageOf, userMistake } from '../../agent/errors.js'
import type { Scenario } from '../../agent/synth/scenario.js'
import { checkScenario } from '../../agent/synth/scenario-file.js'
import { SCENARIOS } from '../../agent/synth/scenarios.js'
import { makeWorld, type World } from '../../agent/synth/world.js'
import { chooseProfile } from './choose-profile.js'

/** The options as they are typed. */
export interface WorldOptions {
  readonly seed: string
  readonly profile: string
  readonly scenario: string
  /** The client's directory; undefined = what a new home has. */
  readonly config?: string | undefined
}

/** Loads all that is named. Throws a user's mistake: `unknown-scenario`, `scenario-invalid`, and those of profiles and configurations. */
export async function loadWorld({ seed, profile, scenario, config }: WorldOptions): Promise<World> {
  const files = config === undefined ? newHome() : await loadConfiguration(config)
  return makeWorld(seed, await chooseProfile(profile), await chooseScenario(scenario), files)
}

/** The scenario a command line names: a built-in one, or a file of the user's own. */
export async function chooseScenario(nameOrPath: string): Promise<Scenario> {
  const known = SCENARIOS.get(nameOrPath)
  if (known !== undefined) return known
  const text = await textOf(nameOrPath)
  // Windows editors put a byte order mark first, which JSON does not know.
  const checked = checkScenario(nameOrPath, text.startsWith('\ufeff') ? text.slice(1) : text)
  if ('scenario' in checked) return checked.scenario
  throw userMistake('scenario-invalid', [`The scenario ${nameOrPath} cannot be used:`, ...checked.problems].join('\n'))
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? 'is neither a scenario nor a file' : `cannot be read (${code ?? messageOf(error)})`
    const sentence = `${JSON.stringify(path)} ${what}; the built-in scenarios are ${[...SCENARIOS.keys()].join(', ')}`
    throw userMistake('unknown-scenario', sentence, error)
  }
}

function newHome(): Configuration {
  const files = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })
  const values = FILE_NAMES.map((name) => [CONFIGURATION_FILES[name].key, files[name]])
  return Object.fromEntries(values) as unknown as Configuration
}
