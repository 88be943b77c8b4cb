// Pure: what the files say for one location. Under dynamic steering each half may have lists of its own, and not every
// kind of exception holds in every half and mode (the vendor's table, client-behaviour 2.3).

import type { Location, RuleRef } from '../../steering/flow.js'
import type { Half, IdleList, TrafficMode } from '../../steering/policy.js'
import type { ListedRule } from '../../steering/rule-list.js'
import type { Configuration } from '../configuration.js'
import type { PinnedApp } from '../schema/nsbypass.js'
import type { Exceptions } from '../schema/nsexception.js'

/** The kinds of exceptions, as nsexception.json names their lists. */
const LISTS = ['names', 'ips', 'applications', 'categories', 'source_locations', 'source_countries', 'dns'] as const

type ListName = (typeof LISTS)[number]

/** One entry of a list, and its JSON path. */
export interface Placed<Entry> {
  readonly entry: Entry
  readonly path: string
}

/** The entries of every list. */
type PlacedLists = { readonly [Name in ListName]: Iterable<Placed<NonNullable<Exceptions[Name]>[number]>> }

/** What the files say for one location, with the place of each entry. */
export interface HalfLists {
  readonly mode: TrafficMode
  readonly modeRule: RuleRef
  readonly bypassAt: Half['bypassAt']
  readonly steersDns: boolean
  readonly exceptions: PlacedLists
  readonly pinned: Iterable<Placed<PinnedApp>>
  readonly cloudApps: Iterable<Placed<string>>
  readonly domainPorts: Iterable<readonly [port: number, rule: ListedRule]>
  readonly idle: readonly IdleList[]
}

/** What a half is chosen by. */
interface Chosen {
  readonly dynamic: boolean
  readonly location: Location
  readonly mode: TrafficMode
  /** Whether the cloud takes the lists of both halves together. */
  readonly union: boolean
}

/** Why a list does not hold; the vendor's table has a column for each half of dynamic steering and for two modes. */
const DOES_NOT_HOLD: Readonly<Partial<Record<ListName, (chosen: Chosen) => string | false>>> = {
  applications: ({ dynamic, location }) =>
    dynamic && location === 'off-prem' && 'application exceptions do not hold off-prem under dynamic steering',
  categories: ({ dynamic, location, mode, union }) =>
    (mode === 'cloud-apps' && 'category exceptions do not hold in mode cloud-apps') ||
    (dynamic && location === 'on-prem' && !union && 'category exceptions do not hold on-prem under dynamic steering'),
  source_locations: ({ mode }) => mode === 'all' && 'source locations do not hold in mode all',
  dns: ({ dynamic, location, mode }) =>
    (dynamic && location === 'on-prem' && 'DNS exceptions do not hold on-prem under dynamic steering') ||
    (mode !== 'all' && 'DNS exceptions hold in mode all only'),
}

/**
 * Lists of exceptions that are made in the cloud. One page says that the lists of both halves hold there together
 * (client-behaviour 2.6), a table of another that on-prem has no category exceptions (2.3): `readings.cloud` chooses.
 */
export const MADE_IN_CLOUD: ReadonlySet<string> = new Set(['categories', 'source_countries'])

/** The lists of a location. */
export function halfLists(configuration: Configuration, location: Location): HalfLists {
  const { steering, pinned, lab } = configuration
  const dynamic = steering.dynamic_steering === 1
  const key = HALF_KEYS[location]
  const { mode, modeRule } = modeOf(configuration, location)
  const chosen: Chosen = { dynamic, location, mode, union: lab.readings?.cloud !== 'own-half' }
  const idle: IdleList[] = []
  const lists = LISTS.map((name) => {
    const why = DOES_NOT_HOLD[name]?.(chosen)
    const isUnion = chosen.union && MADE_IN_CLOUD.has(name)
    const parts = partsOf(configuration, name, dynamic ? key : undefined, isUnion)
    if (!why) return [name, allOf(parts)]
    for (const [path, entries] of parts)
      if (entries.length > 0) idle.push({ rule: { ref: { file: 'nsexception.json', path }, text: name }, why })
    return [name, []]
  })
  const ownApps = dynamic ? pinned[key]?.certPinnedAppList : undefined
  const own = dynamic ? steering[key] : undefined
  return {
    mode,
    modeRule,
    bypassAt: bypassAt(configuration, chosen),
    // Under dynamic steering DNS is steered off-prem only (client-behaviour 2.8).
    steersDns: steering.steer_dns === 1 && mode === 'all' && !(dynamic && location === 'on-prem'),
    exceptions: Object.fromEntries(lists) as PlacedLists,
    pinned: placed(ownApps ?? pinned.certPinnedAppList, ownApps ? `$.${key}.certPinnedAppList` : '$.certPinnedAppList'),
    cloudApps: placed(own?.domains ?? steering.domains ?? [], own?.domains ? `$.${key}.domains` : '$.domains'),
    domainPorts: domainPorts(
      own?.domain_ports ?? steering.domain_ports ?? {},
      own?.domain_ports ? `$.${key}.domain_ports` : '$.domain_ports',
    ),
    idle,
  }
}

