// Pure: which category a host is in: `<home>/gateway/categories.json`, `{"categories": {"Cloud Storage": ["*.box.com"]}}`,
// and for hosts that no entry of it covers the built-in ones.

import * as z from 'zod'
import { only } from '../../../agent/config/schema/strict-values.js'
import { listOf, textThat } from '../../../agent/config/schema/values.js'
import { DEFAULT_CATEGORIES } from './default-categories.js'
import { HostList, hostEntry } from './host-list.js'

/** The category of a host that is in none. */
export const UNCATEGORIZED = 'uncategorized'

const ALLOWED = 'an object of categories, each with a list of hosts'
const NAME = 'a name of 1 to 100 characters'

/** The schema of categories.json; `{}` leaves the built-in ones. */
export const categoriesFileSchema = only({
  categories: z
    .record(
      textThat(NAME, (name) => /^(?=.*\S)[^\p{Cc}]{1,100}$/u.test(name)),
      listOf(hostEntry, 'a list of hosts'),
      { error: ({ code }) => (code === 'invalid_key' ? NAME : ALLOWED) },
    )
    .default({}),
})

/** categories.json, checked. */
export type CategoriesFile = Readonly<z.infer<typeof categoriesFileSchema>>

/** Categories, compiled. */
export interface Categories {
  /** Of a host in any spelling; `uncategorized` for one in none. */
  categoryOf(host: string): string
  /** Every category that some host is in. */
  readonly names: ReadonlySet<string>
}

type Entries = readonly (readonly [category: string, hosts: readonly string[]])[]

/** An entry of the file goes before every built-in one; within each the most specific entry counts, of equal ones the first. */
export function compileCategories(file: CategoriesFile | undefined): Categories {
  const ofFile = Object.entries(file?.categories ?? {})
  const lookups = [ofFile, DEFAULT_CATEGORIES].map(lookupOf)
  const categoryOf = (host: string): string => {
    for (const lookup of lookups) {
      const category = lookup(host)
      if (category !== undefined) return category
    }
    return UNCATEGORIZED
  }
  const hosts = [...ofFile, ...DEFAULT_CATEGORIES].flatMap(([, entries]) => entries)
  return { categoryOf, names: new Set(hosts.map((entry) => categoryOf(entry.replace(/^\*\./, '')))) }
}

function lookupOf(entries: Entries): (host: string) => string | undefined {
  const categories = entries.flatMap(([category, hosts]) => hosts.map(() => category))
  const list = new HostList(entries.flatMap(([, hosts]) => hosts))
  return (host) => categories[list.match(host)]
}
