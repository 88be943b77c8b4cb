// Pure: entries for which a log has nothing: hosts, addresses and processes it never shows.

import { parseAddress, parseAddressRange } from '../../steering/address.js'
import { type DomainReading, normalizeHost } from '../../steering/match-domain.js'
import { compileProcessPattern } from '../../steering/match-pinned.js'
import type { ListedRule } from '../../steering/rule-list.js'
import type { Placed } from '../compile/half-lists.js'
import type { PinnedApp } from '../schema/nsbypass.js'
import { LOCAL_RANGE } from '../schema/nsexception.js'
import { isOn } from '../schema/values.js'
import type { Finding } from './finding.js'

/** What logs show, each as it is written there. */
export interface SeenFlows {
  readonly hosts: ReadonlySet<string>
  readonly addresses: ReadonlySet<string>
  readonly processes: ReadonlySet<string>
}

/** The same, in the order it is asked in. */
export class SeenIndex {
  /** Hosts as `normalizeHost` spells them. */
  readonly #hosts = new Set<string>()
  /** Domains with a host below them. */
  readonly #above = new Set<string>()
  /** Hosts from their last letter to the first, sorted; made when it is first needed. */
  #backwards: readonly string[] | undefined
  readonly #addresses: readonly bigint[]
  readonly #processes: ReadonlySet<string>

  constructor({ hosts, addresses, processes }: SeenFlows) {
    for (const host of hosts) {
      const name = normalizeHost(host)
      this.#hosts.add(name)
      for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1))
        this.#above.add(name.slice(dot + 1))
    }
    this.#addresses = [...addresses].flatMap((ip) => keyOf(ip) ?? []).sort((a, b) => (a < b ? -1 : Number(a > b)))
    this.#processes = new Set([...processes].map((process) => process.toLowerCase()))
  }

  /** Domains of exceptions that no host was seen for. */
  unseenDomains(rules: Iterable<ListedRule>, reading: DomainReading): readonly Finding[] {
    return unseen(
      rules,
      ({ text }) => this.#hasHostOf(text, reading),
      (text) => `no host of \`${text}\` is in the log`,
    )
  }

  /** Address exceptions that no flow went to. */
  unseenAddresses(rules: Iterable<ListedRule>): readonly Finding[] {
    return unseen(
      rules,
      ({ text }) => this.#hasAddressOf(text),
      (text) => `no flow of the log goes to \`${text}\``,
    )
  }

  /** Pinned apps whose process was not seen. */
  unseenApps(apps: Iterable<Placed<PinnedApp>>): readonly Finding[] {
    const rules = [...apps].filter(({ entry }) => !this.#hasProcessOf(entry))
    return rules.map(({ entry, path }) => {
      return hint(
        { ref: { file: 'nsbypass.json', path }, text: '' },
        `the process \`${entry.processName}\` is not in the log`,
      )
    })
  }

  #hasHostOf(text: string, reading: DomainReading): boolean {
    const wild = text.startsWith('*.')
    const name = normalizeHost(wild ? text.slice(2) : text)
    if (wild) return this.#above.has(name) || (reading === 'root-too' && this.#hosts.has(name))
    if (this.#hosts.has(name)) return true
    return reading === 'text-suffix' && this.#hasEnding(name)
  }

  #hasEnding(name: string): boolean {
    this.#backwards ??= [...this.#hosts].map(backwards).sort()
    const wanted = backwards(name)
    const next = this.#backwards[firstAtLeast(this.#backwards, wanted)]
    return next?.startsWith(wanted) ?? false
  }

  #hasAddressOf(text: string): boolean {
    const range = parseAddressRange(text)
    // Which addresses are local is no matter of one entry.
    if (range === undefined) return text === LOCAL_RANGE
    const offset = range.family === 4 ? 0n : IPV6
    const [from, to] = [range.from + offset, range.to + offset]
    const next = this.#addresses[firstAtLeast(this.#addresses, from)]
    return next !== undefined && next <= to
  }

  #hasProcessOf({ processName, isRegex }: PinnedApp): boolean {
    if (!isOn(isRegex)) return this.#processes.has(processName.toLowerCase())
    const pattern = compileProcessPattern(processName)
    return [...this.#processes].some((process) => pattern?.test(process))
  }
}

function backwards(name: string): string {
  return [...name].reverse().join('')
}

/** The first place of a sorted list whose value is not smaller. */
function firstAtLeast<Value extends bigint | string>(sorted: readonly Value[], value: Value): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** IPv6 addresses are sorted behind all of IPv4. */
const IPV6 = 1n << 128n

function keyOf(ip: string): bigint | undefined {
  const address = parseAddress(ip)
  return address && address.from + (address.family === 4 ? 0n : IPV6)
}

function unseen(
  rules: Iterable<ListedRule>,
  isSeen: (rule: ListedRule) => boolean,
  sentence: (text: string) => string,
): readonly Finding[] {
  return [...rules].filter((rule) => !isSeen(rule)).map((rule) => hint(rule, sentence(rule.text)))
}

function hint({ ref }: ListedRule, sentence: string): Finding {
  return { severity: 'hint', kind: 'unseen', rule: ref, sentence }
}
