/** What every `config edit` command does: read one file, change it, write it if that is good, and say what was done. */

import type { Argv } from 'yargs'
import type { FileName } from '../../agent/config/configuration.js'
import { type Edited, type HalfKey, requireDynamic } from '../../agent/config/edit/edit.js'
import type { FileValue } from '../../agent/config/edit/file-value.js'
import { readForEdit, writeEdited } from '../config/config-directory.js'
import { lastOf, print } from './common.js'
import { type DirectoryArguments, directoryOf, withDirectory } from './config-options.js'

/** The options of every edit. */
export interface EditArguments extends DirectoryArguments {
  readonly half?: keyof typeof HALVES | undefined
  readonly json: boolean
}

const HALVES = {
  'on-prem': ['on_prem'],
  'off-prem': ['off_prem'],
  both: ['on_prem', 'off_prem'],
} as const satisfies Readonly<Record<string, readonly HalfKey[]>>

/** Adds these options, and lets an option that takes a list be given several times; the others then must not be. */
export function withEditOptions<T>(yargs: Argv<T>) {
  const listing = yargs.parserConfiguration({
    'populate--': true,
    'parse-positional-numbers': false,
    'duplicate-arguments-array': true,
  })
  return withDirectory(listing)
    .coerce(['home', 'config'], lastOf)
    .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
}

/** As `withEditOptions`, for what each half of dynamic steering may have of its own. */
export function withHalf<T>(yargs: Argv<T>) {
  return withEditOptions(yargs).option(
    'half',
    oneOf(['on-prem', 'off-prem', 'both'], 'Of dynamic steering, for one half or each by itself'),
  )
}

/** A text option that counts once: of several the last, as everywhere else. */
export function once(describe: string) {
  return { type: 'string', requiresArg: true, describe, coerce: lastOf } as const
}

/** A text option for one of a few words, likewise. */
export function oneOf<const Word extends string>(choices: readonly Word[], describe: string) {
  return { ...once(describe), choices, coerce: lastOf as (given: unknown) => Word | undefined } as const
}

/** A text option that may be given several times, and with commas between texts that have none in them. */
export function several(describe: string, { commas = true } = {}) {
  const split = (text: string) => (commas ? text.split(',').filter((word) => word !== '') : [text])
  const coerce = (given: string | readonly string[] | undefined) =>
    given === undefined ? undefined : [given].flat().flatMap(split)
  return { type: 'string', requiresArg: true, describe, coerce } as const
}

/** The halves that `--half` names; none without it. */
export function halvesOf({ half }: EditArguments): readonly HalfKey[] {
  return half === undefined ? [] : HALVES[half]
}

/** Changes one file, and says what was changed and what was so before; when nothing is to change nothing is written. */
export async function editFile(
  argv: EditArguments,
  file: FileName,
  words: { readonly changed: string; readonly unchanged: string },
  edit: (value: FileValue) => Edited,
): Promise<Edited> {
  const directory = directoryOf(argv)
  const halves = halvesOf(argv)
  if (halves.length > 0) requireDynamic(await readForEdit(directory, 'nssteering.json'), halves)
  const edited = edit(await readForEdit(directory, file))
  const { value, done: changed, idle: unchanged } = edited
  if (changed.length > 0) await writeEdited(directory, file, value)
  print(argv.json, { directory, file, changed, unchanged }, () =>
    changed.map((subject) => `${file}: ${words.changed} ${subject}\n`).join(''),
  )
  if (!argv.json) process.stderr.write(unchanged.map((subject) => `${file}: ${words.unchanged}: ${subject}\n`).join(''))
  return edited
}

/** Adds to a file; what is there already is no mistake. */
export async function addTo(argv: EditArguments, file: FileName, edit: (value: FileValue) => Edited): Promise<void> {
  await editFile(argv, file, { changed: 'added', unchanged: 'already there' }, edit)
}

/** Removes from a file; the exit code is 1 when something is not there, and the rest is removed. */
export async function removeFrom(
  argv: EditArguments,
  file: FileName,
  edit: (value: FileValue) => Edited,
): Promise<void> {
  const { idle } = await editFile(argv, file, { changed: 'removed', unchanged: 'not there' }, edit)
  if (idle.length > 0) process.exitCode = 1
}
