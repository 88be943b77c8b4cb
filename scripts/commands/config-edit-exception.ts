/** `steerlab config edit add-exception` and `remove-exception`. */

import type { Argv, CommandModule } from 'yargs'
import { type Edited, editLists } from '../../agent/config/edit/edit.js'
import { addException, type ExceptionKind, removeException } from '../../agent/config/edit/exceptions.js'
import type { FileValue } from '../../agent/config/edit/file-value.js'
import { userMistake } from '../../agent/errors.js'
import { addTo, type EditArguments, halvesOf, once, removeFrom, several, withHalf } from './config-edit-file.js'

interface ExceptionArguments extends EditArguments {
  readonly entry: readonly string[]
  readonly local: boolean
  readonly dns?: readonly string[] | undefined
  readonly category?: string | undefined
  readonly app?: string | undefined
  readonly exceptDns: boolean
  readonly source: boolean
  readonly country: boolean
}

const FILE = 'nsexception.json'

const withKinds = (yargs: Argv) =>
  withHalf(yargs)
    .positional('entry', { type: 'string', describe: 'A domain, *.domain, address, CIDR or range' })
    .option('local', { type: 'boolean', default: false, describe: 'Treat the addresses like local ones' })
    .option('dns', several('Only DNS queries for ENTRY, of these record types; "all" for all'))
    .option('category', once('ENTRY are domains of this category: steered, no policy'))
    .option('app', once('ENTRY are domains of this application'))
    .option('except-dns', { type: 'boolean', default: false, describe: 'The DNS of --app is steered all the same' })
    .option('source', { type: 'boolean', default: false, describe: 'ENTRY are networks of the endpoint' })
    .option('country', { type: 'boolean', default: false, describe: 'ENTRY are countries of the endpoint, as in DE' })

export const addExceptionCommand: CommandModule<object, ExceptionArguments> = {
  command: 'add-exception [entry..]',
  describe: 'Except domains, addresses, DNS queries, categories, apps or where the endpoint is',
  builder: (yargs) =>
    withKinds(yargs)
      .example("$0 config edit add-exception zoom.us '*.zoom.us' 203.0.113.0/24", 'Domains and addresses')
      .example("$0 config edit add-exception --dns A,AAAA '*.corp.example'", 'DNS queries of two types')
      .example("$0 config edit add-exception --category 'Web Conferencing'", 'A category that is known') as never,
  handler: (argv) => addTo(argv, FILE, (value) => edited(argv, value, addException)),
}

export const removeExceptionCommand: CommandModule<object, ExceptionArguments> = {
  command: 'remove-exception [entry..]',
  describe: 'Take exceptions away; exit code 1 when one is not there',
  builder: (yargs) =>
    withKinds(yargs)
      .example('$0 config edit remove-exception zoom.us', 'A domain')
      .example("$0 config edit remove-exception --category 'Web Conferencing'", 'A whole category') as never,
  handler: (argv) => removeFrom(argv, FILE, (value) => edited(argv, value, removeException)),
}

function edited(argv: ExceptionArguments, value: FileValue, editFor: typeof addException): Edited {
  const kind = kindOf(argv)
  return editLists(
    value,
    halvesOf(argv),
    entriesOf(argv).map((entry) => editFor(kind, entry)),
  )
}

/** A category or an application may be meant as a whole. */
function entriesOf({ entry, category, app }: ExceptionArguments): readonly (string | undefined)[] {
  if (entry.length > 0) return entry
  if (category === undefined && app === undefined) throw userMistake('bad-entry', 'Which exception? ENTRY says it')
  return [undefined]
}

/** The one kind the options name. Throws a user's mistake `bad-options` when they name two. */
function kindOf({ local, dns, category, app, exceptDns, source, country }: ExceptionArguments): ExceptionKind {
  const kinds: ExceptionKind[] = []
  if (local) kinds.push({ kind: 'destination', local })
  if (dns !== undefined)
    kinds.push({ kind: 'dns', ...(isAll(dns) ? {} : { types: dns.map((type) => type.toUpperCase()) }) })
  if (category !== undefined) kinds.push({ kind: 'category', name: category })
  if (app !== undefined) kinds.push({ kind: 'application', name: app, exceptDns })
  if (source) kinds.push({ kind: 'source' })
  if (country) kinds.push({ kind: 'country' })
  if (kinds.length > 1) {
    throw userMistake('bad-options', 'of --local, --dns, --category, --app, --source and --country one can be given')
  }
  if (exceptDns && app === undefined) throw userMistake('bad-options', '--except-dns goes with --app')
  return kinds[0] ?? { kind: 'destination', local: false }
}

function isAll(types: readonly string[]): boolean {
  return types.some((type) => type.toLowerCase() === 'all')
}
