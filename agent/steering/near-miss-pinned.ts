// Pure: pinned apps that nearly take a flow, and why they do not: the host, or the name of the process.

import { DomainMatcher, type DomainReading, normalizeHost } from './match-domain.js'
import { compileProcessPattern, type PinnedEntry, type PinnedMatcher } from './match-pinned.js'
import type { NearMiss } from './missed-rule.js'

/** Domains of an entry that are named. */
const NAMED_DOMAINS = 3

/** Words of process names that say nothing about whose they are. */
const COMMON_WORDS: ReadonlySet<string> = new Set([
  'agent',
  'apple',
  'background',
  'client',
  'daemon',
  'desktop',
  'google',
  'helper',
  'launcher',
  'microsoft',
  'service',
  'update',
  'updater',
])

/** Shorter words are `com`, `us`, `app` and the like. */
const SHORTEST_WORD = 4

/** The near misses of the pinned apps for a process and a host as `normalizeHost` spells it, when none takes them. */
export function pinnedMisses(
  matcher: PinnedMatcher,
  process: string,
  host: string,
  reading: DomainReading,
): readonly NearMiss[] {
  const own = new Set(matcher.entriesOf(process))
  const misses = [...own].map((entry) => hostMiss(entry, process, host, reading))
  const covering = matcher.entries.filter((entry) => {
    if (own.has(entry)) return false
    return entry.action !== 'bypass' || new DomainMatcher(entry.domains, reading).matchName(host) !== -1
  })
  const alike = covering.flatMap((entry) => nameMiss(entry, process) ?? [])
  const told = new Set(alike.map(({ rule }) => rule.path))
  const others = covering.filter(({ rule }) => !told.has(rule.path))
  return [...misses, ...alike, ...otherProcesses(others, process, host)]
}

/** An entry of this process, whose domains do not cover the host. */
function hostMiss(entry: PinnedEntry, process: string, host: string, reading: DomainReading): NearMiss {
  const { rule, domains } = entry
  const app = `The pinned app ${entry.appName} of ${process}`
  if (domains.length === 0) {
    const why = 'app_domains is empty, or its `*` is taken away because enhancedCertPinnedApplist is off'
    return { rule, rank: 0, sentence: `${app} covers no host: ${why}` }
  }
  const wild = domains.find((domain) => domain.startsWith('*.') && isWithin(host, normalizeHost(domain.slice(2))))
  if (wild !== undefined) {
    const sentence = `${app} has \`${wild}\`, which never matches in app_domains: \`${wild.slice(2)}\` would`
    return { rule, rank: 0, sentence }
  }
  const tooFar = domains.find((domain) => isWithin(host, normalizeHost(domain)))
  if (reading === 'one-level' && tooFar !== undefined) {
    const sentence = `${app} has \`${tooFar}\`, which reaches one level below it, and ${host} lies deeper`
    return { rule, rank: 1, sentence }
  }
  const more = domains.length > NAMED_DOMAINS ? ` and ${domains.length - NAMED_DOMAINS} more` : ''
  const named = domains.slice(0, NAMED_DOMAINS).join(', ')
  const sentence = `${app} covers ${named}${more}, and not ${host || 'a flow whose host is not known'}`
  return { rule, rank: 2, sentence }
}

function isWithin(host: string, name: string): boolean {
  return name !== '' && (host === name || host.endsWith(`.${name}`))
}

/** An entry that would take the flow, of a process whose name is nearly this one. */
function nameMiss({ rule, processName, isPattern }: PinnedEntry, process: string): NearMiss | undefined {
  const stem = stemOf(process)
  if (stem === '' || stem === 'unknown') return undefined
  if (isPattern) {
    const pattern = compileProcessPattern(processName)
    const other = [stem, `${stem}.exe`].find((name) => pattern?.test(name))
    if (other === undefined) return undefined
    return { rule, rank: 3, sentence: `The pattern \`${processName}\` matches ${other}, and not ${process}` }
  }
  if (stemOf(processName) === stem) {
    const sentence = `The process \`${processName}\` is not ${process}: names match as a whole, without path or quotes`
    return { rule, rank: 1, sentence }
  }
  const word = sharedWord(processName, process)
  if (word === undefined) return undefined
  const sentence = `The process \`${processName}\` is not ${process}, though both have "${word}" in their name`
  return { rule, rank: 4, sentence }
}

/** The name without path, quotes and ending, in lower case. */
function stemOf(process: string): string {
  const name = process.replace(/["']/g, '').trim().toLowerCase()
  return (name.split(/[\\/]/).at(-1) ?? '').replace(/\.(?:exe|app)$/, '')
}

function sharedWord(one: string, other: string): string | undefined {
  const words = new Set(wordsOf(one))
  return wordsOf(other).find((word) => word.length >= SHORTEST_WORD && !COMMON_WORDS.has(word) && words.has(word))
}

function wordsOf(process: string): readonly string[] {
  return stemOf(process).split(/[^\p{L}\p{N}]+/u)
}

/** Apps that cover the host by name, for other processes; one line for each app. */
function otherProcesses(covering: readonly PinnedEntry[], process: string, host: string): readonly NearMiss[] {
  const apps = new Map<string, PinnedEntry[]>()
  for (const entry of covering) {
    if (entry.action !== 'bypass' || entry.domains.includes('*')) continue
    const entries = apps.get(entry.appName)
    if (entries === undefined) apps.set(entry.appName, [entry])
    else entries.push(entry)
  }
  const who = process === 'unknown' ? 'an unknown one' : process
  return [...apps].map(([appName, entries]) => {
    const [{ rule, processName }, ...others] = entries as [PinnedEntry, ...PinnedEntry[]]
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    const sentence = `The pinned app ${appName} covers ${host} for the process \`${processName}\`${more}, and not for ${who}`
    return { rule, rank: 5, sentence }
  })
}
