import fc from 'fast-check'
import t from 'tap'
import { lintAddresses } from '../../../../agent/config/lint/addresses.js'
import { AddressMatcher } from '../../../../agent/steering/match-address.js'
import type { ListedRule } from '../../../../agent/steering/rule-list.js'

function rulesOf(texts: readonly string[]): readonly ListedRule[] {
  return texts.map((text, index) => ({ ref: { file: 'nsexception.json', path: String(index) }, text }))
}

for (const [sentence, texts, expected] of [
  ['ranges beside each other', ['10.0.0.0/8', '11.0.0.0/8', '2001:db8::/32'], []],
  ['the same twice', ['10.0.0.0/8', '10.0.0.0/8'], ['duplicate 1 0']],
  ['the same in another spelling', ['10.0.0.0-10.255.255.255', '10.9.9.9/8'], ['duplicate 1 0']],
  ['an address in a range', ['10.1.1.1', '10.0.0.0/8'], ['shadowed 0 1']],
  ['ranges that overlap', ['10.0.0.0-10.0.0.9', '10.0.0.5-10.0.0.15'], []],
  ['the widest is named', ['10.0.0.0/24', '10.0.0.0/16', '10.0.0.1'], ['shadowed 0 1', 'shadowed 2 1']],
  ['IPv6', ['2001:db8::1', '2001:db8::/32'], ['shadowed 0 1']],
  ['the families are apart', ['0.0.0.0/0', '::1'], []],
  ['a private range and all of them', ['10.0.0.0/8', 'Local IP address range'], ['shadowed 0 1']],
  ['all of them in everything', ['Local IP address range', '0.0.0.0/0'], []],
  ['all of them twice', ['Local IP address range', 'Local IP address range'], ['duplicate 1 0']],
] as const) {
  void t.test(sentence, async (t) => {
    const found = lintAddresses(rulesOf(texts)).map(({ kind, rule, sentence }) => {
      return `${kind} ${rule.path} ${/\((\d)\)$/.exec(sentence)?.[1]}`
    })
    t.strictSame(found, expected)
  })
}

void t.test('without what is found the list covers the same', async () => {
  const range = fc.tuple(fc.nat(15), fc.nat(15)).map(([a, b]) => `10.0.0.${Math.min(a, b)}-10.0.0.${Math.max(a, b)}`)
  fc.assert(
    fc.property(fc.array(range, { maxLength: 8 }), (texts) => {
      const idle = new Set(lintAddresses(rulesOf(texts)).map(({ rule }) => rule.path))
      const covered = (list: readonly string[]) => {
        const matcher = AddressMatcher.ofTexts(list)
        return Array.from({ length: 16 }, (_, last) => matcher.match(`10.0.0.${last}`) !== -1).join()
      }
      return covered(texts.filter((_, index) => !idle.has(String(index)))) === covered(texts)
    }),
  )
})
