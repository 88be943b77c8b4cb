// Pure: which certificate-pinned app a flow belongs to: the process by name or pattern, and the host by app_domains.
// Process names are looked up in a map, so that only patterns cost time in proportion to their number.

import type { RuleRef } from './flow.js'
import { DomainMatcher } from './match-domain.js'

/** What one entry of certPinnedAppList says, in our words. */
export interface PinnedEntry {
  readonly appName: string
  readonly processName: string
  /** Whether processName is a regular expression. */
  readonly isPattern: boolean
  readonly domains: readonly string[]
  readonly action: 'bypass-direct' | 'bypass-tunnel' | 'block'
  readonly rule: RuleRef
}

/** A process pattern may be this long: JavaScript's engine backtracks, and a name is matched against every pattern. */
export const MAX_PROCESS_PATTERN = 200

// Longer than any file name (255 bytes); a longer name is nobody's and is not shown to the patterns.
const MAX_PROCESS_NAME = 255

/** The expression of a process pattern: found anywhere in the name, ignoring case; undefined when it is not one or too long. */
export function compileProcessPattern(text: string): RegExp | undefined {
  if (text.length > MAX_PROCESS_PATTERN) return undefined
  try {
    return new RegExp(text, 'i')
  } catch {
    return undefined
  }
}

interface Compiled {
  readonly order: number
  readonly entry: PinnedEntry
  readonly domains: DomainMatcher
}

/** The pinned apps, compiled once. */
export class PinnedMatcher {
  readonly #byName = new Map<string, Compiled[]>()
  readonly #patterns: { readonly expression: RegExp; readonly app: Compiled }[] = []

  constructor(entries: readonly PinnedEntry[]) {
    for (const [order, entry] of entries.entries()) {
      const app = { order, entry, domains: new DomainMatcher(entry.domains, 'suffix') }
      if (entry.isPattern) {
        const expression = compileProcessPattern(entry.processName)
        if (expression !== undefined) this.#patterns.push({ expression, app })
      } else {
        const name = entry.processName.toLowerCase()
        const apps = this.#byName.get(name)
        if (apps === undefined) this.#byName.set(name, [app])
        else apps.push(app)
      }
    }
  }

  /** The first entry of the file that covers this process and host; names match exactly but for case. */
  match(process: string, host: string): PinnedEntry | undefined {
    const byName = this.#byName.get(process.toLowerCase())?.find((app) => covers(app, host))
    for (const { expression, app } of this.#patterns) {
      if (byName !== undefined && byName.order < app.order) break
      if (process.length <= MAX_PROCESS_NAME && expression.test(process) && covers(app, host)) return app.entry
    }
    return byName?.entry
  }
}

/** Block takes all hosts of the process: it ignores app_domains (TAB, client-behaviour 2.5). */
function covers(app: Compiled, host: string): boolean {
  return app.entry.action === 'block' || app.domains.match(host) !== -1
}
