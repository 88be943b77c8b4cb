import fc from 'fast-check'
import t from 'tap'
import { lintDomains } from '../../../../agent/config/lint/domains.js'
import { DomainMatcher, type DomainReading } from '../../../../agent/steering/match-domain.js'
import type { ListedRule } from '../../../../agent/steering/rule-list.js'

function rulesOf(texts: readonly string[]): readonly ListedRule[] {
  return texts.map((text, index) => ({ ref: { file: 'nsexception.json', path: String(index) }, text }))
}

/** The findings as `shadowed 1`: what is wrong with which entry. */
function said(texts: readonly string[], reading: DomainReading): readonly string[] {
  return lintDomains(rulesOf(texts), reading).map(({ kind, rule }) => `${kind} ${rule.path}`)
}

for (const [sentence, reading, texts, expected] of [
  ['a list that is as it should be', 'table', ['zoom.us', '*.zoom.us', 'x.com'], []],
  ['the same twice', 'table', ['zoom.us', 'x.com', 'zoom.us'], ['duplicate 2']],
  ['the same in another spelling', 'table', ['bücher.example', 'XN--BCHER-KVA.example.'], ['duplicate 1']],
  ['a name below a wildcard', 'table', ['zoom.us', '*.zoom.us', 'www.zoom.us'], ['shadowed 2']],
  ['wherever the wildcard stands', 'table', ['www.zoom.us', 'zoom.us', '*.zoom.us'], ['shadowed 0']],
  ['a wildcard below a wildcard', 'table', ['zoom.us', '*.zoom.us', '*.a.b.zoom.us'], ['shadowed 2']],
  ['a name that only ends alike is another', 'table', ['zoom.us', '*.zoom.us', 'notzoom.us'], []],
  ['a wildcard without its root', 'table', ['*.zoom.us'], ['root-missed 0']],
  ['in the other reading it has one', 'root-too', ['*.zoom.us'], []],
  ['and there a root is too much', 'root-too', ['zoom.us', '*.zoom.us'], ['shadowed 0']],
  ['and a name below a name is not', 'root-too', ['zoom.us', 'www.zoom.us'], []],
  ['an ending within a label', 'text-suffix', ['zoom.us', 'notzoom.us', '*.zoom.us'], ['shadowed 1', 'shadowed 2']],
  ['an ending at a label', 'text-suffix', ['zoom.us', '*.b.us', 'a.b.us'], ['root-missed 1', 'shadowed 2']],
  ['a suffix has all below it', 'suffix', ['zoom.us', 'www.zoom.us', 'x.com'], ['shadowed 1']],
  ['and * has all', 'suffix', ['zoom.us', '*'], ['shadowed 0']],
  ['a wildcard is none', 'suffix', ['*.zoom.us'], ['never-matches 0']],
  ['one level is not all below', 'one-level', ['zoom.us', 'www.zoom.us'], []],
  ['but * is', 'one-level', ['zoom.us', '*', '*'], ['duplicate 2', 'shadowed 0']],
] as ReadonlyArray<readonly [string, DomainReading, readonly string[], readonly string[]]>) {
  void t.test(`${reading}: ${sentence}`, async (t) => t.strictSame(said(texts, reading), expected))
}

void t.test('the sentences name the other entry', async (t) => {
  t.match(lintDomains(rulesOf(['*.zoom.us', 'zoom.us', 'zoom.us', 'www.zoom.us', '*.x.us']), 'table'), [
    { severity: 'warning', sentence: '`zoom.us` says the same as 1' },
    { severity: 'warning', sentence: '`www.zoom.us` makes no difference: `*.zoom.us` (0) covers it' },
    { severity: 'hint', sentence: '`*.x.us` does not cover x.us itself, and nothing else in the list does' },
  ])
})

void t.test('without what is shadowed the list says the same, and without any other entry it does not', async () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
    .map((labels) => labels.join('.'))
  const entry = fc.tuple(fc.constantFrom('', '', '*.'), name).map(([wild, text]) => wild + text)
  for (const reading of ['table', 'root-too', 'text-suffix', 'suffix', 'one-level'] as const) {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (texts) => {
        const idle = new Set(
          lintDomains(rulesOf(texts), reading).flatMap(({ kind, rule }) => (kind === 'root-missed' ? [] : [rule.path])),
        )
        const kept = texts.filter((_, index) => !idle.has(String(index)))
        const hosts = texts.flatMap((text) => {
          const host = text.replace('*.', '')
          return [host, `z.${host}`, `y.z.${host}`, `z${host}`]
        })
        const covered = (list: readonly string[]) => {
          const matcher = new DomainMatcher(list, reading)
          return hosts.map((host) => matcher.match(host) !== -1).join()
        }
        const all = covered(texts)
        return covered(kept) === all && kept.every((one) => covered(kept.filter((other) => other !== one)) !== all)
      }),
      { numRuns: 500 },
    )
  }
})

void t.test('50,000 entries take no time', async (t) => {
  const texts = Array.from(
    { length: 50_000 },
    (_, index) => `${index % 2 ? '*.' : ''}h${index}.a${index % 100}.example`,
  )
  const started = process.hrtime.bigint()
  t.equal(lintDomains(rulesOf(texts), 'table').length, 25_000)
  t.ok(process.hrtime.bigint() - started < 2_000_000_000n, 'under two seconds')
})
