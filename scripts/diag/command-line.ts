// Pure: hands commands with a grammar of their own to yargs as it takes a program to run: all that follows them behind `--`.

const OWN_GRAMMAR: ReadonlySet<string> = new Set(['nsdiag', 'nsclient'])

/** `--home H nsdiag -f` as `nsdiag --home H -- -f`; any other command line as it is. */
export function withOwnGrammar(argv: readonly string[]): readonly string[] {
  const at = argv[0] === '--home' ? 2 : argv[0]?.startsWith('--home=') ? 1 : 0
  const command = argv[at]
  if (command === undefined || !OWN_GRAMMAR.has(command)) return argv
  return [command, ...argv.slice(0, at), '--', ...argv.slice(at + 1)]
}
