// Pure: what is odd in a list of pinned apps: entries that never match or never win, and names that look like mistakes.

import type { RuleRef } from '../../steering/flow.js'
import { DomainMatcher, type DomainReading, normalizeHost } from '../../steering/match-domain.js'
import { OPERATING_SYSTEMS, type OperatingSystem } from '../../steering/operating-system.js'
import type { Placed } from '../compile/half-lists.js'
import { PINNED_ACTION, type PinnedApp } from '../schema/nsbypass.js'
import { isOn } from '../schema/values.js'
import { lintDomains } from './domains.js'
import type { Finding } from './finding.js'

/** What a list of pinned apps is read with. */
export interface PinnedReading {
  readonly reading: DomainReading
  /** Whether `*` counts: `enhancedCertPinnedApplist` is not off. */
  readonly anyHost: boolean
  /** The system the endpoint is said to have. */
  readonly os: OperatingSystem | undefined
}

/** Nothing that a file name has, in Windows at least, and most patterns have. */
const LOOKS_LIKE_PATTERN = /[\^$*|?]|\\[.dswb]|\[[^\]]*-[^\]]*\]/
const LOOKS_LIKE_NAME = /^[\w .-]+$/

/** The findings of one list. */
export function lintPinned(apps: Iterable<Placed<PinnedApp>>, how: PinnedReading): readonly Finding[] {
  const placed = [...apps]
  return [...placed.flatMap((app) => oddities(app, how)), ...neverWins(placed, how)]
}

function oddities({ entry: app, path }: Placed<PinnedApp>, how: PinnedReading): readonly Finding[] {
  const rule: RuleRef = { file: 'nsbypass.json', path }
  const warning = (kind: Finding['kind'], sentence: string): Finding => ({ severity: 'warning', kind, rule, sentence })
  const hint = (kind: Finding['kind'], sentence: string): Finding => ({ severity: 'hint', kind, rule, sentence })
  const { processName, app_domains: domains, tunnel_domains: tunnelDomains = [] } = app
  const findings: Finding[] = []
  const name = nameProblem(app)
  if (name !== undefined) findings.push(warning(name.kind, `the process \`${processName}\` ${name.why}`))
  if (isOn(app.isRegex) && LOOKS_LIKE_NAME.test(processName)) {
    const where = 'is a pattern that looks like a name: it is found anywhere in a name, and a dot is any character'
    findings.push(hint('looks-wrong', `\`${processName}\` ${where}`))
  }
  if (how.os !== undefined && app.os !== undefined && !app.os.includes(how.os))
    findings.push(hint('not-asked', `is for ${app.os.join(', ') || 'no system'}, and the endpoint is ${how.os}`))
  if (app.action !== PINNED_ACTION.bypass) {
    if (domains.some((domain) => domain !== '*')) {
      const what = app.action === PINNED_ACTION.block ? 'block' : 'bypass on managed devices'
      findings.push(hint('looks-wrong', `its app_domains do not count: ${what} takes all hosts of a process`))
    }
    return findings
  }
  if (domains.length === 0) findings.push(warning('never-matches', 'app_domains is empty, so that no host is covered'))
  if (!how.anyHost && domains.includes('*'))
    findings.push(warning('never-matches', '`*` in app_domains does not count: enhancedCertPinnedApplist is off'))
  const counting = domains.filter((domain) => how.anyHost || domain !== '*').map((text) => ({ ref: rule, text }))
  findings.push(...lintDomains(counting, how.reading), ...tunnelProblems(app, rule, how))
  if (app.mode === 'direct' && tunnelDomains.length > 0)
    findings.push(hint('looks-wrong', 'its tunnel_domains do not count: its mode is direct'))
  return findings
}

/** Why no process can have the name. */
function nameProblem({ processName, isRegex }: PinnedApp): { kind: Finding['kind']; why: string } | undefined {
  if (isOn(isRegex)) return undefined
  if (LOOKS_LIKE_PATTERN.test(processName))
    return { kind: 'looks-wrong', why: 'looks like a pattern, and isRegex is off: it is a name, taken as it stands' }
  if (/["']/.test(processName)) return { kind: 'never-matches', why: 'has quotes around it, which no process has' }
  if (/[\\/]/.test(processName))
    return { kind: 'never-matches', why: 'has a path, and processes go by their name alone' }
  if (processName !== processName.trim()) return { kind: 'never-matches', why: 'has space around it' }
  return undefined
}

/** Tunnel domains must be among the app's domains (client-behaviour 2.5). */
function tunnelProblems(app: PinnedApp, rule: RuleRef, { reading }: PinnedReading): readonly Finding[] {
  if (app.mode !== 'tunnel') return []
  const covered = new DomainMatcher(app.app_domains, reading)
  return (app.tunnel_domains ?? []).flatMap((domain): readonly Finding[] => {
    if (domain.startsWith('*.') || covered.matchName(normalizeHost(domain)) !== -1) return []
    const sentence = `\`${domain}\` of tunnel_domains is not among its app_domains, so that no flow to it gets there`
    return [{ severity: 'warning', kind: 'never-matches', rule, sentence }]
  })
}

/** What the entries of a process that came before take. */
interface Taken {
  readonly domains: DomainMatcher
  /** The entry that takes all hosts. */
  all: string | undefined
  last: string
}

/** Entries behind others of the same process that take all their hosts; the first one that covers a flow wins. */
function neverWins(apps: readonly Placed<PinnedApp>[], { reading, anyHost }: PinnedReading): readonly Finding[] {
  const findings: Finding[] = []
  // Under one-level `x` covers a.x, but not all that an entry a.x covers: only the same name will do.
  const wholly = reading === 'one-level' ? 'table' : reading
  const before = new Map<string, Taken>()
  for (const { entry: app, path } of apps) {
    const domains = anyHost ? app.app_domains : app.app_domains.filter((domain) => domain !== '*')
    const takesAll = app.action !== PINNED_ACTION.bypass || domains.includes('*')
    const keys = (app.os ?? OPERATING_SYSTEMS).map((os) => `${os} ${processKey(app)}`)
    const taken = keys.map((key) => before.get(key))
    const winners = taken.map((one) => one && winnerOver(one, domains, takesAll))
    if (winners.length > 0 && winners.every((winner) => winner !== undefined)) {
      const sentence = `the process \`${app.processName}\` never gets here: ${winners[0]} takes all of its hosts before`
      findings.push({ severity: 'warning', kind: 'shadowed', rule: { file: 'nsbypass.json', path }, sentence })
    }
    for (const key of keys) {
      const one = before.get(key) ?? { domains: new DomainMatcher([], wholly), all: undefined, last: path }
      for (const domain of domains) one.domains.add(domain, 0)
      if (takesAll) one.all ??= path
      one.last = path
      before.set(key, one)
    }
  }
  return findings
}

/** The entry, or the last of those, that take all hosts of a later one. */
function winnerOver({ domains, all, last }: Taken, later: readonly string[], takesAll: boolean): string | undefined {
  if (all !== undefined) return all
  const isCovered =
    !takesAll && later.length > 0 && later.every((domain) => domains.matchName(normalizeHost(domain)) !== -1)
  return isCovered ? last : undefined
}

function processKey({ processName, isRegex }: PinnedApp): string {
  return isOn(isRegex) ? `pattern ${processName}` : processName.toLowerCase()
}
