// Pure: changes of nsexception.json, one list edit for each thing that is added or removed. Entries are compared by what
// they mean: `ZOOM.us.` is zoom.us, and 10.0.0.0-10.255.255.255 is 10.0.0.0/8.

import { userMistake } from '../../errors.js'
import { isAddressRange, parseAddressRange } from '../../steering/address.js'
import { isExceptionDomain, normalizeHost } from '../../steering/match-domain.js'
import { KNOWN_CATEGORIES } from '../compile/web-categories.js'
import { isLocalType, LOCAL_RANGE } from '../schema/nsexception.js'
import type { ListEdit } from './edit.js'
import { type FileValue, isObject } from './file-value.js'

/** What kind of exception an entry is (client-behaviour 2.3). */
export type ExceptionKind =
  /** A domain, or an address, a CIDR or a range; `local`: treated like a local address. */
  | { readonly kind: 'destination'; readonly local: boolean }
  /** DNS queries for a domain, or for addresses (PTR); without `types` of any record type. */
  | { readonly kind: 'dns'; readonly types?: readonly string[] | undefined }
  /** The domains of a category: steered, no policy. */
  | { readonly kind: 'category'; readonly name: string }
  /** The domains of an application; `exceptDns`: its DNS is steered all the same. */
  | { readonly kind: 'application'; readonly name: string; readonly exceptDns: boolean }
  /** Networks the endpoint is in. */
  | { readonly kind: 'source' }
  /** Countries the endpoint is in: steered, no policy. */
  | { readonly kind: 'country' }

/**
 * Adds an entry; without one, the category or the application itself.
 * Throws a user's mistake `bad-entry` for what can be no entry of this kind.
 */
export function addException(kind: ExceptionKind, entry: string | undefined): ListEdit {
  return { ...editOf(kind, entry, 'add'), subject: subjectOf(kind, entry) }
}

/** Removes an entry; without one, the whole category or application. Throws a user's mistake `bad-entry` or `all-types`. */
export function removeException(kind: ExceptionKind, entry: string | undefined): ListEdit {
  return { ...editOf(kind, entry, 'remove'), subject: subjectOf(kind, entry) }
}

type Change = 'add' | 'remove'

function editOf(kind: ExceptionKind, entry: string | undefined, change: Change): Omit<ListEdit, 'subject'> {
  if (kind.kind === 'category') return groupEdit('categories', kind.name, {}, entry, change)
  if (kind.kind === 'application') {
    if (entry === undefined && change === 'add') throw badEntry('an application needs the domains it is known by')
    return groupEdit(
      'applications',
      kind.name,
      { action: kind.exceptDns ? 'bypass-except-dns' : undefined },
      entry,
      change,
    )
  }
  if (entry === undefined) throw badEntry('say which')
  switch (kind.kind) {
    case 'destination':
      return destinationEdit(entry, kind.local, change)
    case 'dns':
      return dnsEdit(entry, kind.types, change)
    case 'source':
      if (!isAddressRange(entry)) throw badEntry(`${JSON.stringify(entry)} is no address, CIDR or range of addresses`)
      return { key: 'source_locations', apply: textChange(entry, change) }
    case 'country':
      if (!/^[a-z]{2}$/i.test(entry)) throw badEntry(`${JSON.stringify(entry)} is no country: two letters, such as DE`)
      return { key: 'source_countries', apply: textChange(entry.toUpperCase(), change) }
  }
}

function destinationEdit(entry: string, local: boolean, change: Change): Omit<ListEdit, 'subject'> {
  const isLocal = local || entry === LOCAL_RANGE
  if (isAddressRange(entry) || entry === LOCAL_RANGE) {
    const is = (item: unknown) => {
      if (!isObject(item) || keyOf(String(item['value'])) !== keyOf(entry)) return false
      // An address that is to go, goes whatever its type.
      return (change === 'remove' && !local) || isLocalType(String(item['type'])) === isLocal
    }
    return { key: 'ips', apply: changeOf(is, { type: isLocal ? 'local' : 'ip', value: entry }, change) }
  }
  checkDomain(entry)
  if (local) throw badEntry(`${JSON.stringify(entry)} is a domain, and --local is for addresses`)
  return { key: 'names', apply: textChange(entry, change) }
}

