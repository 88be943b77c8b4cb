// Pure: what is odd in a list of addresses: entries that lie inside another one. One sort, one sweep.

import { type AddressRange, parseAddressRange } from '../../steering/address.js'
import { PRIVATE_RANGES } from '../../steering/match-address.js'
import type { ListedRule } from '../../steering/rule-list.js'
import { LOCAL_RANGE } from '../schema/nsexception.js'
import type { Finding } from './finding.js'

interface Placed {
  readonly rule: ListedRule
  readonly range: AddressRange
}

/** The findings of one list; `Local IP address range` stands for all private ranges. */
export function lintAddresses(rules: Iterable<ListedRule>): readonly Finding[] {
  const findings = new Map<ListedRule, Finding>()
  const placed = [...rules].flatMap(rangesOf).sort(inOrder)
  let widest: Placed | undefined
  for (const one of placed) {
    const isInside = widest?.range.family === one.range.family && one.range.to <= widest.range.to
    if (!isInside) widest = one
    // Of the private ranges one may lie inside another entry, and the others not.
    else if (!isLocal(one.rule) || isLocal(widest!.rule)) findings.set(one.rule, insideOf(one, widest!))
  }
  return [...findings.values()]
}

function rangesOf(rule: ListedRule): readonly Placed[] {
  const texts = isLocal(rule) ? PRIVATE_RANGES : [rule.text]
  return texts.flatMap((text) => {
    const range = parseAddressRange(text)
    return range === undefined ? [] : [{ rule, range }]
  })
}

function insideOf({ rule, range }: Placed, { rule: other, range: wider }: Placed): Finding {
  const isSame = range.from === wider.from && range.to === wider.to && isLocal(rule) === isLocal(other)
  return {
    severity: 'warning',
    kind: isSame ? 'duplicate' : 'shadowed',
    rule: rule.ref,
    sentence: isSame
      ? `\`${rule.text}\` says the same as \`${other.text}\` (${other.ref.path})`
      : `\`${rule.text}\` makes no difference: it lies inside \`${other.text}\` (${other.ref.path})`,
  }
}

/** Wider ranges first where they begin alike; of equal ones all that is private, then the order of the file. */
function inOrder({ range: a, rule }: Placed, { range: b, rule: other }: Placed): number {
  const byRange = a.family - b.family || compare(a.from, b.from) || compare(b.to, a.to)
  return byRange || Number(isLocal(other)) - Number(isLocal(rule))
}

function isLocal({ text }: ListedRule): boolean {
  return text === LOCAL_RANGE
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}
