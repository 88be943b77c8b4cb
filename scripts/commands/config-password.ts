/** `steerlab config password`: the master password that `disable` asks for from then on; only its hash is kept. */

import type { CommandModule } from 'yargs'
import { withValueAt } from '../../agent/config/edit/edit.js'
import { hashMasterPassword, MOST_PASSWORD_CHARACTERS } from '../../agent/config/master-password.js'
import { userMistake } from '../../agent/errors.js'
import { readForEdit, writeEdited } from '../config/config-directory.js'
import { askPassword } from '../process/ask-password.js'
import { type DirectoryArguments, directoryOf, withDirectory } from './config-options.js'

const FILE = 'steerlab.json'

interface PasswordArguments extends DirectoryArguments {
  readonly remove: boolean
}

export const configPasswordCommand: CommandModule<object, PasswordArguments> = {
  command: 'password',
  describe: 'Set the master password that disabling the client asks for',
  builder: (yargs) =>
    withDirectory(yargs)
      .option('remove', { type: 'boolean', default: false, describe: 'Have none any more' })
      .example('$0 config password', 'Asks for it twice, and shows nothing')
      .example('pass show lab | $0 config password', 'From a script: the first line of standard input') as never,
  handler: async (argv) => {
    const directory = directoryOf(argv)
    const before = await readForEdit(directory, FILE)
    if (argv.remove) {
      const { masterPassword: _, ...others } = before
      await writeEdited(directory, FILE, others)
      process.stdout.write(`${FILE}: there is no master password any more\n`)
      return
    }
    const hash = await hashMasterPassword(await newPassword())
    await writeEdited(directory, FILE, withValueAt(before, ['masterPassword'], hash))
    process.stdout.write(`${FILE}: the master password is set\n`)
  },
}

async function newPassword(): Promise<string> {
  const { stdin, stderr } = process
  const password = await askPassword('Master password: ', stdin, stderr)
  if (password === '') throw userMistake('bad-password', 'an empty password is none; --remove takes it away')
  if (password.length > MOST_PASSWORD_CHARACTERS)
    throw userMistake('bad-password', `a password has ${MOST_PASSWORD_CHARACTERS} characters at most`)
  if (stdin.isTTY && (await askPassword('Once more: ', stdin, stderr)) !== password)
    throw userMistake('bad-password', 'the two are not the same')
  return password
}
