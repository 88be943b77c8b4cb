import t from 'tap'
import {
  checkInspection,
  compileInspection,
  DEFAULT_INSPECTION,
  INSPECTION_FILES,
  type InspectionValues,
} from '../../../../gateway/inspect/settings/inspection.js'
import { DEFAULT_INSPECT_SETTINGS } from '../../../../gateway/inspect/settings/settings.js'
import { policyFacts } from '../../../support/gateway-policy.js'

for (const file of INSPECTION_FILES) {
  void t.test(`${file} may be missing, and then says what {} says`, (t) => {
    for (const found of [{ error: 'ENOENT' }, { text: '{}' }, { text: '\ufeff{ }\r\n' }])
      t.strictSame(checkInspection(file, found), { value: DEFAULT_INSPECTION[file] })
    t.end()
  })

  void t.test(`${file} that is bad has problems`, (t) => {
    for (const [found, problem] of [
      [{ error: 'EACCES' }, `${file}: cannot be read (EACCES)`],
      [{ text: '' }, `${file}:1:1: not JSON: found the end of the file, expected a value`],
      [{ text: '{\n  "oops": 1\n}' }, `${file}:2: $.oops: found "oops", allowed is one of the keys `],
      [{ text: '[]' }, `${file}:1: $: found an empty list, allowed is an object with `],
      [{ text: '{"__proto__": {}}' }, `${file}:1: found the key "__proto__", allowed is any other`],
    ] as const) {
      const checked = checkInspection(file, found)
      t.ok('problems' in checked && checked.problems[0]?.startsWith(problem), JSON.stringify(checked))
    }
    t.end()
  })
}

for (const [text, problem] of [
  [
    '{"categories": []}',
    '$.categories: found an empty list, allowed is an object of categories, each with a list of hosts',
  ],
  ['{"categories": {"": []}}', '$.categories[""]: found "", allowed is a name of 1 to 100 characters'],
  ['{"categories": {"A": "x"}}', '$.categories.A: found "x", allowed is a list of hosts'],
  ['{"categories": {"A": ["x/"]}}', '$.categories.A[0]: found "x/", allowed is a host name, '],
] as const) {
  void t.test(`categories.json: ${problem}`, (t) => {
    const checked = checkInspection('categories.json', { text })
    t.ok(
      'problems' in checked && checked.problems[0]?.startsWith(`categories.json:1: ${problem}`),
      JSON.stringify(checked),
    )
    t.end()
  })
}

void t.test('a file of nothing but mistakes is refused like any other', (t) => {
  const mistakes = Array(200_000).fill('')
  for (const [file, value] of [
    ['policy.json', { rules: mistakes }],
    ['policy.json', { rules: [{ name: 'x', action: 'block', users: mistakes }] }],
    ['categories.json', { categories: { A: mistakes } }],
    ['inspect.json', { doNotDecrypt: { hosts: mistakes } }],
  ] as const) {
    const checked = checkInspection(file, { text: JSON.stringify(value) })
    t.ok('problems' in checked && checked.problems.length > 0 && checked.problems.length < 30, file)
  }
  t.end()
})

/** What texts say together. */
function inspectionOf(texts: Readonly<Partial<Record<keyof InspectionValues, object>>>) {
  const values = INSPECTION_FILES.map((file) => {
    const checked = checkInspection(file, { text: JSON.stringify(texts[file] ?? {}) })
    return [file, 'value' in checked ? checked.value : undefined]
  })
  return compileInspection(Object.fromEntries(values))
}

void t.test('without files everything is inspected and allowed', (t) => {
  const { settings, policy, categories, doNotDecrypt } = compileInspection(DEFAULT_INSPECTION)
  t.strictSame(settings, DEFAULT_INSPECT_SETTINGS)
  t.equal(policy.decide('upload', policyFacts()).action, 'allow')
  t.equal(categories.categoryOf('box.com'), 'Cloud Storage')
  for (const host of ['box.com', '', '10.0.0.1']) t.equal(doNotDecrypt(host), undefined, host)
  t.end()
})

void t.test('what is not to be decrypted is said by the entry', (t) => {
  const { doNotDecrypt } = inspectionOf({
    'inspect.json': {
      doNotDecrypt: {
        hosts: ['*.bank.example', '10.0.0.1', 'www.webmd.com'],
        categories: ['health', 'Streaming*', 'Ours'],
      },
    },
    'categories.json': { categories: { Ours: ['box.com'] } },
  })
  for (const [host, rule] of [
    ['bank.example', 'doNotDecrypt.hosts *.bank.example'],
    ['WWW.bank.example', 'doNotDecrypt.hosts *.bank.example'],
    ['10.0.0.1', 'doNotDecrypt.hosts 10.0.0.1'],
    ['www.webmd.com', 'doNotDecrypt.hosts www.webmd.com'],
    ['my.webmd.com', 'doNotDecrypt.categories health'],
    ['spotify.com', 'doNotDecrypt.categories Streaming*'],
    ['box.com', 'doNotDecrypt.categories Ours'],
    ['www.box.com', undefined],
    ['notbank.example', undefined],
    ['', undefined],
  ] as const)
    t.equal(doNotDecrypt(host), rule, host)
  t.end()
})

void t.test('a flow to nobody known is not decrypted where what is uncategorized is not', (t) => {
  const { doNotDecrypt } = inspectionOf({ 'inspect.json': { doNotDecrypt: { categories: ['uncategorized'] } } })
  t.equal(doNotDecrypt(''), 'doNotDecrypt.categories uncategorized')
  t.equal(doNotDecrypt('box.com'), undefined)
  t.end()
})