const HALF_KEYS = { 'on-prem': 'on_prem', 'off-prem': 'off_prem' } as const

type Part = readonly [path: string, entries: readonly unknown[]]

/** Where the entries of a list stand: in the half where it has its own, else at the top; of both halves in the cloud. */
function partsOf(
  { exceptions }: Configuration,
  name: ListName,
  half: 'on_prem' | 'off_prem' | undefined,
  isUnion: boolean,
): readonly Part[] {
  const top: Part = [`$.${name}`, exceptions[name] ?? []]
  if (half === undefined) return [top]
  const ofHalf = (key: 'on_prem' | 'off_prem'): readonly Part[] => {
    const entries = exceptions[key]?.[name]
    return entries === undefined ? [] : [[`$.${key}.${name}`, entries]]
  }
  if (isUnion) return [top, ...ofHalf('on_prem'), ...ofHalf('off_prem')]
  const own = ofHalf(half)
  return own.length > 0 ? own : [top]
}

function allOf(parts: readonly Part[]): Iterable<Placed<unknown>> {
  return {
    *[Symbol.iterator]() {
      for (const [path, entries] of parts) yield* placed(entries, path)
    },
  }
}

/** The entries one by one: of tens of thousands no second list is made. */
export function placed<Entry>(entries: readonly Entry[], base: string): Iterable<Placed<Entry>> {
  return {
    *[Symbol.iterator]() {
      for (const [index, entry] of entries.entries()) yield { entry, path: `${base}[${index}]` }
    },
  }
}

function modeOf({ steering }: Configuration, location: Location): Pick<HalfLists, 'mode' | 'modeRule'> {
  const dynamic = steering.dynamic_steering === 1
  const noneKey = dynamic ? NONE_KEYS[location] : 'steering_method_none'
  if (steering[noneKey] === 1) return { mode: 'none', modeRule: steeringRef(`$.${noneKey}`) }
  const own = dynamic ? steering[HALF_KEYS[location]]?.traffic_mode : undefined
  const path = own === undefined ? '$.traffic_mode' : `$.${HALF_KEYS[location]}.traffic_mode`
  return { mode: own ?? steering.traffic_mode, modeRule: steeringRef(path) }
}

const NONE_KEYS = { 'on-prem': 'onprem_steering_method_none', 'off-prem': 'offprem_steering_method_none' } as const

/** On-prem of dynamic steering exceptions are tunnelled and bypassed in the cloud, else here (client-behaviour 6). */
function bypassAt({ steering }: Configuration, { dynamic, location }: Chosen): Half['bypassAt'] {
  const ofHalf = location === 'on-prem' ? steering.onprem_bypass_option : steering.offprem_bypass_option
  const option = dynamic ? ofHalf : steering.bypass_option
  if (option === 1) return 'client'
  if (option === 2) return 'cloud'
  return dynamic && location === 'on-prem' ? 'cloud' : 'client'
}

function steeringRef(path: string): RuleRef {
  return { file: 'nssteering.json', path }
}

/** Each port with the domains it is web for; `*.x` is as good as x, which covers what lies below it. */
function* domainPorts(
  ports: Readonly<Record<string, readonly number[]>>,
  base: string,
): Generator<readonly [port: number, rule: ListedRule]> {
  for (const [domain, ofDomain] of Object.entries(ports)) {
    const ref = steeringRef(`${base}[${JSON.stringify(domain)}]`)
    for (const port of ofDomain) yield [port, { ref, text: withoutWildcard(domain) }]
  }
}

/** A domain that stands for itself and all below it, with or without `*.`. */
export function withoutWildcard(domain: string): string {
  return domain.replace(/^\*\./, '')
}
