/** `steerlab logs catalogue`: every message the log can hold, for people, programs and the README. */

import type { CommandModule } from 'yargs'
import { CATALOGUE } from '../../agent/log/catalogue.js'
import type { Certainty, MessageForm, MessageGroup, Platform } from '../../agent/log/message-form.js'
import type { Profile } from '../../agent/log/profile.js'
import { formExists } from '../../agent/log/profile.js'
import { DEFAULT_PROFILE } from '../../agent/log/profiles.js'
import type { Level } from '../../agent/log/record.js'
import { templateOf } from '../../agent/log/render.js'
import { CATALOGUE_SOURCES, firstSource } from '../logs/catalogue-sources.js'
import { chooseProfile } from '../logs/choose-profile.js'
import { print, table } from './common.js'

interface CatalogueArguments {
  readonly profile: string
  readonly json?: boolean | undefined
  readonly markdown?: boolean | undefined
}

/** One message form, as `--json` prints it. */
export interface CatalogueEntry {
  readonly event: string
  readonly group: MessageGroup
  readonly certainty: Certainty
  readonly level: Level
  readonly component: string
  readonly template: string
  readonly fields: readonly { readonly name: string; readonly kind: string; readonly choices: readonly string[] }[]
  /** Where it stands in the profile's sources, and how sure its line is; null where the profile does not have it. */
  readonly place: { readonly file: string; readonly line: number; readonly certainty: Certainty } | null
  /** First and last release that has it, null where no bound is known; and the systems, null for all. */
  readonly since: number | null
  readonly until: number | null
  readonly platforms: readonly Platform[] | null
  readonly source: string
}

export const logsCatalogueCommand: CommandModule<object, CatalogueArguments> = {
  command: 'catalogue',
  describe: 'List every message the log can hold, and how sure each is',
  builder: (yargs) =>
    yargs
      .option('profile', {
        type: 'string',
        requiresArg: true,
        default: DEFAULT_PROFILE,
        describe: "Whose places to show: a profile's name or JSON file",
      })
      .option('json', { type: 'boolean', describe: 'Print JSON' })
      .option('markdown', { type: 'boolean', describe: 'Print the table of the README' })
      // With a default either would count as given.
      .conflicts('json', 'markdown')
      .example('$0 logs catalogue | grep invented', 'What is ours'),
  handler: async ({ profile, json, markdown }) => {
    const entries = catalogueEntries(await chooseProfile(profile))
    print(json === true, entries, () => (markdown ? catalogueMarkdown() : catalogueText(entries)))
  },
}

/** All message forms, with their places in a profile. */
export function catalogueEntries(profile: Profile): readonly CatalogueEntry[] {
  return CATALOGUE.map((form: MessageForm & (typeof CATALOGUE)[number]) => {
    const found = formExists(form, profile) ? profile.messages.get(form.event) : undefined
    const { event, group, certainty, template, source } = form
    const { level, component } = found ?? form
    const fields = templateOf(template).fields.map(({ name, kind, choices }) => ({ name, kind, choices }))
    const place = found ? { file: found.file, line: found.line, certainty: found.certainty } : null
    const { since = null, until = null, platforms = null } = form
    return { event, group, certainty, level, component, template, fields, place, since, until, platforms, source }
  })
}

/** The entries for people to read, a line each. */
export function catalogueText(entries: readonly CatalogueEntry[]): string {
  const rows = entries.map((entry) => {
    const { event, certainty, level, component, place, template, source } = entry
    const at = place === null ? ['-', '-'] : [`${place.file}:${place.line}`, place.certainty]
    return [event, certainty, level, component, ...at, clientsOf(entry), template, source]
  })
  const heading = ['EVENT', 'MESSAGE IS', 'LEVEL', 'COMPONENT', 'PLACE', 'LINE IS', 'CLIENTS', 'TEMPLATE', 'SOURCE']
  return table([heading, ...rows])
}

/** `96-`, `-95`, `140- linux`, `all`. */
function clientsOf({ since, until, platforms }: CatalogueEntry): string {
  const releases = since === null && until === null ? '' : `${since ?? ''}-${until ?? ''}`
  const systems = platforms === null ? '' : platforms.join(', ') || 'mobile'
  return `${releases} ${systems}`.trim() || 'all'
}

/** The table of the README, and what its sources are. */
export function catalogueMarkdown(): string {
  const groups = [...new Set(CATALOGUE.map(({ group }) => group))]
  const rows = groups.flatMap((group) => {
    const forms = CATALOGUE.filter((form) => form.group === group)
    return forms.map((form, i) => markdownRow(i === 0 ? group : '', form))
  })
  const used = new Set(CATALOGUE.map(({ source }) => firstSource(source)))
  const sources = Object.entries(CATALOGUE_SOURCES).filter(([tag]) => used.has(tag as keyof typeof CATALOGUE_SOURCES))
  const legend = sources.map(([tag, words]) => `${tag} = ${words}`).join('; ')
  return `${markdownTable([['', 'message', 'certainty', 'first known'], ...rows])}\nFirst known: ${legend}.\n`
}

function markdownRow(group: string, { template, certainty, source }: MessageForm): readonly string[] {
  const message = template.replace(/\{(\w+):[^}]+\}/g, '{$1}').replaceAll('|', '\\|')
  return [group, `\`${message}\``, certainty, firstSource(source) ?? '']
}

/** A table of Markdown with aligned columns, as formatters leave it; the first row is the heading. */
function markdownTable([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = heading.map((_, column) => Math.max(3, ...[heading, ...rows].map((row) => row[column]!.length)))
  const dashes = widths.map((width) => '-'.repeat(width))
  return [heading, dashes, ...rows]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |\n`)
    .join('')
}
