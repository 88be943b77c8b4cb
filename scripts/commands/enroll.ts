/** `steerlab enroll`: this home's client downloads its configuration from the home's tenant from now on. */

import type { CommandModule } from 'yargs'
import { DEFAULT_PROFILE } from '../../agent/log/profiles.js'
import { enrolHome, leaveTenant } from '../config/enrol-home.js'
import { leaseAgent } from '../process/on-demand.js'
import { homeOf, readSeconds } from './common.js'
import { updateNow } from './config-update.js'

interface EnrollArguments {
  readonly home?: string | undefined
  readonly email?: string | undefined
  readonly orgKey?: string | undefined
  readonly checkEvery?: number | undefined
  readonly leave?: boolean | undefined
}

export const enrollCommand: CommandModule<object, EnrollArguments> = {
  command: 'enroll',
  describe: "Let the agent download its configuration from the home's tenant",
  builder: (yargs) =>
    yargs
      .usage(
        '$0 enroll [options]\n\nFetches the branding from the add-on service and downloads from then on: at the start, then by the\ndocumented intervals. The tenant is made from the present files when there is none.',
      )
      .option('email', { type: 'string', requiresArg: true, describe: "The user's address; a user of the tenant" })
      .option('org-key', {
        type: 'string',
        requiresArg: true,
        describe: "The organisation's key (else the tenant's own)",
      })
      .option('check-every', {
        type: 'string',
        requiresArg: true,
        describe: 'Ask for a new version this often, such as 5s (else as documented: 60m)',
        coerce: readSeconds,
      })
      .option('leave', { type: 'boolean', describe: 'Download no more; the files stay as they are' })
      .example('$0 enroll --check-every 5s', 'An edit of the tenant arrives within seconds')
      .example('$0 config edit add-exception --tenant example.com', 'Edit the tenant') as never,
  handler: async (argv) => {
    const home = homeOf(argv)
    if (argv.leave === true) {
      await leaveTenant(home)
      process.stdout.write('this home downloads no more; its files stay as they are\n')
      return
    }
    const lease = await leaseAgent(home, { lab: false, profile: DEFAULT_PROFILE })
    try {
      const options = { email: argv.email, orgKey: argv.orgKey, checkSeconds: argv.checkEvery }
      const { email, tenant } = await enrolHome(home, lease.status.cloud.addon, options)
      process.stdout.write(`${email} is enrolled with the tenant ${tenant}; ${await updateNow(home)}\n`)
    } finally {
      lease.release()
    }
  },
}
