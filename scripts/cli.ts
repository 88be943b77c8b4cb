#!/usr/bin/env node
/**
 * The `steerlab` command: one file a command in commands/, loaded when it is called. This is the edge where faults are
 * reported, once: one clear sentence on standard error; exit code 2 for the user's mistakes, 1 for ours.
 */

import type { Argv } from 'yargs'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { messageOf, SteerError } from '../agent/errors.js'
import { browseCommand } from './commands/browse.js'
import { flowsCommand } from './commands/flows.js'
import { mapCommand } from './commands/map.js'
import { runCommand } from './commands/run.js'
import { statusCommand } from './commands/status.js'
import { upCommand } from './commands/up.js'
import { VERSION } from './process/version.js'

/** Reports a fault and gives the exit code. */
function report(error: unknown): number {
  const known = error instanceof SteerError
  process.stderr.write(`steerlab: ${known || !(error instanceof Error) ? messageOf(error) : (error.stack ?? '')}\n`)
  return known ? error.exitCode : 1
}

const cli: Argv = yargs(hideBin(process.argv))
  .scriptName('steerlab')
  .locale('en')
  .version(VERSION)
  .usage('$0 <command>\n\nA Netskope-style traffic steering lab on one machine.')
  .parserConfiguration({ 'populate--': true })
  .option('home', { type: 'string', describe: 'Home directory (else $STEERLAB_HOME)', global: true })
  .command(upCommand)
  .command(runCommand)
  .command(browseCommand)
  .command(statusCommand)
  .command(mapCommand)
  .command(flowsCommand)
  .completion('completion', 'Print a shell completion script: steerlab completion >> ~/.bashrc')
  .example('$0 up --lab', 'Gateway, agent and a mock internet until Ctrl-C')
  .example('$0 run --lab -- curl -s https://box.com/whoami', 'One program, steered')
  .example('$0 browse https://box.com/', 'A browser, steered')
  .demandCommand(1, 'Which command? `steerlab --help` lists them.')
  .strict()
  .recommendCommands()
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .fail((message, error) => {
    if (error !== undefined && error !== null) throw error
    process.stderr.write(`steerlab: ${message}\n`)
    process.exit(2)
  })

cli.parseAsync().catch((error: unknown) => {
  // At once: a fault may have left something open that would keep the process.
  process.exit(report(error))
})
