#!/usr/bin/env node
/**
 * The `steerlab` command: one file a command in commands/, loaded when it is called. This is the edge where faults are
 * reported, once: one clear sentence on standard error; exit code 2 for the user's mistakes, 1 for ours.
 */

import type { Argv } from 'yargs'
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { messageOf } from '../agent/errors.js'
import { type CommandLoaders, wantedCommands } from './commands/load-commands.js'
import { withOwnGrammar } from './diag/command-line.js'
import { reportFault } from './process/report-fault.js'
import { VERSION } from './process/version.js'

const COMMANDS: CommandLoaders = {
  up: async () => (await import('./commands/up.js')).upCommand,
  run: async () => (await import('./commands/run.js')).runCommand,
  check: async () => (await import('./commands/check.js')).checkCommand,
  browse: async () => (await import('./commands/browse.js')).browseCommand,
  status: async () => (await import('./commands/status.js')).statusCommand,
  map: async () => (await import('./commands/map.js')).mapCommand,
  flows: async () => (await import('./commands/flows.js')).flowsCommand,
  pop: async () => (await import('./commands/pop.js')).popCommand,
  fault: async () => (await import('./commands/fault.js')).faultCommand,
  disable: async () => (await import('./commands/enable-disable.js')).disableCommand,
  enable: async () => (await import('./commands/enable-disable.js')).enableCommand,
  nsdiag: async () => (await import('./commands/nsdiag.js')).nsdiagCommand,
  nsclient: async () => (await import('./commands/nsdiag.js')).nsclientCommand,
  lesson: async () => (await import('./commands/lesson.js')).lessonCommand,
  gateway: async () => (await import('./commands/gateway.js')).gatewayCommand,
  transactions: async () => (await import('./commands/transactions.js')).transactionsCommand,
  ca: async (rest) => (await import('./commands/ca.js')).caCommand(rest),
  policy: async (rest) => (await import('./commands/policy.js')).policyCommand(rest),
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  whatif: async () => (await import('./commands/whatif.js')).whatifCommand,
  enroll: async () => (await import('./commands/enroll.js')).enrollCommand,
  tenant: async () => (await import('./commands/tenant.js')).tenantCommand,
  logs: async (rest) => (await import('./commands/logs.js')).logsCommand(rest),
  config: async (rest) => (await import('./commands/config.js')).configCommand(rest),
}

/** What helps beside yargs' own message. */
function hintFor(message: string, argv: readonly string[]): string {
  const runner = ['run', 'check'].find((command) => argv.includes(command))
  if (runner !== undefined && !argv.includes('--')) return `; the program goes behind --: steerlab ${runner} -- CMD ...`
  const help = argv.includes('logs') ? 'steerlab logs --help' : 'steerlab --help'
  return message.startsWith('Unknown') ? `; \`${help}\` lists what there is` : ''
}

const argv = withOwnGrammar(hideBin(process.argv))

const cli: Argv = yargs([...argv])
  .scriptName('steerlab')
  .locale('en')
  .version(VERSION)
  .usage('$0 <command>\n\nA Netskope-style traffic steering lab on one machine.')
  .parserConfiguration({
    'populate--': true,
    // A program's arguments are the user's own: 1e3 stays 1e3.
    'parse-positional-numbers': false,
    // Of an option given twice the last one counts.
    'duplicate-arguments-array': false,
  })
  .option('home', { type: 'string', requiresArg: true, describe: 'Home directory (else $STEERLAB_HOME)', global: true })
  .completion('completion', 'Print a shell completion script: steerlab completion >> ~/.bashrc')
  .example('$0 up --lab', 'Gateway, agent and a mock internet until Ctrl-C')
  .example('$0 run --lab -- curl -s https://box.com/whoami', 'One program, steered')
  .example('$0 browse https://box.com/', 'A browser, steered')
  .example('$0 explain zoom.us --process chrome.exe', 'Which rule did it, and which nearly would')
  .example('$0 logs report ~/Downloads/bundle.zip', 'What a Save Logs bundle says')
  .demandCommand(1, 'Which command? `steerlab --help` lists them.')
  .strict()
  .strictCommands()
  .recommendCommands()
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .fail((message, error) => {
    // What yargs itself finds wrong, also in an option's text, is a YError or no error at all; the rest is a command's.
    if (error && error.name !== 'YError') throw error
    process.stderr.write(`steerlab: ${message}${hintFor(message, process.argv)}\n`)
    process.exit(2)
  })

for (const command of await wantedCommands(COMMANDS, argv)) cli.command(command)

/** Why standard output took no more. */
let lost: Error | undefined
let isFaultTold = false
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  lost ??= error
  // Nobody reads any more: what follows a log for ever would go on for nobody.
  if (error.code === 'EPIPE') process.exit()
})
// Here, because yargs ends the process by itself after a help. Who reads a pipe may go away, as head does.
process.on('exit', () => {
  const error: NodeJS.ErrnoException | null = lost ?? process.stdout.errored
  if (error === null || error.code === 'EPIPE' || isFaultTold) return
  process.stderr.write(`steerlab: the output cannot be written: ${messageOf(error)}\n`)
  process.exitCode = 1
})

// At once, in both cases: a fault may have left something open that would keep the process; and Node's own clean-up after
// a natural end can wait for ever, at full speed, for a request that was under way (seen on 20.20: CleanupHandles).
cli.parseAsync().then(
  () => exit(process.exitCode),
  (error: unknown) => {
    isFaultTold = true
    exit(reportFault(error))
  },
)

/** Ends once what was printed is out of our hands: a pipe takes 64 KiB at a time. */
function exit(code: typeof process.exitCode): void {
  const { stdout } = process
  if (stdout.writableLength === 0 || stdout.destroyed) process.exit(code)
  stdout.once('error', () => process.exit(code))
  stdout.write('', () => process.exit(code))
}
