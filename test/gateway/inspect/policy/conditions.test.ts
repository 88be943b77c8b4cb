import t from 'tap'
import { conditionsOf, type ReadFacts } from '../../../../gateway/inspect/policy/conditions.js'
import { policyFileSchema } from '../../../../gateway/inspect/policy/policy-file.js'
import { policyFacts } from '../../../support/gateway-policy.js'

/** What the conditions of a rule say of a request. */
function said(condition: object, facts: Partial<ReadFacts>): readonly (string | undefined)[] {
  const { rules } = policyFileSchema.parse({ rules: [{ name: 'x', action: 'block', ...condition }] })
  return conditionsOf(rules[0]!).map((holds) => holds({ ...policyFacts(), ...facts }))
}

/** A condition, facts for which it holds, what it says, and facts for which it does not. */
const CASES: readonly (readonly [object, Partial<ReadFacts>, string, readonly Partial<ReadFacts>[]])[] = [
  [
    { users: ['Ann@acme.com'] },
    { user: 'ANN@acme.com' },
    'user ANN@acme.com',
    [{ user: 'joann@acme.com' }, { user: '' }],
  ],
  [
    { users: ['bob@x.example', '*@acme.com'] },
    {},
    'user ann@acme.com is like *@acme.com',
    [{ user: 'ann@acme.com.example' }, { user: 'ann@notacme.com' }],
  ],
  [{ processes: ['CHROME.exe'] }, {}, 'process chrome.exe', [{ process: 'chrome' }, { process: 'unknown' }]],
  [
    { processes: ['python*'] },
    { process: 'Python3.11' },
    'process Python3.11 is like python*',
    [{ process: 'xpython' }],
  ],
  [{ hosts: ['upload.box.com'] }, {}, 'host upload.box.com', [{ host: 'box.com' }, { host: 'a.upload.box.com' }]],
  [{ hosts: ['*.box.com'] }, {}, 'host upload.box.com is covered by *.box.com', [{ host: 'notbox.com' }, { host: '' }]],
  [{ hosts: ['*.box.com'] }, { host: 'box.com' }, 'host box.com is covered by *.box.com', [{ host: 'com' }]],
  [{ categories: ['cloud storage'] }, {}, 'category Cloud Storage', [{ category: 'uncategorized' }]],
  [{ categories: ['Cloud*'] }, {}, 'category Cloud Storage is like Cloud*', [{ category: 'My Cloud' }]],
  [{ methods: ['post', 'PUT'] }, { method: 'PUT' }, 'method PUT', [{ method: 'GET' }, { method: 'PUTS' }]],
  [{ paths: ['/api'] }, { path: '/api/x' }, 'path /api/x begins with /api', [{ path: '/x/api' }, { path: '/API' }]],
  [
    { paths: ['/*.exe'] },
    { path: '/a/b.exe' },
    'path /a/b.exe is like /*.exe',
    [{ path: '/a/b.exe.txt' }, { path: '/b.EXE' }],
  ],
  [{ paths: ['/a%20b'] }, { path: '/a%20b' }, 'path /a%20b begins with /a%20b', [{ path: '/a+b' }]],
  [{ paths: ['/a%20b'] }, { path: '/a b/c' }, 'path /a b/c begins with /a%20b', [{ path: '/a' }]],
  [
    { paths: ['/admin'] },
    { path: '/admin', sentAs: '/%61dmin' },
    'path /admin, sent as /%61dmin, begins with /admin',
    [{ path: '/' }],
  ],
  [
    { contentTypes: ['Video/*'] },
    { contentType: 'video/mp4' },
    'content type video/mp4 is like Video/*',
    [{ contentType: '' }, { contentType: 'text/video' }],
  ],
  [{ contentTypes: ['*/*'] }, { contentType: 'a/b' }, 'content type a/b is like */*', [{ contentType: '' }]],
  [{ minBytes: 10 }, { bytes: 10 }, '10 bytes are at least 10', [{ bytes: 9 }, { bytes: undefined }]],
  [{ maxBytes: 10 }, { bytes: 10 }, '10 bytes are at most 10', [{ bytes: 11 }, { bytes: undefined }]],
  [{ maxBytes: 0 }, { bytes: 0 }, '0 bytes are at most 0', [{ bytes: 1 }, { bytes: undefined }]],
  [
    { minBytes: 10, maxBytes: 20 },
    { bytes: 15 },
    '15 bytes are at least 10 and at most 20',
    [{ bytes: 9 }, { bytes: 21 }, { bytes: undefined }],
  ],
]

for (const [condition, holding, words, others] of CASES) {
  void t.test(`${JSON.stringify(condition)}: ${words}`, (t) => {
    t.strictSame(said(condition, holding), [words])
    for (const facts of others) t.strictSame(said(condition, facts), [undefined], `not ${JSON.stringify(facts)}`)
    t.end()
  })
}

void t.test('conditions speak in one order, and a rule without any has none', (t) => {
  const rule = { maxBytes: 9, methods: ['GET'], hosts: ['*.box.com'], users: ['ann@acme.com'] }
  t.strictSame(said(rule, {}), [
    'user ann@acme.com',
    'host upload.box.com is covered by *.box.com',
    'method GET',
    '0 bytes are at most 9',
  ])
  t.strictSame(said({}, {}), [])
  t.end()
})

void t.test('what a client sends is shown in part', (t) => {
  const [words = ''] = said({ paths: ['/a'] }, { path: `/${'a'.repeat(60_000)}` })
  t.ok(words.length < 200, `${words.length} characters`)
  t.end()
})
