// Pure: finds in a zone what a name server would answer: records of the asked type behind any aliases, "no such type here"
// (NODATA), or "no such name" (NXDOMAIN, RFC 2308).

import type { ZoneRecord } from './zone.js'

/** The answer to one question; `records` are the aliases followed, in order, then the records asked for. */
export interface ZoneAnswer {
  readonly exists: boolean
  readonly records: readonly ZoneRecord[]
  /** True when the records asked for are among `records`; false = an alias at most. */
  readonly found: boolean
}

/** Longer alias chains are a loop. */
const LONGEST_CHAIN = 8

/** An index over a zone. */
export class ZoneIndex {
  readonly #records = new Map<string, ZoneRecord[]>()
  /** All names and their parents: a parent without records exists all the same (RFC 8020). */
  readonly #names: ReadonlySet<string>

  constructor(zone: readonly ZoneRecord[]) {
    for (const record of zone) {
      const sameName = this.#records.get(record.name)
      if (sameName === undefined) this.#records.set(record.name, [record])
      else sameName.push(record)
    }
    this.#names = new Set(zone.flatMap((record) => withParents(record.name)))
  }

  /** Looks a question up; any letter case, with or without trailing dot. `type` is the mnemonic, e.g. `AAAA`. */
  lookup(question: string, type: string): ZoneAnswer {
    let name = question.toLowerCase().replace(/\.$/, '')
    const aliases: ZoneRecord[] = []
    for (let step = 0; step <= LONGEST_CHAIN; step++) {
      const here = this.#records.get(name) ?? []
      const asked = here.filter((record) => record.type === type)
      if (asked.length > 0) return { exists: true, records: [...aliases, ...asked], found: true }
      const alias = here.find((record) => record.type === 'CNAME')
      if (alias?.type !== 'CNAME') break
      aliases.push(alias)
      name = alias.target
    }
    return { exists: name === '' || this.#names.has(name), records: aliases, found: false }
  }
}

function withParents(name: string): string[] {
  const labels = name.split('.')
  return labels.map((_, index) => labels.slice(index).join('.'))
}
