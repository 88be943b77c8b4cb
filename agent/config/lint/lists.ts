// Pure: the lists of the files as they stand there, whether they hold or not: those of the file itself and of its halves.

import { isAddressRange } from '../../steering/address.js'
import type { RuleFile } from '../../steering/flow.js'
import type { DomainReading } from '../../steering/match-domain.js'
import type { ListedRule } from '../../steering/rule-list.js'
import { type Placed, placed as placedIn, withoutWildcard } from '../compile/half-lists.js'
import type { Configuration } from '../configuration.js'
import type { PinnedApp } from '../schema/nsbypass.js'
import { type ExceptionLists, isLocalType } from '../schema/nsexception.js'
import type { LabSettings } from '../schema/steerlab.js'

/** A list of domains; `isException` = what it covers is bypassed. */
export interface DomainList {
  readonly rules: readonly ListedRule[]
  readonly reading: DomainReading
  readonly isException: boolean
}

/** A list of addresses. */
export interface AddressList {
  readonly rules: readonly ListedRule[]
  readonly isException: boolean
}

/** All lists of a configuration, by what they hold; empty ones too. */
export interface FileLists {
  readonly domains: readonly DomainList[]
  readonly addresses: readonly AddressList[]
  readonly pinned: ReadonlyArray<readonly Placed<PinnedApp>[]>
}

const EXCEPTIONS = 'nsexception.json'
const STEERING = 'nssteering.json'

/** The lists of a configuration. */
export function fileLists({ exceptions, steering, pinned, lab }: Configuration): FileLists {
  const parts = [
    { base: '$', lists: exceptions, steered: steering.domains, apps: pinned.certPinnedAppList },
    ...(['on_prem', 'off_prem'] as const).map((half) => ({
      base: `$.${half}`,
      lists: exceptions[half] ?? {},
      steered: steering[half]?.domains,
      apps: pinned[half]?.certPinnedAppList,
    })),
  ]
  const { domains = [], ips = [] } = exceptions.fail_close ?? {}
  return {
    domains: [
      ...parts.flatMap(({ lists, base }) => domainLists(lists, base, lab.readings ?? {})),
      { rules: rulesOf(EXCEPTIONS, '$.fail_close.domains', domains), reading: 'table', isException: false },
      ...parts.map(({ steered = [], base }): DomainList => {
        return suffixes(STEERING, `${base}.domains`, steered)
      }),
    ],
    addresses: [
      ...parts.flatMap(({ lists, base }) => addressLists(lists, base)),
      { rules: rulesOf(EXCEPTIONS, '$.fail_close.ips', ips), isException: false },
    ],
    pinned: parts.map(({ apps = [], base }) => placed(`${base}.certPinnedAppList`, apps)),
  }
}

function domainLists(
  lists: ExceptionLists,
  base: string,
  readings: NonNullable<LabSettings['readings']>,
): DomainList[] {
  const reading = readings.exceptions ?? 'table'
  const { names = [], applications = [], categories = [] } = lists
  return [
    { rules: rulesOf(EXCEPTIONS, `${base}.names`, names), reading, isException: true },
    ...placed(`${base}.applications`, applications).map(({ entry, path }): DomainList => {
      const rules = rulesOf(EXCEPTIONS, `${path}.domains`, entry.domains)
      return { rules, reading: readings.applications ?? 'table', isException: true }
    }),
    ...placed(`${base}.categories`, categories).map(({ entry, path }) =>
      suffixes(EXCEPTIONS, `${path}.domains`, entry.domains ?? []),
    ),
    ...dnsLists(lists, base).map((rules): DomainList => {
      return { rules: rules.filter(({ text }) => !isAddressRange(text)), reading, isException: false }
    }),
  ]
}

/** Domains that stand for all below them, with or without `*.`. */
function suffixes(file: RuleFile, base: string, texts: readonly string[]): DomainList {
  return { rules: rulesOf(file, base, texts.map(withoutWildcard)), reading: 'suffix', isException: false }
}

function addressLists(lists: ExceptionLists, base: string): AddressList[] {
  const { ips = [], source_locations: sources = [] } = lists
  const ofType = (isLocal: boolean) =>
    placed(`${base}.ips`, ips)
      .filter(({ entry }) => isLocalType(entry.type) === isLocal)
      .map(({ entry, path }) => rule(EXCEPTIONS, path, entry.value))
  return [
    { rules: ofType(false), isException: true },
    { rules: ofType(true), isException: true },
    { rules: rulesOf(EXCEPTIONS, `${base}.source_locations`, sources), isException: false },
    ...dnsLists(lists, base).map((rules) => ({
      rules: rules.filter(({ text }) => isAddressRange(text)),
      isException: false,
    })),
  ]
}

/** DNS exceptions by their record types: only those of the same types can say the same. */
function dnsLists({ dns = [] }: ExceptionLists, base: string): readonly (readonly ListedRule[])[] {
  const byTypes = new Map<string, ListedRule[]>()
  for (const { entry, path } of placed(`${base}.dns`, dns)) {
    const types = (entry.types ?? []).toSorted().join()
    const rules = byTypes.get(types) ?? []
    byTypes.set(types, rules)
    rules.push(rule(EXCEPTIONS, path, entry.domain))
  }
  return [...byTypes.values()]
}

function placed<Entry>(base: string, entries: readonly Entry[]): readonly Placed<Entry>[] {
  return [...placedIn(entries, base)]
}

function rulesOf(file: RuleFile, base: string, texts: readonly string[]): readonly ListedRule[] {
  return placed(base, texts).map(({ entry, path }) => rule(file, path, entry))
}

function rule(file: RuleFile, path: string, text: string): ListedRule {
  return { ref: { file, path }, text }
}
