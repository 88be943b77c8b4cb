import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { oldConfiguration } from '../../../scripts/logs/whatif-old.js'
import { defaultTexts, writeTexts } from '../../support/config-files.js'
import { zipOf } from '../../support/zip.js'

const TEXTS = defaultTexts()
const EXCEPTIONS = JSON.stringify({ names: ['only.example'], ips: [] })

type Entries = Readonly<Record<string, string>>

/** A Save Logs bundle with a log in it. */
async function bundle(t: Test, entries: Entries, name = 'bundle.zip'): Promise<string> {
  const path = join(t.testdir(), name)
  const all = { 'Logs/nsdebuglog.log': 'a log', ...entries }
  await writeFile(path, zipOf(Object.entries(all).map(([name, text]) => ({ name, content: Buffer.from(text) }))))
  return path
}

const CLIENT_FILES = {
  'nsconfig.json': TEXTS['nsconfig.json'],
  'nssteering.json': TEXTS['nssteering.json'],
  'nsexception.json': EXCEPTIONS,
  'nsbypass.json': TEXTS['nsbypass.json'],
}

void t.test('the directory that is named', async (t) => {
  const directory = join(t.testdir(), 'old')
  await writeTexts(directory, { ...TEXTS, 'nsexception.json': EXCEPTIONS })
  const found = await oldConfiguration(directory, ['/nowhere'])
  t.match(found, { place: directory, notes: [], configuration: { exceptions: { names: ['only.example'] } } })
  await t.rejects(oldConfiguration(join(directory, 'none'), []), { code: 'no-config', exitCode: 2 })
})

void t.test('the files of a bundle, without the branding, wherever they lie', async (t) => {
  for (const [folder, entries] of [
    ['', CLIENT_FILES],
    ['Logs/', CLIENT_FILES],
  ] as const) {
    const placed = Object.fromEntries(Object.entries(entries).map(([name, text]) => [folder + name, text]))
    const path = await bundle(t, placed)
    t.match(await oldConfiguration(undefined, [path]), {
      place: path,
      notes: [],
      configuration: { exceptions: { names: ['only.example'] } },
    })
  }
})

void t.test('what stands for a file that is not there, or is read in another way, is told', async (t) => {
  const { 'nsconfig.json': _, ...without } = CLIENT_FILES
  const steering = JSON.stringify({ ...JSON.parse(TEXTS['nssteering.json']), traffic_mode: 'everything' })
  const cases: [entries: Entries, note: RegExp][] = [
    [without, /bundle\.zip has no nsconfig\.json; that of a new home stands for it$/],
    [
      { ...CLIENT_FILES, 'nssteering.json': steering },
      /not all in .*: `steerlab config import .* --dry-run` says what$/,
    ],
  ]
  for (const [entries, note] of cases) {
    const { configuration, notes } = await oldConfiguration(undefined, [await bundle(t, entries)])
    t.ok(configuration)
    t.match(notes, [note])
    t.equal(notes.length, 1)
  }
  const unused = { ...CLIENT_FILES, 'nsdeviceid.json': '{}' }
  t.strictSame((await oldConfiguration(undefined, [await bundle(t, unused)])).notes, [], 'a file that decides nothing')
})

void t.test('an unpacked bundle too', async (t) => {
  const directory = t.testdir()
  await mkdir(join(directory, 'Logs'))
  await writeFile(join(directory, 'Logs', 'nsdebuglog.log'), 'a log')
  await writeTexts(directory, CLIENT_FILES)
  t.match(await oldConfiguration(undefined, [directory]), { place: directory, notes: [] })
})

void t.test('none: a plain log, standard input, a bundle of logs alone', async (t) => {
  const plain = join(t.testdir(), 'nsdebuglog.log')
  await writeFile(plain, 'a log')
  for (const path of [plain, '-', '/nowhere', await bundle(t, {})])
    t.strictSame(await oldConfiguration(undefined, [path]), { notes: [] }, path)
})

void t.test('one that cannot be used is a note', async (t) => {
  const cases: [entries: Entries, note: RegExp][] = [
    [{ 'nsexception.json': EXCEPTIONS }, /nssteering\.json: is missing/],
    [{ ...CLIENT_FILES, 'nsexception.json': '{"names":' }, /nsexception\.json:1:\d+: not JSON/],
    [{ 'nssteering.json.enc': 'x' }, /encrypted/],
  ]
  for (const [entries, note] of cases) {
    const { configuration, notes } = await oldConfiguration(undefined, [await bundle(t, entries)])
    t.equal(configuration, undefined)
    t.match(notes, [note])
    t.equal(notes.length, 1)
  }
})

void t.test('of two nobody knows which', async (t) => {
  const paths = ['a', 'b'].map((name) => join(t.testdirName, name))
  t.testdir()
  for (const path of paths) await writeTexts(path, { ...TEXTS, ...CLIENT_FILES })
  const { configuration, notes } = await oldConfiguration(undefined, paths)
  t.equal(configuration, undefined)
  t.match(notes, [/a and .*b both hold a configuration: name one with --old$/])
  t.match(await oldConfiguration(paths[1], paths), { place: paths[1], notes: [] })
})
