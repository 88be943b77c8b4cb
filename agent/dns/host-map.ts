// Pure: which host an address belongs to, learnt from DNS answers. An app asks for a name and then dials an address;
// the flow only carries the address, so this map is how a flow gets its host. Time comes in as an argument.

/** The question that taught a pair, for `steerlab map`. */
export interface LearntFrom {
  readonly name: string
  /** Type mnemonic, e.g. `A`, or `TYPE65` (RFC 3597 section 5). */
  readonly type: string
  /** Who asked, e.g. `127.0.0.1:53124`; absent when the agent itself asked. */
  readonly client?: string
}

/** One answer to learn: `host` has these addresses for `ttl` seconds; `now` is in ms. */
export interface Learnt {
  readonly host: string
  /** Canonical text (RFC 5952), never IPv4-mapped: the form flows carry. */
  readonly ips: readonly string[]
  readonly ttl: number
  readonly query: LearntFrom
  readonly now: number
}

/** One host <-> address pair as `steerlab map --json` shows it. */
export interface HostMapEntry {
  readonly host: string
  readonly ip: string
  /** ms, on the clock of `learn`. */
  readonly learntAt: number
  readonly query: LearntFrom
  /** Whole seconds of the record's own TTL left; 0 once it is over, though the pair may still be held. */
  readonly ttlLeft: number
}

/** Bounds of the map; the defaults suit one desktop. */
export interface HostMapLimits {
  /** Pairs kept at most; the oldest goes first. */
  readonly maxEntries?: number
  /** Shortest life of a pair, ms. */
  readonly minHoldMs?: number
}

/** A day of browsing touches some thousand names, so this is only reached by a program that walks through names. */
const MAX_ENTRIES = 50_000

/** Apps keep using an address after its TTL (their own caches, pooled connections) and CDNs send TTLs of seconds. */
const MIN_HOLD_MS = 300_000

/** A shared CDN address may carry any number of names; past this the oldest name of that address is forgotten. */
const MAX_HOSTS_PER_IP = 64

interface Pair {
  readonly host: string
  readonly ip: string
  readonly learntAt: number
  readonly query: LearntFrom
  readonly ttlEndsAt: number
  readonly heldUntil: number
}

/** Hosts and addresses seen together in DNS answers. A pair is held for its TTL, and for five minutes at least. */
export class HostMap {
  readonly #maxEntries: number
  readonly #minHoldMs: number
  // Both indexes hold the same pairs; the inner maps are in order of learning.
  readonly #byIp = new Map<string, Map<string, Pair>>()
  readonly #byHost = new Map<string, Map<string, Pair>>()
  readonly #order = new LearningOrder()

  constructor(limits: HostMapLimits = {}) {
    this.#maxEntries = limits.maxEntries ?? MAX_ENTRIES
    this.#minHoldMs = limits.minHoldMs ?? MIN_HOLD_MS
  }

  /** Pairs in memory, among them expired ones that were not dropped yet. */
  get size(): number {
    return this.#order.size
  }

  /** Remembers every pair of one answer; learning a pair again makes it the newest. */
  learn({ host: name, ips, ttl, query, now }: Learnt): void {
    const host = canonicalHost(name)
    if (host === '') return
    const ttlEndsAt = now + ttl * 1000
    const heldUntil = Math.max(ttlEndsAt, now + this.#minHoldMs)
    for (const ip of ips) this.#add({ host, ip, learntAt: now, query, ttlEndsAt, heldUntil })
    for (let oldest = this.#order.oldest(); oldest !== undefined; oldest = this.#order.oldest()) {
      if (this.size <= this.#maxEntries && oldest.heldUntil > now) break
      this.#drop(oldest)
    }
  }

  /** The host learnt last for an address, '' when none is known at `now` (ms). */
  lookup(ip: string, now: number): string {
    return this.hostsOf(ip, now)[0] ?? ''
  }

  /** The hosts known for an address at `now` (ms), newest learnt first, at most 64. */
  hostsOf(ip: string, now: number): string[] {
    const hosts: string[] = []
    for (const pair of this.#byIp.get(ip)?.values() ?? []) if (pair.heldUntil > now) hosts.push(pair.host)
    return hosts.reverse()
  }

  /** The addresses of a host whose own TTL is not over at `now` (ms), in the order they were answered. */
  freshAddresses(host: string, now: number): string[] {
    const ips: string[] = []
    for (const pair of this.#byHost.get(canonicalHost(host))?.values() ?? [])
      if (pair.ttlEndsAt > now) ips.push(pair.ip)
    return ips
  }

  /** Everything known at `now` (ms), newest learnt first. */
  entries(now: number): HostMapEntry[] {
    const live = [...this.#order].filter((pair) => pair.heldUntil > now)
    return live.reverse().map(({ host, ip, learntAt, query, ttlEndsAt }) => ({
      host,
      ip,
      learntAt,
      query,
      ttlLeft: Math.max(0, Math.ceil((ttlEndsAt - now) / 1000)),
    }))
  }

  #add(pair: Pair): void {
    const hosts = this.#byIp.get(pair.ip) ?? new Map<string, Pair>()
    const known = hosts.get(pair.host) ?? (hosts.size < MAX_HOSTS_PER_IP ? undefined : first(hosts.values()))
    if (known !== undefined) this.#drop(known)
    // Fetched again: dropping the last pair of an address or host drops its inner map too.
    innerMap(this.#byIp, pair.ip).set(pair.host, pair)
    innerMap(this.#byHost, pair.host).set(pair.ip, pair)
    this.#order.add(pair)
  }

  #drop(pair: Pair): void {
    this.#order.delete(pair)
    deleteInner(this.#byIp, pair.ip, pair.host)
    deleteInner(this.#byHost, pair.host, pair.ip)
  }
}

/**
 * The pairs in order of learning, with the oldest at hand in constant time: V8's Set keeps holes where entries were
 * deleted, so a new iterator per eviction walks over all of them; one long-lived iterator passes each hole once.
 */
class LearningOrder {
  readonly #pairs = new Set<Pair>()
  #ahead = this.#pairs.values()
  #oldest: Pair | undefined

  get size(): number {
    return this.#pairs.size
  }

  [Symbol.iterator](): Iterator<Pair> {
    return this.#pairs.values()
  }

  add(pair: Pair): void {
    this.#pairs.add(pair)
  }

  delete(pair: Pair): void {
    this.#pairs.delete(pair)
  }

  oldest(): Pair | undefined {
    if (this.#oldest !== undefined && this.#pairs.has(this.#oldest)) return this.#oldest
    let next = this.#ahead.next()
    if (next.done === true) {
      // An iterator that reached the end stays there, also when the set grows again.
      this.#ahead = this.#pairs.values()
      next = this.#ahead.next()
    }
    this.#oldest = next.value
    return this.#oldest
  }
}

function canonicalHost(host: string): string {
  const lower = host.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value
  return undefined
}

function innerMap(index: Map<string, Map<string, Pair>>, key: string): Map<string, Pair> {
  const inner = index.get(key) ?? new Map<string, Pair>()
  index.set(key, inner)
  return inner
}

function deleteInner(index: Map<string, Map<string, Pair>>, outerKey: string, innerKey: string): void {
  const inner = index.get(outerKey)
  inner?.delete(innerKey)
  if (inner?.size === 0) index.delete(outerKey)
}
