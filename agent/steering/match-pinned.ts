// Pure: which certificate-pinned app a flow belongs to: the process by name or pattern, and the host by app_domains.
// Names are looked up in a map. What the patterns say of a process depends on its name alone, so it is remembered: of a
// program's flows the first pays for them.

import { RE2JS } from 're2js'
import type { RuleRef } from './flow.js'
import { DomainMatcher, type DomainReading, normalizeHost } from './match-domain.js'

/** What one entry of certPinnedAppList says, in our words. */
export interface PinnedEntry {
  readonly appName: string
  readonly processName: string
  /** Whether processName is a regular expression. */
  readonly isPattern: boolean
  readonly domains: readonly string[]
  /** `bypass-managed` = bypass when the device is managed, else block. */
  readonly action: 'bypass' | 'bypass-managed' | 'block'
  readonly mode: 'direct' | 'tunnel'
  /** In tunnel mode: which of the domains go through the tunnel; empty = all. */
  readonly tunnelDomains: readonly string[]
  readonly rule: RuleRef
}

/** The entry a flow belongs to. */
export interface PinnedMatch {
  readonly entry: PinnedEntry
  /** Whether tunnel mode is meant for this host. */
  readonly tunnelled: boolean
}

/** A process pattern may be this long. */
export const MAX_PROCESS_PATTERN = 200

/**
 * Instructions that all patterns of a list may have together: with the length of a name it bounds what a new program may
 * cost, some tens of milliseconds. 500 usual patterns have 15,000; nested counts make much of little text.
 */
export const MAX_PATTERN_PROGRAMS = 25_000

// Longer than any file name (255 bytes); a longer name is nobody's and is not shown to the patterns.
const MAX_PROCESS_NAME = 255

/** Process names whose patterns are remembered. */
const NAMES_KEPT = 1000

/** A compiled process pattern. */
export interface ProcessPattern {
  /** Whether it is found anywhere in the name, ignoring case; time grows with the name's length times `size`. */
  test(name: string): boolean
  /** Instructions of its program. */
  readonly size: number
}

/**
 * The expression of a process pattern; undefined when it is none, is too long, or needs what no linear-time engine has
 * (look-around, back references: the real client's PCRE does). RE2's language.
 */
export function compileProcessPattern(text: string): ProcessPattern | undefined {
  if (text.length > MAX_PROCESS_PATTERN) return undefined
  try {
    const pattern = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE)
    return { test: (name) => pattern.matcher(name).find(), size: pattern.programSize() }
  } catch {
    return undefined
  }
}

interface Compiled {
  readonly entry: PinnedEntry
  readonly domains: DomainMatcher
  /** Undefined = all domains. */
  readonly tunnelDomains: DomainMatcher | undefined
}

/** The pinned apps, compiled once. */
export class PinnedMatcher {
  readonly #apps: Compiled[] = []
  readonly #reading: DomainReading
  readonly #byName = new Map<string, number[]>()
  readonly #patterns: { readonly pattern: ProcessPattern; readonly order: number }[] = []
  readonly #known = new Map<string, readonly Compiled[]>()

  constructor(entries: readonly PinnedEntry[], reading: DomainReading = 'suffix') {
    this.#reading = reading
    for (const entry of entries) this.add(entry)
  }

  /** All entries, in the order of the file. */
  get entries(): readonly PinnedEntry[] {
    return this.#apps.map(({ entry }) => entry)
  }

  /** Adds the next entry, for a list that is compiled in steps; not once the matcher is in use. */
  add(entry: PinnedEntry): void {
    const tunnelDomains =
      entry.tunnelDomains.length > 0 ? new DomainMatcher(entry.tunnelDomains, this.#reading) : undefined
    const order =
      this.#apps.push({ entry, domains: new DomainMatcher(entry.domains, this.#reading), tunnelDomains }) - 1
    if (entry.isPattern) {
      const pattern = compileProcessPattern(entry.processName)
      if (pattern !== undefined) this.#patterns.push({ pattern, order })
      return
    }
    const name = entry.processName.toLowerCase()
    const orders = this.#byName.get(name)
    if (orders === undefined) this.#byName.set(name, [order])
    else orders.push(order)
  }

  /** As `matchName`, for a host in any spelling. */
  match(process: string, host: string): PinnedMatch | undefined {
    return this.matchName(process, normalizeHost(host))
  }

  /**
   * The first entry of the file that covers this process and host (as `normalizeHost` spells it); process names match
   * exactly but for case. Block and bypass-managed take all hosts of a process: they ignore app_domains (TAB,
   * client-behaviour 2.5).
   */
  matchName(process: string, host: string): PinnedMatch | undefined {
    for (const { entry, domains, tunnelDomains } of this.#appsOf(process)) {
      if (entry.action === 'bypass' && domains.matchName(host) === -1) continue
      const tunnelled = entry.mode === 'tunnel' && (tunnelDomains === undefined || tunnelDomains.matchName(host) !== -1)
      return { entry, tunnelled }
    }
    return undefined
  }

  /** The entries of a process in the order of the file, whatever their hosts. */
  entriesOf(process: string): readonly PinnedEntry[] {
    return this.#appsOf(process).map(({ entry }) => entry)
  }

  #appsOf(process: string): readonly Compiled[] {
    const known = this.#known.get(process)
    if (known !== undefined) return known
    const orders = [...(this.#byName.get(process.toLowerCase()) ?? [])]
    if (process.length <= MAX_PROCESS_NAME)
      for (const { pattern, order } of this.#patterns) if (pattern.test(process)) orders.push(order)
    const apps = orders.sort((a, b) => a - b).map((order) => this.#apps[order]!)
    if (this.#known.size >= NAMES_KEPT) this.#known.clear()
    if (process.length <= MAX_PROCESS_NAME) this.#known.set(process, apps)
    return apps
  }
}
