/** `steerlab run -- CMD ...`: runs one program captured. */

import type { CommandModule } from 'yargs'
import { userMistake } from '../../agent/errors.js'
import { runCaptured } from '../process/captured-program.js'
import { findCommand } from '../process/find-command.js'
import { leaseAgent } from '../process/on-demand.js'
import { prepareTrust, TRUST_MODES, type TrustMode } from '../process/trust/prepare-trust.js'
import { homeOf } from './common.js'
import { STACK_OPTIONS, type StackArguments } from './up.js'

interface RunArguments extends StackArguments {
  readonly trust: TrustMode
  readonly '--'?: readonly string[]
}

/** As shells say it (POSIX sh 2.8.2). */
const NO_SUCH_COMMAND = 127

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run',
  describe: 'Run a program with all its TCP and DNS steered: run [options] -- CMD ...',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 run [options] -- CMD ...\n\nRuns CMD captured; joins the running agent of the home, or starts one for the duration.',
      )
      .options(STACK_OPTIONS)
      .option('trust', {
        choices: TRUST_MODES,
        default: 'store' as const,
        describe: "How CMD is told of the tenant's authority: not, by environment variables, or in the system's store",
      })
      .example('$0 run --lab -- curl -s https://box.com/whoami', 'Steered: origin sees the gateway')
      .example('$0 run --lab -- curl -s https://zoom.us/whoami', 'Excepted: origin sees the agent')
      .example('$0 run --trust env -- npm ci', 'The real network; npm is told by variables') as never,
  handler: async (argv) => {
    const command = argv['--'] ?? []
    if (command.length === 0) throw userMistake('no-command', 'run needs a program: steerlab run -- CMD ...')
    const [name = ''] = command
    if (!name.includes('/') && findCommand(name, process.env['PATH'] ?? '') === undefined) {
      process.stderr.write(`steerlab: there is no program ${name}\n`)
      process.exitCode = NO_SUCH_COMMAND
      return
    }
    const home = homeOf(argv)
    const lease = await leaseAgent(home, argv)
    try {
      const trust = await prepareTrust(argv.trust, { home, labCaFile: lease.status.lab?.caFile, env: process.env })
      const terminal = process.stdin.isTTY === true
      process.exitCode = await runCaptured({ command, ...trust, cwd: process.cwd(), terminal }, lease)
    } finally {
      lease.release()
    }
  },
}
