import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadOffline, loadOfflineHome } from '../../../scripts/config/offline-files.js'
import { defaultTexts, writeTexts } from '../../support/config-files.js'

const TEXTS = defaultTexts()
const STEERING = TEXTS['nssteering.json']
const EXCEPTIONS = TEXTS['nsexception.json']

void t.test('a whole directory is taken as it is', async (t) => {
  const directory = t.testdir()
  await writeTexts(directory, { ...TEXTS, 'nsexception.json': `\ufeff${EXCEPTIONS}` })
  const { lines, leftOut, notes } = await loadOffline(directory)
  t.strictSame([leftOut, notes], [0, []])
  t.strictSame(
    lines.placeOf('nsexception.json', '$.names[1]'),
    { path: '$.names[1]', line: 4 },
    'byte order mark or not',
  )
})

void t.test('files that say little of steering may be missing', async (t) => {
  const directory = t.testdir()
  await writeTexts(directory, { 'nssteering.json': STEERING, 'nsexception.json': EXCEPTIONS })
  const { configuration, lines, notes } = await loadOffline(directory)
  t.strictSame(
    notes,
    ['nsbranding.json', 'nsconfig.json'].map(
      (file) => `${file} is not in ${directory}: that of a new home stands for it`,
    ),
  )
  t.equal(configuration.client.nsgw.host, 'gateway-lab.goskope.com')
  t.equal(lines.lineOf('nsexception.json', '$.names'), 2)
  t.equal(lines.lineOf('nsconfig.json', '$.nsgw'), undefined, 'what is not there has no lines')
})

void t.test('nsdomain.json is what nssteering.json was called', async (t) => {
  const directory = t.testdir()
  await writeTexts(directory, { ...TEXTS, 'nssteering.json': undefined })
  await writeFile(join(directory, 'nsdomain.json'), STEERING)
  const { configuration, lines, notes } = await loadOffline(directory)
  t.strictSame(notes, ['nsdomain.json is taken for nssteering.json'])
  t.equal(configuration.steering.traffic_mode, 'all')
  t.equal(lines.lineOf('nssteering.json', '$.traffic_mode'), 4)
})

void t.test("today's name goes before it", async (t) => {
  const directory = t.testdir()
  await writeTexts(directory, TEXTS)
  await writeFile(join(directory, 'nsdomain.json'), '{}')
  t.strictSame((await loadOffline(directory)).notes, [])
})

void t.test('what is not known is taken as config import takes it', async (t) => {
  const directory = t.testdir()
  const steering = STEERING.replace('"all"', '"cfw"')
  await writeTexts(directory, { ...TEXTS, 'nssteering.json': steering })
  const { configuration, lines, notes } = await loadOffline(directory)
  t.equal(configuration.steering.traffic_mode, 'all')
  t.strictSame(notes, ['nssteering.json $.traffic_mode: "cfw" is a word that is not public: taken as all'])
  t.equal(lines.lineOf('nssteering.json', '$.traffic_mode'), 4)
})

for (const [sentence, texts, code] of [
  ['no JSON', { ...TEXTS, 'nsexception.json': '{' }, 'config-invalid'],
  ['nothing of use', { ...TEXTS, 'nsexception.json': '[]' }, 'config-invalid'],
  ['no exceptions', { ...TEXTS, 'nsexception.json': undefined }, 'config-invalid'],
  ['no file at all', {}, 'no-config'],
] as const) {
  void t.test(`refused: ${sentence}`, async (t) => {
    const directory = t.testdir()
    await writeTexts(directory, texts)
    await t.rejects(loadOffline(directory), { code, exitCode: 2 })
  })
}

void t.test('a directory that is not there is refused', async (t) => {
  await t.rejects(loadOffline(join(t.testdir(), 'absent')), { code: 'no-config', exitCode: 2 })
})

void t.test('a home without files has those of a new one', async (t) => {
  const directory = join(t.testdir(), 'stagent')
  const { configuration, lines, notes } = await loadOfflineHome(directory)
  t.equal(configuration.steering.traffic_mode, 'all')
  t.equal(lines.lineOf('nssteering.json', '$.traffic_mode'), 4, 'with its places')
  t.strictSame(notes, [`there are no files in ${directory} yet: those of a new home are taken`])
})

void t.test('a home with files has its own', async (t) => {
  const directory = t.testdir()
  await mkdir(join(directory, 'logs'))
  await writeTexts(directory, { ...TEXTS, 'nssteering.json': STEERING.replace('"all"', '"web"') })
  const { configuration, notes } = await loadOfflineHome(directory)
  t.equal(configuration.steering.traffic_mode, 'web')
  t.strictSame(notes, [])
})

void t.test('what an agent would refuse is left out, and the rest keeps its places', async (t) => {
  const directory = t.testdir()
  const exceptions = '{"names": [\n"*apple.com",\n"box.com",\n"https://x",\n"zoom.us"\n], "ips": []}'
  await writeTexts(directory, { ...TEXTS, 'nsexception.json': exceptions })
  const { configuration, lines, leftOut } = await loadOffline(directory)
  t.strictSame([leftOut, configuration.exceptions.names], [2, ['box.com', 'zoom.us']])
  t.strictSame(lines.placeOf('nsexception.json', '$.names[0]'), { path: '$.names[1]', line: 3 })
  t.strictSame(lines.placeOf('nsexception.json', '$.names[1]'), { path: '$.names[3]', line: 5 })
})
