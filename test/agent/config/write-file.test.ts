import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createFile, replaceFile, replaceFiles } from '../../../agent/config/write-file.js'

void t.test('a file is created once', async (t) => {
  const path = join(t.testdir(), 'a.json')
  t.equal(await createFile(path, 'first'), true)
  t.equal(await createFile(path, 'second'), false, 'what is there stays')
  t.equal(await readFile(path, 'utf8'), 'first')
  t.equal((await stat(path)).mode & 0o777, 0o600, 'only the owner reads it')
  t.strictSame(await readdir(join(path, '..')), ['a.json'], 'no temporary file is left')
})

void t.test('of many creators one wins, and all see a whole file', async (t) => {
  const path = join(t.testdir(), 'a.json')
  const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000))
  const created = await Promise.all(contents.map((content) => createFile(path, content)))
  t.equal(created.filter(Boolean).length, 1)
  t.equal(await readFile(path, 'utf8'), contents[created.indexOf(true)])
})

void t.test('a file is replaced whole', async (t) => {
  const path = join(t.testdir({ 'a.json': 'old' }), 'a.json')
  await replaceFile(path, 'new')
  t.equal(await readFile(path, 'utf8'), 'new')
  t.equal((await stat(path)).mode & 0o777, 0o600)
  t.strictSame(await readdir(join(path, '..')), ['a.json'])
})

void t.test('a failure leaves nothing behind and changes nothing', async (t) => {
  const directory = t.testdir()
  await mkdir(join(directory, 'taken'))
  await writeFile(join(directory, 'taken', 'x'), '')
  await t.rejects(replaceFile(join(directory, 'taken'), 'new'), { code: /EISDIR|ENOTEMPTY/ })
  await t.rejects(replaceFile(join(directory, 'nowhere', 'a'), 'new'), { code: 'ENOENT' })
  t.strictSame(await readdir(directory), ['taken'])
})

void t.test('several files are replaced, or none of them', async (t) => {
  const directory = t.testdir({ 'a.json': 'old', 'b.json': 'old' })
  const path = (name: string) => join(directory, name)
  await t.rejects(
    replaceFiles(
      new Map([
        [path('a.json'), 'new'],
        [join(path('nowhere'), 'b.json'), 'new'],
      ]),
    ),
    { code: 'ENOENT' },
  )
  t.equal(await readFile(path('a.json'), 'utf8'), 'old', 'the first waits for the last')
  await replaceFiles(
    new Map([
      [path('a.json'), 'new'],
      [path('c.json'), 'more'],
    ]),
  )
  t.strictSame([await readFile(path('a.json'), 'utf8'), await readFile(path('c.json'), 'utf8')], ['new', 'more'])
  t.strictSame((await readdir(directory)).toSorted(), ['a.json', 'b.json', 'c.json'], 'nothing else is left')
})
