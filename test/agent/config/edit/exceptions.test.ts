import fc from 'fast-check'
import t from 'tap'
import { checkFile } from '../../../../agent/config/check.js'
import { editLists } from '../../../../agent/config/edit/edit.js'
import { addException, type ExceptionKind, removeException } from '../../../../agent/config/edit/exceptions.js'
import type { FileValue } from '../../../../agent/config/edit/file-value.js'

const PLAIN: ExceptionKind = { kind: 'destination', local: false }
const LOCAL: ExceptionKind = { kind: 'destination', local: true }
const dns = (...types: readonly string[]): ExceptionKind => ({ kind: 'dns', types })
const ALL_DNS: ExceptionKind = { kind: 'dns' }
const category = (name: string): ExceptionKind => ({ kind: 'category', name })
const app = (name: string, exceptDns = false): ExceptionKind => ({ kind: 'application', name, exceptDns })

const add = (file: FileValue, kind: ExceptionKind, entry?: string) => editLists(file, [], [addException(kind, entry)])
const remove = (file: FileValue, kind: ExceptionKind, entry?: string) =>
  editLists(file, [], [removeException(kind, entry)])

/** A list before and after, and the edit; undefined = nothing to do. */
type Case = readonly [
  key: string,
  list: unknown[],
  edit: typeof add,
  kind: ExceptionKind,
  entry: string | undefined,
  after: unknown[] | undefined,
]

const ip = (value: string, type = 'ip') => ({ type, value })
const CASES: readonly Case[] = [
  ['names', ['a.example'], add, PLAIN, '*.a.example', ['a.example', '*.a.example']],
  ['names', ['a.example'], add, PLAIN, 'A.Example.', undefined],
  ['names', ['*.xn--bcher-kva.example'], add, PLAIN, '*.b\u00fccher.example', undefined],
  ['names', ['a.example', 'A.example', 'b'], remove, PLAIN, 'a.example', ['b']],
  ['names', ['a.example'], remove, PLAIN, '*.a.example', undefined],
  ['ips', [], add, PLAIN, '2001:db8::/32', [ip('2001:db8::/32')]],
  ['ips', [ip('10.0.0.0/8')], add, PLAIN, '10.0.0.0-10.255.255.255', undefined],
  ['ips', [ip('10.0.0.0/8')], add, LOCAL, '10.0.0.0/8', [ip('10.0.0.0/8'), ip('10.0.0.0/8', 'local')]],
  ['ips', [ip('10.0.0.0/8', 'my-local-type')], add, LOCAL, '10.0.0.0/8', undefined],
  ['ips', [], add, PLAIN, 'Local IP address range', [ip('Local IP address range', 'local')]],
  ['ips', [ip('1.1.1.1'), ip('1.1.1.1', 'local')], remove, PLAIN, '1.1.1.1', []],
  ['ips', [ip('1.1.1.1'), ip('1.1.1.1', 'local')], remove, LOCAL, '1.1.1.1', [ip('1.1.1.1')]],
  ['ips', [ip('1.1.1.1')], remove, PLAIN, '1.1.1.2', undefined],
  ['source_locations', [], add, { kind: 'source' }, '10.20.0.0/16', ['10.20.0.0/16']],
  ['source_locations', ['10.20.0.0/16'], remove, { kind: 'source' }, '10.20.1.0/16', []],
  ['source_countries', ['DE'], add, { kind: 'country' }, 'fr', ['DE', 'FR']],
  ['source_countries', ['DE'], add, { kind: 'country' }, 'de', undefined],
  ['source_countries', ['DE'], remove, { kind: 'country' }, 'de', []],
  ['dns', [], add, ALL_DNS, '*.a.example', [{ domain: '*.a.example' }]],
  ['dns', [], add, dns('A'), '10.0.0.0/8', [{ domain: '10.0.0.0/8', types: ['A'] }]],
  ['dns', [{ domain: 'a' }], add, dns('A'), 'a', undefined],
  ['dns', [{ domain: 'a', types: ['A'] }], add, dns('A', 'MX'), 'a', [{ domain: 'a', types: ['A', 'MX'] }]],
  ['dns', [{ domain: 'a', types: ['A'] }, { domain: 'b' }], add, ALL_DNS, 'a', [{ domain: 'b' }, { domain: 'a' }]],
  ['dns', [{ domain: 'a', types: ['A', 'MX'] }], remove, dns('A'), 'a', [{ domain: 'a', types: ['MX'] }]],
  ['dns', [{ domain: 'a', types: ['A'] }], remove, dns('A'), 'a', []],
  ['dns', [{ domain: 'a', types: ['A'] }], remove, dns('MX'), 'a', undefined],
  ['dns', [{ domain: 'a', types: ['A'] }, { domain: 'a' }], remove, ALL_DNS, 'a', []],
  ['categories', [], add, category('Pets'), undefined, [{ name: 'Pets', domains: [] }]],
  [
    'categories',
    [{ name: 'Pets' }],
    add,
    category('pets'),
    'cat.example',
    [{ name: 'Pets', domains: ['cat.example'] }],
  ],
  ['categories', [{ name: 'Pets' }], add, category('pets'), undefined, undefined],
  ['categories', [{ name: 'P', domains: ['a', 'b'] }], remove, category('P'), 'a', [{ name: 'P', domains: ['b'] }]],
  ['categories', [{ name: 'P', domains: ['a'] }], remove, category('P'), 'a', []],
  [
    'categories',
    [{ name: 'Web Conferencing', domains: ['a'] }],
    remove,
    category('Web Conferencing'),
    'a',
    [{ name: 'Web Conferencing', domains: [] }],
  ],
  ['categories', [{ name: 'P', domains: ['a'] }], remove, category('P'), undefined, []],
  ['categories', [{ name: 'P', domains: ['a'] }], remove, category('P'), 'c', undefined],
  ['categories', [{ name: 'P', domains: ['a'] }], remove, category('Q'), undefined, undefined],
  ['applications', [], add, app('Z'), 'z', [{ name: 'Z', domains: ['z'], action: 'bypass' }]],
  ['applications', [], add, app('Z', true), 'z', [{ name: 'Z', domains: ['z'], action: 'bypass-except-dns' }]],
  [
    'applications',
    [{ name: 'Z', domains: ['z'], action: 'bypass-except-dns' }],
    add,
    app('Z'),
    'y',
    [{ name: 'Z', domains: ['z', 'y'], action: 'bypass-except-dns' }],
  ],
  [
    'applications',
    [{ name: 'Z', domains: ['z'], action: 'bypass' }],
    add,
    app('Z', true),
    'z',
    [{ name: 'Z', domains: ['z'], action: 'bypass-except-dns' }],
  ],
]

