import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfiguration } from '../../../agent/config/load.js'
import { unwritable, writeImport } from '../../../scripts/config/write-import.js'
import { defaultTexts, writeTexts } from '../../support/config-files.js'

const EXCEPTIONS = { names: ['a.example'], ips: [] }

void t.test('an empty directory gets what was imported, and what must be there', async (t) => {
  const directory = join(t.testdir(), 'new')
  const files = { 'nsexception.json': EXCEPTIONS, 'nsoverlap.json': { overlappingDomainList: {} } }
  const written = await writeImport(directory, files, false)
  t.strictSame(Object.fromEntries(written.map(({ file, outcome }) => [file, outcome])), {
    'nsbranding.json': 'made',
    'nsconfig.json': 'made',
    'nssteering.json': 'made',
    'nsexception.json': 'new',
    'nsbypass.json': 'made',
    'nsoverlap.json': 'new',
  })
  t.strictSame((await loadConfiguration(directory)).exceptions.names, ['a.example'])
  t.equal(readFileSync(join(directory, 'nsexception.json'), 'utf8'), `${JSON.stringify(EXCEPTIONS, null, 2)}\n`)
  t.equal(statSync(join(directory, 'nsexception.json')).mode & 0o777, 0o600)
})

void t.test('what was there before is kept beside it; other files stay', async (t) => {
  const directory = t.testdir()
  const texts = { ...defaultTexts(), 'nsconfig.json': `${defaultTexts()['nsconfig.json']}\n\n` }
  await writeTexts(directory, texts)
  const steering = JSON.parse(texts['nssteering.json'])
  const files = { 'nsexception.json': EXCEPTIONS, 'nssteering.json': steering }
  t.strictSame(await writeImport(directory, files, false), [
    { file: 'nssteering.json', outcome: 'unchanged' },
    { file: 'nsexception.json', outcome: 'replaced' },
  ])
  t.equal(readFileSync(join(directory, 'nsexception.json.old'), 'utf8'), texts['nsexception.json'])
  t.equal(readFileSync(join(directory, 'nsconfig.json'), 'utf8'), texts['nsconfig.json'])
  t.notOk(existsSync(join(directory, 'nssteering.json.old')))
})

void t.test('a dry run, and a result that would not load, write nothing', async (t) => {
  const directory = t.testdir()
  const made = await writeImport(join(directory, 'new'), { 'nsexception.json': EXCEPTIONS }, true)
  t.equal(made.length, 5)
  t.notOk(existsSync(join(directory, 'new')))
  await writeTexts(directory, { ...defaultTexts(), 'nsconfig.json': '{}' })
  const before = readdirSync(directory)
  await t.rejects(writeImport(directory, { 'nsexception.json': EXCEPTIONS }, false), {
    code: 'config-invalid',
    exitCode: 2,
    message: /^nothing is imported, because it would not load\. The configuration in .*\nnsconfig\.json:1: \$\.nsgw/,
  })
  t.strictSame(readdirSync(directory), before)
  t.equal(readFileSync(join(directory, 'nsexception.json'), 'utf8'), defaultTexts()['nsexception.json'])
  await t.rejects(writeImport(directory, { 'nsconfig.json': { nsgw: 1 } }, false), { code: 'config-invalid' })
})

void t.test("a place that cannot be written to is the user's mistake", async (t) => {
  const file = join(t.testdir({ file: '' }), 'file')
  writeFileSync(file, '')
  await t.rejects(writeImport(join(file, 'below'), { 'nsexception.json': EXCEPTIONS }, false), {
    code: 'config-unreadable',
    message: /\(ENOTDIR\)$/,
  })
  t.match(unwritable('/x', { code: 'EROFS' }), { code: 'config-unwritable', message: 'cannot write to /x (EROFS)' })
})
