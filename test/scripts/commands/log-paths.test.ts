import t from 'tap'
import yargs from 'yargs'
import { logPaths, withLogPaths } from '../../../scripts/commands/log-paths.js'

/** The paths a command line gives, with the settings of the real command line; rejects with why it is refused. */
async function read(...args: readonly string[]): Promise<readonly string[]> {
  let paths: readonly string[] = []
  const check = {
    command: 'check',
    builder: (yargs: Parameters<typeof withLogPaths>[0]) =>
      withLogPaths(yargs, 'logs check', 'Check').option('json', { type: 'boolean' }),
    handler: (argv: Parameters<typeof logPaths>[0]) => {
      paths = logPaths(argv, 'logs check')
    },
  }
  await yargs(['logs', 'check', ...args])
    .parserConfiguration({ 'populate--': true, 'parse-positional-numbers': false, 'duplicate-arguments-array': false })
    .command({ command: 'logs <command>', builder: (yargs) => yargs.command(check), handler: () => {} })
    .strict()
    .strictCommands()
    .exitProcess(false)
    .fail((message) => {
      throw new Error(message)
    })
    .parseAsync()
  return paths
}

void t.test('paths as they are typed, in their order', async (t) => {
  const cases: [args: string[], paths: string[]][] = [
    [['a'], ['a']],
    [['-'], ['-']],
    [
      ['a', '-', 'b', '--json'],
      ['a', '-', 'b'],
    ],
    [
      ['--json', '007', '1e3'],
      ['007', '1e3'],
    ],
    [
      ['a', '--', '--json', '-x'],
      ['a', '--json', '-x'],
    ],
  ]
  for (const [args, paths] of cases) t.strictSame(await read(...args), paths, args.join(' '))
})

void t.test('no path, or an unknown option, is a mistake', async (t) => {
  await t.rejects(read(), { message: /^Which log\? `steerlab logs check PATH`/ })
  await t.rejects(read('a', '--jsn'), { message: 'Unknown argument: jsn' })
})