void t.test('entries are added and removed by what they mean', async (t) => {
  for (const [key, list, edit, kind, entry, after] of CASES) {
    const { value, done } = edit({ [key]: list }, kind, entry)
    const sentence = `${edit.name} ${JSON.stringify(kind)} ${entry}`
    t.strictSame(value[key], after ?? list, sentence)
    t.equal(done.length, after === undefined ? 0 : 1, sentence)
  }
})

void t.test('what can be no entry is a mistake', async (t) => {
  for (const [kind, entry] of [
    [PLAIN, 'a b'],
    [PLAIN, 'https://a.example'],
    [PLAIN, '*'],
    [PLAIN, undefined],
    [LOCAL, 'a.example'],
    [{ kind: 'source' }, 'a.example'],
    [{ kind: 'country' }, 'Germany'],
    [ALL_DNS, 'a b'],
    [category('P'), 'a b'],
    [app('P'), undefined],
  ] as const) {
    t.throws(() => add({}, kind, entry), { code: 'bad-entry', exitCode: 2 }, `${JSON.stringify(kind)} ${entry}`)
  }
  t.throws(() => remove({ dns: [{ domain: 'a' }] }, dns('A'), 'a'), { code: 'all-types', exitCode: 2 })
})

void t.test('what is said of an edit', async (t) => {
  const subjects = [addException(LOCAL, '1.1.1.1'), addException(dns('A', 'MX'), 'a'), addException(category('P'), 'a')]
  t.strictSame(
    subjects.map(({ subject }) => subject),
    ['1.1.1.1 (local)', 'DNS of a (A, MX)', 'category P: a'],
  )
})

void t.test('what is added is good, there, and gone when it is removed', async () => {
  const name = fc.constantFrom('a.example', '*.a.example', 'B.example.', 'x--y.z')
  const address = fc.constantFrom('10.0.0.0/8', '::1', '10.0.0.1-10.0.0.9', '1.1.1.1')
  const kinds = fc.constantFrom(PLAIN, ALL_DNS, dns('A'), category('P'), app('Z'))
  const edits = fc.array(
    fc.oneof(
      fc.tuple(kinds, name),
      fc.tuple(fc.constantFrom(PLAIN, LOCAL, ALL_DNS, { kind: 'source' } as const), address),
    ),
    { maxLength: 8 },
  )
  const property = fc.property(edits, (entries) => {
    const empty: FileValue = { names: [], ips: [] }
    const full = editLists(
      empty,
      [],
      entries.map(([kind, entry]) => addException(kind, entry)),
    ).value
    const again = editLists(
      full,
      [],
      entries.map(([kind, entry]) => addException(kind, entry)),
    )
    const rest = entries.reduce((file, [kind, entry]) => {
      return remove(file, kind.kind === 'dns' ? ALL_DNS : kind, entry).value
    }, full)
    return (
      'value' in checkFile('nsexception.json', JSON.stringify(full)) &&
      again.done.length === 0 &&
      Object.values(rest).every((list) => Array.isArray(list) && list.length === 0)
    )
  })
  fc.assert(property, { numRuns: 500 })
})
