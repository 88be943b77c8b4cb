import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fileAt, filesBelow, filesInZip } from '../../../scripts/config/found-files.js'
import { zipOf } from '../../support/zip.js'

void t.test('the files of a directory and below it, highest first; links to folders are not followed', async (t) => {
  const directory = t.testdir({ deep: { er: { 'c.json': 'c' }, 'b.json': 'b' }, 'a.json': 'a' })
  symlinkSync('.', join(directory, 'deep', 'round'))
  symlinkSync('a.json', join(directory, 'link.json'))
  const files = await filesBelow(directory)
  const paths = files.map(({ path }) => path)
  t.strictSame(paths.slice(0, 2).sort(), ['a.json', 'link.json'])
  t.strictSame(paths.slice(2).sort(), ['deep/b.json', 'deep/er/c.json', 'deep/round'])
  t.equal(await files.find(({ path }) => path === 'link.json')?.text(), 'a')
  await t.rejects(files.find(({ path }) => path === 'deep/round')!.text(), { code: 'config-unreadable', exitCode: 2 })
})

void t.test('texts without their mark, in UTF-8 and as PowerShell writes them', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'x.json')
  for (const bytes of [
    Buffer.from('{"\u00e4":1}'),
    Buffer.from('\ufeff{"\u00e4":1}'),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"\u00e4":1}', 'utf16le')]),
  ]) {
    writeFileSync(path, bytes)
    t.equal(await fileAt(path).text(), '{"\u00e4":1}')
  }
})

void t.test("what is missing, too large or damaged is the user's mistake", async (t) => {
  const directory = t.testdir()
  await t.rejects(fileAt(join(directory, 'none')).text(), { code: 'config-not-found', exitCode: 2 })
  await t.rejects(filesBelow(join(directory, 'none')), { code: 'config-not-found', exitCode: 2 })
  await t.rejects(fileAt('/dev/zero').text(), { code: 'config-unreadable', message: /larger than any configuration/ })
  const archive = join(directory, 'x.zip')
  const entry = { name: 'a/x.json', content: '{"a": 1}' }
  writeFileSync(archive, zipOf([entry, { ...entry, name: 'y.json', crc: 1 }, { name: 'z.txt', content: '' }]))
  const files = await filesInZip(archive, (path) => path.endsWith('json'))
  t.strictSame(
    files.map(({ path }) => path),
    ['a/x.json', 'y.json'],
  )
  t.equal(await files[0]!.text(), '{"a": 1}')
  await t.rejects(files[1]!.text(), { code: 'config-damaged', exitCode: 2 })
})
