/** Files that are renamed and written while they are opened. */

import { mkdirSync, readSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { closeAll, type OpenedFiles, openRotated, wholeLines } from '../../../../agent/diag/bundle/open-rotated.js'

const isLog = (name: string): boolean => name.endsWith('.log')

function textsOf({ files }: OpenedFiles): string[] {
  return files.map((file) => {
    const bytes = Buffer.alloc(wholeLines(file))
    readSync(file.descriptor, bytes, 0, bytes.length, 0)
    return `${file.name} ${bytes}`
  })
}

function opened(directory: string): OpenedFiles {
  const found = openRotated(directory, isLog)
  t.teardown(() => closeAll(found.files))
  return found
}

void t.test('all files of each log, the newest first, up to the last whole line', async (t) => {
  const directory = t.testdir({
    'a.log': 'six\nsev',
    'a.1.log': 'five\n',
    'a.2.log': 'one\ntwo',
    'b.log': 'b\n',
    'other.txt': 'x',
    '.log': 'x',
  })
  t.strictSame(textsOf(opened(directory)), ['a.log six\n', 'a.1.log five\n', 'a.2.log one\n', 'b.log b\n'])
})

void t.test('they stay the files they were when they are renamed and written on', async (t) => {
  const directory = t.testdir({ 'a.log': 'two\n', 'a.1.log': 'one\n' })
  const found = opened(directory)
  writeFileSync(join(directory, 'a.log'), 'more\n', { flag: 'a' })
  renameSync(join(directory, 'a.1.log'), join(directory, 'a.2.log'))
  renameSync(join(directory, 'a.log'), join(directory, 'a.1.log'))
  writeFileSync(join(directory, 'a.log'), 'three\n')
  t.strictSame(textsOf(found), ['a.log two\n', 'a.1.log one\n'])
})

void t.test('just after a rotation there is no newest: the numbers begin where the files do', async (t) => {
  const directory = t.testdir({ 'a.1.log': 'two\n', 'a.3.log': 'one\n' })
  t.strictSame(textsOf(opened(directory)), ['a.1.log two\n', 'a.2.log one\n'])
})

void t.test('links, directories and pipes are not followed and not waited for', async (t) => {
  const directory = t.testdir({ real: 'secret\n', 'ok.log': 'ok\n' })
  symlinkSync(join(directory, 'real'), join(directory, 'link.log'))
  mkdirSync(join(directory, 'folder.log'))
  const found = opened(directory)
  t.strictSame(textsOf(found), ['ok.log ok\n'])
  t.strictSame(found.leftOut, [
    { what: join(directory, 'folder.log'), why: 'it is no regular file' },
    { what: join(directory, 'link.log'), why: 'it is a symbolic link' },
  ])
})

void t.test('no directory, no files', async (t) => {
  t.strictSame(openRotated(join(t.testdir(), 'none'), isLog), { files: [], leftOut: [] })
})

void t.test('the end of the last line is found however far it is, and none in what has none', async (t) => {
  const long = 'x'.repeat(200_000)
  const directory = t.testdir({ 'a.log': `line\n${long}`, 'b.log': long, 'c.log': '' })
  t.strictSame(opened(directory).files.map(wholeLines), [5, 0, 0])
})
