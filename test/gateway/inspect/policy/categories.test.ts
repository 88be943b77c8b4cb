import fc from 'fast-check'
import t from 'tap'
import { categoryDomains, KNOWN_CATEGORIES } from '../../../../agent/config/compile/web-categories.js'
import { categoriesFileSchema, compileCategories } from '../../../../gateway/inspect/policy/categories.js'
import { ZONE } from '../../../../scripts/lab/zone.js'

const byDefault = compileCategories(undefined)

/** The categories of a file past its schema. */
const ofFile = (categories: object) => compileCategories(categoriesFileSchema.parse({ categories }))

for (const [host, category] of [
  ['box.com', 'Cloud Storage'],
  ['UPLOAD.box.com.', 'Cloud Storage'],
  ['drive.google.com', 'Cloud Storage'],
  ['mail.google.com', 'Webmail'],
  ['www.google.com', 'Search Engines'],
  ['teams.microsoft.com', 'Collaboration'],
  ['www.microsoft.com', 'Technology'],
  ['chatgpt.com', 'Generative AI'],
  ['us04web.zoom.us', 'Web Conferencing'],
  ['meet.google.com', 'Web Conferencing'],
  ['open.spotify.com', 'Streaming Audio'],
  ['www.paypal.com', 'Finance/Accounting'],
  ['notbox.com', 'uncategorized'],
  ['mail.google.com.evil.example', 'uncategorized'],
  ['10.0.0.1', 'uncategorized'],
  ['', 'uncategorized'],
] as const) {
  void t.test(`${host || 'no host'} is ${category}`, (t) => {
    t.equal(byDefault.categoryOf(host), category)
    t.end()
  })
}

void t.test('every host of the lab has a category', (t) => {
  for (const host of new Set(ZONE.map(({ name }) => name)))
    t.not(byDefault.categoryOf(host), 'uncategorized', `${host}: ${byDefault.categoryOf(host)}`)
  t.end()
})

void t.test('no host of a category that the client knows is in another at the gateway', (t) => {
  for (const name of KNOWN_CATEGORIES)
    for (const domain of categoryDomains({ name })) {
      const category = byDefault.categoryOf(`www.${domain}`)
      t.ok(categoryDomains({ name: category }).includes(domain), `${domain}: ${category}`)
    }
  t.end()
})

void t.test('a file goes before the built-in ones, and leaves the rest', (t) => {
  const { categoryOf, names } = ofFile({
    Ours: ['*.google.com', 'wiki.corp.example', '10.0.0.1'],
    'Ours too': ['docs.google.com', 'google.com', '*.corp.example'],
  })
  for (const [host, category] of [
    ['drive.google.com', 'Ours'],
    ['docs.google.com', 'Ours too'],
    ['google.com', 'Ours too'],
    ['wiki.corp.example', 'Ours'],
    ['www.corp.example', 'Ours too'],
    ['10.0.0.1', 'Ours'],
    ['box.com', 'Cloud Storage'],
    ['corp.example.com', 'Reference'],
  ] as const)
    t.equal(categoryOf(host), category, host)
  t.ok(names.has('Ours') && names.has('Ours too') && names.has('Cloud Storage'))
  t.end()
})

void t.test('the names are those that some host has', (t) => {
  t.ok(byDefault.names.has('Streaming Audio'))
  t.notOk(byDefault.names.has('Streaming & Downloadable Audio'), 'its hosts are in another')
  t.notOk(ofFile({ Empty: [] }).names.has('Empty'))
  t.notOk(byDefault.names.has('uncategorized'))
  t.end()
})

void t.test('no host makes it throw', (t) => {
  const hosts = fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.constantFrom('__proto__', 'constructor'))
  fc.assert(fc.property(hosts, (host) => typeof byDefault.categoryOf(host) === 'string'))
  t.end()
})