function dnsEdit(entry: string, types: readonly string[] | undefined, change: Change): Omit<ListEdit, 'subject'> {
  if (!isAddressRange(entry)) checkDomain(entry)
  const is = (item: unknown): item is FileValue => isObject(item) && keyOf(String(item['domain'])) === keyOf(entry)
  const typesOf = (item: FileValue) => item['types'] as readonly string[] | undefined
  const add = (list: readonly unknown[]) => {
    const there = list.filter(is)
    const [first] = there
    if (there.some((item) => typesOf(item) === undefined)) return undefined
    const missing = types?.filter((type) => !there.some((item) => typesOf(item)?.includes(type)))
    if (missing?.length === 0) return undefined
    if (first === undefined) return [...list, { domain: entry, ...(types && { types }) }]
    // All types take the place of some; more types go to the first entry of the domain.
    if (missing === undefined) return [...list.filter((item) => !is(item)), { domain: entry }]
    const more = { ...first, types: [...(typesOf(first) ?? []), ...missing] }
    return list.map((item) => (item === first ? more : item))
  }
  const remove = (list: readonly unknown[]) => {
    const kept = list.flatMap((item) => {
      if (!is(item)) return [item]
      if (types === undefined) return []
      const left = typesOf(item)?.filter((type) => !types.includes(type))
      if (left === undefined) {
        throw userMistake(
          'all-types',
          `${entry} is excepted for all record types: remove it, and add the types that stay`,
        )
      }
      if (left.length === typesOf(item)?.length) return [item]
      return left.length === 0 ? [] : [{ ...item, types: left }]
    })
    return kept.length === list.length && kept.every((item, index) => item === list[index]) ? undefined : kept
  }
  return { key: 'dns', apply: change === 'add' ? add : remove }
}

/** A group is one object of a list, with a name and domains. */
function groupEdit(
  key: string,
  name: string,
  { action }: { readonly action?: string | undefined },
  domain: string | undefined,
  change: Change,
): Omit<ListEdit, 'subject'> {
  if (domain !== undefined) checkDomain(domain)
  const is = (item: unknown) => isObject(item) && String(item['name']).toLowerCase() === name.toLowerCase()
  const apply = (list: readonly unknown[]) => {
    const index = list.findIndex(is)
    const group = list[index] as FileValue | undefined
    const domains = (group?.['domains'] as readonly string[] | undefined) ?? []
    if (change === 'remove') {
      const left = domain === undefined ? [] : domains.filter((other) => keyOf(other) !== keyOf(domain))
      if (group === undefined || (domain !== undefined && left.length === domains.length)) return undefined
      // A category that is known stands for hosts without naming any.
      const isEmpty = left.length === 0 && !(key === 'categories' && KNOWN_CATEGORIES.includes(name))
      const isGone = domain === undefined || isEmpty
      return isGone ? list.toSpliced(index, 1) : list.with(index, { ...group, domains: left })
    }
    const known = domain === undefined || domains.some((other) => keyOf(other) === keyOf(domain))
    const more = known ? domains : [...domains, domain]
    if (group === undefined) {
      return [...list, { name, domains: more, ...(key === 'applications' ? { action: action ?? 'bypass' } : {}) }]
    }
    if (known && (action === undefined || group['action'] === action)) return undefined
    return list.with(index, { ...group, domains: more, ...(action === undefined ? {} : { action }) })
  }
  return { key, apply }
}

function textChange(entry: string, change: Change): ListEdit['apply'] {
  return changeOf((item) => keyOf(String(item)) === keyOf(entry), entry, change)
}

/** Appends the item unless one is there that `is` it, or removes all of those. */
function changeOf(is: (item: unknown) => boolean, item: unknown, change: Change): ListEdit['apply'] {
  return (list) => {
    const others = list.filter((other) => !is(other))
    const isThere = others.length < list.length
    if (change === 'add') return isThere ? undefined : [...list, item]
    return isThere ? others : undefined
  }
}

/** Equal for entries that mean the same. */
function keyOf(entry: string): string {
  const range = parseAddressRange(entry)
  if (range !== undefined) return `${range.family} ${range.from} ${range.to}`
  if (!isExceptionDomain(entry)) return entry
  return entry.startsWith('*.') ? `*.${normalizeHost(entry.slice(2))}` : normalizeHost(entry)
}

function checkDomain(entry: string): void {
  if (isExceptionDomain(entry)) return
  throw badEntry(`${JSON.stringify(entry)} is neither a domain (zoom.us, *.zoom.us) nor an address, a CIDR or a range`)
}

function badEntry(sentence: string) {
  return userMistake('bad-entry', sentence)
}

function subjectOf(kind: ExceptionKind, entry: string | undefined): string {
  switch (kind.kind) {
    case 'destination':
      return `${entry}${kind.local ? ' (local)' : ''}`
    case 'dns':
      return `DNS of ${entry} (${kind.types?.join(', ') ?? 'all record types'})`
    case 'source':
      return `source location ${entry}`
    case 'country':
      return `source country ${entry}`
    default:
      return `${kind.kind} ${kind.name}${entry === undefined ? '' : `: ${entry}`}`
  }
}
