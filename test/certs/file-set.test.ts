/** A set of files changes as a whole, whoever else makes or breaks it at the same time. */

import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ensureFileSet, type FileSetPlan, type Files } from '../../certs/file-set.js'

/** A set of one file that holds who made it; `wanted` decides which are good. */
function plan(
  directory: string,
  maker: string,
  wanted: (made: string) => boolean = () => true,
): FileSetPlan<string> & { made: number } {
  const self = {
    made: 0,
    directory,
    name: 'set',
    read: (files: Files) => {
      const made = files.get('maker')?.toString()
      return made !== undefined && files.has('other') && wanted(made) ? made : undefined
    },
    make: async () => {
      self.made++
      return new Map<string, string | Buffer>([
        ['maker', maker],
        ['other', Buffer.of(1, 2, 3)],
      ])
    },
    copies: (made: string) => new Map([[join(directory, 'copies', 'maker'), made]]),
  }
  return self
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

void t.test('a set is made once, private, with its copy', async (t) => {
  const directory = join(t.testdir(), 'new', 'place')
  const first = plan(directory, 'a')
  t.equal(await ensureFileSet(first), 'a')
  const second = plan(directory, 'b')
  t.equal(await ensureFileSet(second), 'a', 'the second finds what the first made')
  t.strictSame([first.made, second.made], [1, 0])
  t.strictSame((await readdir(directory)).sort(), ['copies', 'set-1'], 'nothing else is left')
  t.equal(await modeOf(directory), '700')
  t.equal(await modeOf(join(directory, 'set-1')), '700')
  t.equal(await modeOf(join(directory, 'set-1', 'maker')), '600')
  t.equal(await modeOf(join(directory, 'copies', 'maker')), '600')
})

void t.test('many that start at once get the same set', async (t) => {
  const directory = t.testdir()
  const found = await Promise.all(Array.from({ length: 20 }, (_, n) => ensureFileSet(plan(directory, `maker ${n}`))))
  t.equal(new Set(found).size, 1, found.join())
  t.equal(await readFile(join(directory, 'copies', 'maker'), 'utf8'), found[0])
  t.strictSame((await readdir(directory)).sort(), ['copies', 'set-1'])
})

void t.test('a set that no longer serves is replaced as a whole, and once', async (t) => {
  const directory = t.testdir()
  await ensureFileSet(plan(directory, 'old'))
  const isNew = (made: string) => made.startsWith('new')
  const found = await Promise.all(
    Array.from({ length: 8 }, (_, n) => ensureFileSet(plan(directory, `new ${n}`, isNew))),
  )
  t.equal(new Set(found).size, 1, found.join())
  t.strictSame((await readdir(directory)).sort(), ['copies', 'set-2'], 'the old generation is gone')
  t.equal(await readFile(join(directory, 'copies', 'maker'), 'utf8'), found[0])
})

void t.test('the maker gets what is left of a broken set', async (t) => {
  const directory = t.testdir()
  await ensureFileSet(plan(directory, 'old'))
  await rm(join(directory, 'set-1', 'other'))
  let left: string[] = []
  const again = plan(directory, 'again')
  const found = await ensureFileSet({
    ...again,
    make: (old) => {
      left = [...old.keys()]
      return again.make(old)
    },
  })
  t.equal(found, 'again')
  t.strictSame(left, ['maker'])
})

void t.test('a copy that was changed, opened to others or removed is put right', async (t) => {
  const directory = t.testdir()
  const copy = join(directory, 'copies', 'maker')
  await ensureFileSet(plan(directory, 'a'))
  const harms: readonly [string, () => Promise<void>][] = [
    ['changed', () => writeFile(copy, 'tampered')],
    ['opened', () => chmod(copy, 0o644)],
    ['removed', () => rm(copy)],
  ]
  for (const [harm, doHarm] of harms) {
    await doHarm()
    await ensureFileSet(plan(directory, 'b'))
    t.equal(await readFile(copy, 'utf8'), 'a', harm)
    t.equal(await modeOf(copy), '600', harm)
  }
})

void t.test('other entries of the directory do no harm', async (t) => {
  const directory = t.testdir({ 'set-notes': 'mine', 'set-': 'mine', '.new-set.gone': {} })
  t.equal(await ensureFileSet(plan(directory, 'a')), 'a')
  t.ok((await readdir(directory)).includes('set-1'))
})

void t.test('a set that nobody accepts ends with an error, not a loop', async (t) => {
  const never = plan(t.testdir(), 'a', () => false)
  await t.rejects(ensureFileSet(never), { code: 'file-set-contended' })
  t.ok(never.made < 20)
})

void t.test('a directory that cannot be made is the mistake of the user', async (t) => {
  const directory = join(t.testdir({ file: '' }), 'file', 'below')
  await t.rejects(ensureFileSet(plan(directory, 'a')), { code: 'home-unusable', exitCode: 2 })
})

void t.test('an error of the maker comes through and leaves nothing behind', async (t) => {
  const directory = t.testdir()
  await mkdir(join(directory, 'copies'))
  const failing = { ...plan(directory, 'a'), make: () => Promise.reject(new Error('no luck')) }
  await t.rejects(ensureFileSet(failing), { message: 'no luck' })
  t.strictSame(await readdir(directory), ['copies'])
})
