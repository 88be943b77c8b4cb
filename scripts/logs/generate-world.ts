/** The world a command line asks for: profile, scenario and the client's files, each a name or a place on disk. */

import { type Configuration, configurationOf } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { loadConfiguration } from '../../agent/config/load.js'
import { userMistake } from '../../agent/errors.js'
import type { Scenario } from '../../agent/synth/scenario.js'
import { checkScenario } from '../../agent/synth/scenario-file.js'
import { SCENARIOS } from '../../agent/synth/scenarios.js'
import { makeWorld, type World } from '../../agent/synth/world.js'
import { DEFAULT_TENANT } from '../process/tenant.js'
import { chooseProfile } from './choose-profile.js'
import { readOwnFile } from './own-file.js'

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
  const checked = checkScenario(nameOrPath, await readOwnFile(nameOrPath, 'scenario', [...SCENARIOS.keys()]))
  if ('scenario' in checked) return checked.scenario
  throw userMistake('scenario-invalid', [`The scenario ${nameOrPath} cannot be used:`, ...checked.problems].join('\n'))
}

function newHome(): Configuration {
  return configurationOf(defaultFiles(DEFAULT_TENANT))
}
