import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { LogFile } from '../../../agent/log/log-file.js'

/** A log file in a fresh directory of the test. */
function fileIn(directory: string, maxBytes = 1000): LogFile {
  return new LogFile({ directory, maxBytes, eol: '\n' })
}

async function write(file: LogFile, lines: readonly string[]): Promise<void> {
  for (const line of lines) file.push(line)
  await file.drain()
  await file.close()
}

void t.test('lines are appended to what is there', async (t) => {
  const directory = join(t.testdir(), 'stagent', 'logs')
  await write(fileIn(directory), ['one\n', 'two\n'])
  await write(fileIn(directory), ['three\n'])
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), 'one\ntwo\nthree\n')
  t.equal((await stat(join(directory, 'nsdebuglog.log'))).mode & 0o777, 0o600, 'for its owner only')
  t.equal((await stat(directory)).mode & 0o777, 0o700)
})

void t.test('nothing is made before the first line', async (t) => {
  const directory = t.testdir()
  await write(fileIn(directory), [])
  t.strictSame(await readdir(directory), [])
})

void t.test('the file rotates before a line would not fit', async (t) => {
  const directory = t.testdir()
  const lines = Array.from({ length: 25 }, (_, i) => `line ${String(i).padStart(3, '0')}\n`)
  await write(fileIn(directory, 95), lines)
  t.strictSame((await readdir(directory)).toSorted(), ['nsdebuglog.1.log', 'nsdebuglog.log'])
  // Nine bytes a line, ten lines a file; the first file gave way to the second.
  t.equal(await readFile(join(directory, 'nsdebuglog.1.log'), 'utf8'), lines.slice(10, 20).join(''))
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), lines.slice(20).join(''))
})

void t.test('it rotates also when it is full from an earlier run', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': `${'x'.repeat(99)}\n` })
  await write(fileIn(directory, 100), ['new\n'])
  t.equal((await readFile(join(directory, 'nsdebuglog.1.log'), 'utf8')).length, 100)
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), 'new\n')
})

void t.test('a line that fits exactly does not rotate, and sizes are bytes', async (t) => {
  const directory = t.testdir()
  await write(fileIn(directory, 10), ['ééé\n', '12\n'])
  t.strictSame(await readdir(directory), ['nsdebuglog.log'])
  await write(fileIn(directory, 10), ['3\n'])
  t.equal(await readFile(join(directory, 'nsdebuglog.1.log'), 'utf8'), 'ééé\n12\n')
})

void t.test('a line longer than the limit has a file to itself', async (t) => {
  const directory = t.testdir()
  await write(fileIn(directory, 10), ['short\n', `${'x'.repeat(50)}\n`, 'end\n'])
  t.equal((await readFile(join(directory, 'nsdebuglog.1.log'), 'utf8')).length, 51)
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), 'end\n')
})

void t.test('a half line of an earlier run is ended first', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': 'whole\nha' })
  await write(fileIn(directory), ['new\n'])
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), 'whole\nha\nnew\n')
})

void t.test('the queue is bounded', async (t) => {
  const directory = t.testdir()
  const file = fileIn(directory, 1e9)
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`
  let taken = 0
  while (taken < 100 && file.push(line)) taken++
  t.equal(taken, 32, '32 MiB')
  await file.drain()
  t.ok(file.push(line), 'and takes lines again once it is written')
  await file.close()
})

void t.test('what cannot be written stays queued', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': {} })
  const file = fileIn(directory)
  file.push('one\n')
  await t.rejects(file.drain(), { code: 'EISDIR' })
  file.push('two\n')
  await rm(join(directory, 'nsdebuglog.log'), { recursive: true })
  await file.drain()
  await file.close()
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), 'one\ntwo\n')
})

void t.test('a rotation that fails loses nothing', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.1.log': { full: '' } })
  const file = fileIn(directory, 10)
  file.push('12345678\n')
  await file.drain()
  file.push('next\n')
  await t.rejects(file.drain(), 'a directory is in the way')
  await rm(join(directory, 'nsdebuglog.1.log'), { recursive: true })
  await file.drain()
  await file.close()
  t.equal(await readFile(join(directory, 'nsdebuglog.1.log'), 'utf8'), '12345678\n')
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), 'next\n')
})

void t.test('a log that somebody removed is begun anew at its rotation', async (t) => {
  const directory = t.testdir()
  const file = fileIn(directory, 10)
  file.push('12345678\n')
  await file.drain()
  await rm(file.path)
  await writeFile(join(directory, 'nsdebuglog.1.log'), 'older\n')
  file.push('next\n')
  await file.drain()
  await file.close()
  t.equal(await readFile(file.path, 'utf8'), 'next\n')
  t.equal(await readFile(join(directory, 'nsdebuglog.1.log'), 'utf8'), 'older\n')
})
