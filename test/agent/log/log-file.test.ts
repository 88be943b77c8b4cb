import { readdirSync, readlinkSync } from 'node:fs'
import promises, { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join, relative } from 'node:path'
import t from 'tap'
import { LogFile } from '../../../agent/log/log-file.js'

/** A log file in a fresh directory of the test. */
function fileIn(directory: string, maxBytes = 1000, maxFiles = 2): LogFile {
  return LogFile.open({ directory, maxBytes, maxFiles, eol: '\n' })
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

/** What the files of a directory hold, the ending of their only line left out. */
async function heldIn(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).toSorted()
  const read = async (name: string) => [name, (await readFile(join(directory, name), 'utf8')).trimEnd()]
  return Object.fromEntries(await Promise.all(names.map(read)))
}

/** Lines of one file each. */
const LINES = Array.from({ length: 6 }, (_, i) => `line ${i}\n`)

void t.test('as many files are kept as asked for', async (t) => {
  for (const [maxFiles, expected] of [
    [2, { 'nsdebuglog.1.log': 'line 4', 'nsdebuglog.log': 'line 5' }],
    [
      4,
      {
        'nsdebuglog.1.log': 'line 4',
        'nsdebuglog.2.log': 'line 3',
        'nsdebuglog.3.log': 'line 2',
        'nsdebuglog.log': 'line 5',
      },
    ],
  ] as const) {
    const directory = t.testdir()
    await write(fileIn(directory, 10, maxFiles), LINES)
    t.strictSame(await heldIn(directory), expected, `${maxFiles}`)
  }
})

void t.test('an older file that somebody removed is no fault, and none is lost for it', async (t) => {
  const directory = t.testdir()
  await write(fileIn(directory, 10, 4), LINES.slice(0, 4))
  await rm(join(directory, 'nsdebuglog.1.log'))
  await write(fileIn(directory, 10, 4), LINES.slice(4, 5))
  t.strictSame(await heldIn(directory), {
    'nsdebuglog.1.log': 'line 3',
    'nsdebuglog.2.log': 'line 1',
    'nsdebuglog.3.log': 'line 0',
    'nsdebuglog.log': 'line 4',
  })
})

void t.test('it rotates also when it is full from an earlier run', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': `${'x'.repeat(99)}\n` })
  await write(fileIn(directory, 100), ['new\n'])
  t.equal((await readFile(join(directory, 'nsdebuglog.1.log'), 'utf8')).length, 100)
  t.equal(await readFile(join(directory, 'nsdebuglog.log'), 'utf8'), 'new\n')
})

void t.test('a record of several lines is not torn, however the file rotates', async (t) => {
  const records = Array.from({ length: 40 }, (_, i) => `record ${i}: {\n  "a": ${i}\n}\n`)
  for (const maxBytes of [25, 30, 60, 61, 100]) {
    const directory = t.testdir()
    await write(fileIn(directory, maxBytes, 50), records)
    const held = Object.values(await heldIn(directory))
    for (const text of held) t.match(text, /^record .*\n\}$/s, `${maxBytes}: ${text.length}`)
    t.equal(held.join('').match(/record/g)?.length, 40)
  }
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

void t.test('a rotation that fails half way moves no file twice', async (t) => {
  const directory = t.testdir()
  await write(fileIn(directory, 10, 4), LINES.slice(0, 4))
  const file = fileIn(directory, 10, 4)
  const { rename } = promises
  const renaming = (how: typeof rename): void => {
    promises.rename = how
    syncBuiltinESMExports()
  }
  t.teardown(() => renaming(rename))
  renaming(async (from, to) => (from === file.path ? Promise.reject(new Error('refused')) : rename(from, to)))
  file.push('next\n')
  for (const _ of [1, 2, 3]) await t.rejects(file.drain(), { message: 'refused' })
  renaming(rename)
  await file.drain()
  await file.close()
  t.strictSame(await heldIn(directory), {
    'nsdebuglog.1.log': 'line 3',
    'nsdebuglog.2.log': 'line 2',
    'nsdebuglog.3.log': 'line 1',
    'nsdebuglog.log': 'next',
  })
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

const hasProc = readdirSync('/').includes('proc')

/** How many handles this process has on a file. */
function handlesOn(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  }).length
}

void t.test(
  'who opens an open log gets the same, and the last to close it closes it',
  { skip: !hasProc },
  async (t) => {
    const directory = t.testdir()
    const first = fileIn(directory)
    const second = fileIn(relative(process.cwd(), directory))
    t.equal(second, first, 'by another name too')
    first.push('one\n')
    second.push('two\n')
    await Promise.all([first.drain(), second.drain()])
    t.equal(handlesOn(first.path), 1)
    await first.close()
    t.equal(handlesOn(first.path), 1, 'one is left')
    second.push('three\n')
    await second.drain()
    await second.close()
    t.equal(handlesOn(first.path), 0)
    t.equal(await readFile(first.path, 'utf8'), 'one\ntwo\nthree\n')
    const third = fileIn(directory)
    t.not(third, first, 'and the next begins anew')
    await third.close()
  },
)
