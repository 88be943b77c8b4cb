/** `steerlab config update`: downloads now what the tenant has new, as `nsdiag -u` does. */

import type { CommandModule } from 'yargs'
import type { UpdateOutcome } from '../../agent/config/download/outcome.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import type { Home } from '../process/home.js'
import { askAgent, homeOf } from './common.js'

/** Nine files of up to 10 s each, three times at most. */
const UPDATE_MS = 300_000

/** Updates, and says what came of it. Throws a user's mistake `not-enrolled`, and SteerError `update-failed`. */
export async function updateNow(home: Home): Promise<string> {
  const outcome = (await askAgent(home, 'update', { withinMs: UPDATE_MS })) as UpdateOutcome | null
  if (outcome === null) throw userMistake('not-enrolled', 'this home downloads from no tenant; see `steerlab enroll`')
  switch (outcome.result) {
    case 'in-force':
      return `version ${outcome.version} is in force`
    case 'up-to-date':
      return `version ${outcome.version} was in force already`
    case 'refused': {
      const why = [`version ${outcome.version} is refused, what was in force stays:`, ...outcome.problems]
      throw new SteerError('update-failed', why.join('\n'))
    }
    case 'failed':
      throw new SteerError('update-failed', `nothing could be downloaded (${outcome.failure}): ${outcome.detail}`)
  }
}

export const configUpdateCommand: CommandModule<object, { readonly home?: string | undefined }> = {
  command: 'update',
  describe: 'Download now what the tenant has new',
  builder: (yargs) => yargs.example('$0 config update', 'Without waiting for the next check'),
  handler: async (argv) => {
    process.stdout.write(`${await updateNow(homeOf(argv))}\n`)
  },
}
