import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { zippedFiles } from '../../../scripts/logs/zip-entries.js'
import { textOfChunks } from '../../support/text-of-chunks.js'
import { type ZipEntry, zipOf } from '../../support/zip.js'

function written(t: Test, entries: readonly ZipEntry[]): string {
  const path = join(t.testdir(), 'bundle.zip')
  writeFileSync(path, zipOf(entries))
  return path
}

void t.test('the wanted files, by their path in the archive, as often as they are read', async (t) => {
  const archive = written(t, [
    { name: 'a/one.json', content: '{}' },
    { name: 'two.json', content: '[]', method: 0 },
    { name: 'three.txt', content: 'x', flags: 1 },
  ])
  const files = await zippedFiles(archive, 'config', (path) => path.endsWith('.json'))
  t.strictSame(
    files.map(({ path, name }) => [path, name]),
    [
      ['a/one.json', `${archive}:a/one.json`],
      ['two.json', `${archive}:two.json`],
    ],
  )
  for (const text of ['{}', '{}']) t.equal(await textOfChunks(files[0]!.open()), text)
  t.equal(await textOfChunks(files[1]!.open()), '[]')
})

void t.test('faults carry the kind of file they are about', async (t) => {
  const all = () => true
  for (const kind of ['log', 'config'] as const) {
    const locked = written(t, [{ name: 'a', content: 'x', flags: 1 }])
    await t.rejects(zippedFiles(locked, kind, all), { code: `${kind}-unreadable`, message: /is encrypted: unpack it/ })
    const odd = written(t, [{ name: 'a', content: 'x', method: 9 }])
    await t.rejects(zippedFiles(odd, kind, all), { code: `${kind}-unreadable`, message: /compression method 9/ })
    const [wrong] = await zippedFiles(written(t, [{ name: 'a', content: 'abc', crc: 1 }]), kind, all)
    await t.rejects(textOfChunks(wrong!.open()), { code: `${kind}-damaged`, exitCode: 2 })
    writeFileSync(locked, 'PK\x03\x04 and no more')
    await t.rejects(zippedFiles(locked, kind, all), { code: `${kind}-damaged`, message: /is a broken zip/ })
  }
})
