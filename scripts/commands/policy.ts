/** `steerlab policy`: the commands about what the gateway does with what it sees; one file each, policy-*.ts. */

import { type CommandGroup, commandGroup } from './load-commands.js'

const GROUP: CommandGroup = {
  name: 'policy',
  describe: "The gateway's inspect.json, policy.json and categories.json: check, explain",
  commands: {
    check: async () => (await import('./policy-check.js')).policyCheckCommand,
    explain: async () => (await import('./policy-explain.js')).policyExplainCommand,
  },
  examples: [['explain https://upload.box.com/ --method POST', 'Which rule did it, and is it decrypted']],
}

/** The group; `argv` is what follows `policy`. */
export const policyCommand = (argv: readonly string[]) => commandGroup(GROUP, argv)
