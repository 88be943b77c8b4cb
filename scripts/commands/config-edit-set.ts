/** `steerlab config edit set-mode` and `set`: one value. */

import type { CommandModule } from 'yargs'
import { checkFile } from '../../agent/config/check.js'
import { CONFIGURATION_FILES, FILE_NAMES, type FileName } from '../../agent/config/configuration.js'
import { type Edited, MODES, type Mode, setMode, valueAt, withValueAt } from '../../agent/config/edit/edit.js'
import type { FileValue } from '../../agent/config/edit/file-value.js'
import { unknownKeys } from '../../agent/config/unknown-keys.js'
import { userMistake } from '../../agent/errors.js'
import { type EditArguments, editFile, halvesOf, withEditOptions, withHalf } from './config-edit-file.js'

interface ModeArguments extends EditArguments {
  readonly mode: Mode
}

interface SetArguments extends Omit<EditArguments, 'half'> {
  readonly key: string
  readonly value: string
}

const WORDS = { changed: 'set', unchanged: 'already so' } as const

export const setModeCommand: CommandModule<object, ModeArguments> = {
  command: 'set-mode <mode>',
  describe: 'Say what is steered: web, cloud-apps, all or none',
  builder: (yargs) =>
    withHalf(yargs)
      .positional('mode', { choices: MODES, describe: 'none: steering is switched off' })
      .example('$0 config edit set-mode cloud-apps', 'Only the domains of nssteering.json') as never,
  handler: async (argv) => {
    await editFile(argv, 'nssteering.json', WORDS, (before) =>
      edited(before, setMode(before, argv.mode, halvesOf(argv)), `mode ${argv.mode}`),
    )
  },
}

export const setCommand: CommandModule<object, SetArguments> = {
  command: 'set <key> <value>',
  describe: 'Set one value of one file, as in nsconfig.checkSNI',
  builder: (yargs) =>
    withEditOptions(yargs)
      .positional('key', { type: 'string', describe: 'The file, a point, and the way to the value with points' })
      .positional('value', { type: 'string', describe: 'A word or JSON' })
      .example('$0 config edit set nsconfig.failClose.fail_close true', 'A switch')
      .example('$0 config edit set nssteering.domains \'["box.com"]\'', 'A list') as never,
  handler: async (argv) => {
    // As paths are printed: nsexception.names[0] is nsexception.names.0.
    const [name, ...path] = argv.key.replace(/\[(\d+)\]/g, '.$1').split('.')
    const file = `${name}.json`
    if (!isFile(file) || path.length === 0 || path.includes('')) {
      const files = FILE_NAMES.map((file) => file.replace('.json', '')).join(', ')
      throw userMistake('bad-key', `${JSON.stringify(argv.key)} is no FILE.KEY; the files are ${files}`)
    }
    await editFile(argv, file, WORDS, (before) => {
      const value = meant(file, before, path, argv.value)
      const was = valueAt(before, path)
      const subject = `${path.join('.')} to ${JSON.stringify(value)}${was === undefined ? `, a new key${warned(file, before, path)}` : ''}`
      return edited(before, withValueAt(before, path, value), subject)
    })
  },
}

/** What to say of a key that no schema knows: of a real client's many keys some mean nothing here, others are mistyped. */
function warned(file: FileName, before: FileValue, path: readonly string[]): string {
  const { schema } = CONFIGURATION_FILES[file]
  const unknown = unknownKeys(schema, withValueAt(before, path, '')).map((keys) => keys.join('.'))
  return unknown.some((key) => path.join('.').startsWith(key)) ? ' that means nothing here' : ''
}

function isFile(file: string): file is FileName {
  return (FILE_NAMES as readonly string[]).includes(file)
}

/** `true` may be meant as a word or as JSON: the real files spell switches as words. What the file may hold decides. */
function meant(file: FileName, before: FileValue, path: readonly string[], text: string): unknown {
  const readings: unknown[] = [text]
  try {
    readings.unshift(JSON.parse(text))
  } catch {
    // A word.
  }
  if (typeof valueAt(before, path) === 'string') readings.reverse()
  const fits = (value: unknown) => 'value' in checkFile(file, JSON.stringify(withValueAt(before, path, value)))
  const fitting = readings.find(fits)
  return fitting === undefined ? readings[0] : fitting
}

function edited(before: FileValue, after: FileValue, subject: string): Edited {
  const isSame = JSON.stringify(before) === JSON.stringify(after)
  return { value: after, done: isSame ? [] : [subject], idle: isSame ? [subject] : [] }
}
