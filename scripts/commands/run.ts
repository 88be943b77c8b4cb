/** `steerlab run -- CMD ...`: runs one program captured. */

import type { CommandModule } from 'yargs'
import { userMistake } from '../../agent/errors.js'
import { runCaptured } from '../process/captured-program.js'
import { trusting } from '../process/lab-trust.js'
import { leaseAgent } from '../process/on-demand.js'
import { homeOf } from './common.js'
import { STACK_OPTIONS, type StackArguments } from './up.js'

interface RunArguments extends StackArguments {
  readonly trust: string
  readonly '--'?: readonly string[]
}

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
        choices: ['env', 'none'],
        default: 'env',
        describe: "With the lab: tell CMD to trust the lab's authority by environment variables, or not",
      })
      .example('$0 run --lab -- curl -s https://box.com/whoami', 'Steered: origin sees the gateway')
      .example('$0 run --lab -- curl -s https://zoom.us/whoami', 'Excepted: origin sees the agent')
      .example('$0 run -- npm ci', 'The real network') as never,
  handler: async (argv) => {
    const command = argv['--'] ?? []
    if (command.length === 0) throw userMistake('no-command', 'run needs a program: steerlab run -- CMD ...')
    const home = homeOf(argv)
    const lease = await leaseAgent(home, argv)
    try {
      const { lab } = lease.status
      const env = lab === null || argv.trust === 'none' ? process.env : trusting(lab.caFile, home.run, process.env)
      const terminal = process.stdin.isTTY === true
      process.exitCode = await runCaptured({ command, env, cwd: process.cwd(), terminal }, lease)
    } finally {
      lease.release()
    }
  },
}
