import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { findLogs } from '../../../scripts/logs/log-sources.js'
import { lacking } from '../../support/needs.js'
import { runProgram } from '../../support/run-program.js'
import { textOfChunks } from '../../support/text-of-chunks.js'
import { zipOf } from '../../support/zip.js'

const NO_INPUT = () => Readable.from([])

/** Directory with these files; each contains its path unless it says otherwise. */
function filesIn(t: Test, ...paths: ReadonlyArray<string | readonly [path: string, content: Uint8Array]>): string {
  const directory = t.testdir()
  for (const entry of paths) {
    const [path, content] = typeof entry === 'string' ? [entry, `${entry}\n`] : entry
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return directory
}

/** What is found: each log as its name and its lines, all its parts joined. */
async function found(directory: string, paths: readonly string[], stdin = NO_INPUT): Promise<Record<string, string[]>> {
  const logs: Record<string, string[]> = {}
  for (const { name, parts } of await findLogs(
    paths.map((path) => (path === '-' ? path : join(directory, path))),
    stdin,
  )) {
    const texts: string[] = []
    for (const part of parts) texts.push(await textOfChunks(part.open()))
    logs[name === 'standard input' ? name : relative(directory, name)] = texts.join('').trimEnd().split('\n')
  }
  return logs
}

void t.test('a directory: rotated files are one log, each folder has its own', async (t) => {
  const directory = filesIn(
    t,
    ...['nsdebuglog.log', 'nsdebuglog.1.log', 'nsdebuglog.2.log', 'nsdebuglog.10.log'],
    ...['npadebuglog.log', 'nsdebug.log', 'other.txt', 'empty/other.txt'],
    ...['endpoint-0002/nsdebuglog.log', 'endpoint-0001/nsdebuglog.log', 'endpoint-0001/nsdebuglog.1.log'],
  )
  const logs = await found(directory, ['.'])
  t.strictSame(logs, {
    'nsdebug.log': ['nsdebug.log'],
    'nsdebuglog.log': ['nsdebuglog.10.log', 'nsdebuglog.2.log', 'nsdebuglog.1.log', 'nsdebuglog.log'],
    'endpoint-0001/nsdebuglog.log': ['endpoint-0001/nsdebuglog.1.log', 'endpoint-0001/nsdebuglog.log'],
    'endpoint-0002/nsdebuglog.log': ['endpoint-0002/nsdebuglog.log'],
  })
  t.strictSame(Object.keys(logs).slice(2), ['endpoint-0001/nsdebuglog.log', 'endpoint-0002/nsdebuglog.log'])
})

void t.test('files: of one log in its order, of any name by themselves, each once', async (t) => {
  const directory = filesIn(t, 'nsdebuglog.log', 'nsdebuglog.1.log', 'b/nsdebuglog.log', 'export.txt', 'export.1.txt')
  const cases: ReadonlyArray<readonly [paths: readonly string[], logs: Readonly<Record<string, readonly string[]>>]> = [
    [['nsdebuglog.log', 'nsdebuglog.1.log'], { 'nsdebuglog.log': ['nsdebuglog.1.log', 'nsdebuglog.log'] }],
    [['nsdebuglog.1.log'], { 'nsdebuglog.1.log': ['nsdebuglog.1.log'] }],
    [
      ['export.txt', 'export.1.txt', 'b/../export.txt'],
      { 'export.txt': ['export.txt'], 'export.1.txt': ['export.1.txt'] },
    ],
    [
      ['b', '.', 'nsdebuglog.log', 'b/nsdebuglog.log'],
      { 'b/nsdebuglog.log': ['b/nsdebuglog.log'], 'nsdebuglog.log': ['nsdebuglog.1.log', 'nsdebuglog.log'] },
    ],
    [[], {}],
  ]
  for (const [paths, logs] of cases) t.strictSame(await found(directory, paths), logs, paths.join(' '))
})

void t.test('gzip is known by its bytes, not by its name', async (t) => {
  const directory = filesIn(
    t,
    ['nsdebuglog.1.log.gz', Buffer.concat([gzipSync('monday\n'), gzipSync('tuesday\n')])],
    ['nsdebuglog.log', gzipSync('wednesday\n')],
    ['plain.gz', Buffer.from('never packed\n')],
  )
  t.strictSame(await found(directory, ['.', 'plain.gz']), {
    'nsdebuglog.log': ['monday', 'tuesday', 'wednesday'],
    'plain.gz': ['never packed'],
  })
})

void t.test('a zip of any name: its logs by folder', async (t) => {
  const zip = zipOf([
    { name: 'a/nsdebuglog.log', content: 'new\n' },
    { name: 'nsdebuglog.log', content: 'top\n' },
    { name: 'a/nsdebuglog.1.log.gz', content: gzipSync('old\n') },
    { name: 'a/nsdebug.log', content: 'docs\n' },
  ])
  const directory = filesIn(t, ['SaveLogs.dat', zip], 'a/nsdebuglog.log')
  t.strictSame(await found(directory, ['SaveLogs.dat', 'a', 'SaveLogs.dat']), {
    'SaveLogs.dat:a/nsdebuglog.log': ['old', 'new'],
    'SaveLogs.dat:nsdebuglog.log': ['top'],
    'SaveLogs.dat:a/nsdebug.log': ['docs'],
    'a/nsdebuglog.log': ['a/nsdebuglog.log'],
  })
})

void t.test('standard input, plain or packed, is read once and only if it is asked for', async (t) => {
  const directory = filesIn(t, 'nsdebuglog.log')
  for (const bytes of [Buffer.from('typed\n'), gzipSync('typed\n')])
    t.strictSame(await found(directory, ['-', 'nsdebuglog.log', '-'], () => Readable.from([bytes])), {
      'standard input': ['typed'],
      'nsdebuglog.log': ['nsdebuglog.log'],
    })
  await findLogs([join(directory, 'nsdebuglog.log')], () => t.fail('nobody asked') as never)
})

void t.test('a pipe is read like a file', { skip: lacking('mkfifo') }, async (t) => {
  const directory = t.testdir()
  await runProgram('mkfifo', [join(directory, 'pipe')])
  const [logs] = await Promise.all([
    found(directory, ['pipe']),
    runProgram('sh', ['-c', `echo through the pipe > '${directory}/pipe'`]),
  ])
  t.strictSame(logs, { pipe: ['through the pipe'] })
})

void t.test('links: to a file they are the file, to a folder they are not followed', async (t) => {
  const directory = filesIn(t, 'real/nsdebuglog.log')
  mkdirSync(join(directory, 'links'))
  symlinkSync(join(directory, 'real/nsdebuglog.log'), join(directory, 'links/nsdebuglog.log'))
  symlinkSync(directory, join(directory, 'links/round'))
  t.strictSame(Object.keys(await found(directory, ['.'])), ['links/nsdebuglog.log', 'real/nsdebuglog.log'])
})

void t.test('folders are searched eight deep', async (t) => {
  const directory = filesIn(t, '1/2/3/4/5/6/7/8/nsdebuglog.log', '1/2/3/4/5/6/7/8/9/nsdebuglog.log')
  t.strictSame(Object.keys(await found(directory, ['.'])), ['1/2/3/4/5/6/7/8/nsdebuglog.log'])
})

void t.test('what cannot be read is the mistake of the user, by its path', async (t) => {
  const directory = filesIn(
    t,
    ...['nsdebuglog.log', 'empty/npadebuglog.log'],
    ['none.zip', zipOf([{ name: 'readme.txt', content: 'x' }])] as const,
    ['broken.zip', zipOf([{ name: 'nsdebuglog.log', content: 'x' }]).subarray(0, -1)] as const,
    ['cut.gz', gzipSync('some lines\n').subarray(0, -5)] as const,
  )
  symlinkSync('loop', join(directory, 'loop'))
  const cases: ReadonlyArray<readonly [path: string, code: string, message: string]> = [
    ['missing.log', 'log-not-found', 'there is no PATH'],
    ['empty', 'log-not-found', 'there is no nsdebuglog.log in PATH or the folders below it'],
    ['none.zip', 'log-not-found', 'there is no nsdebuglog.log in PATH'],
    ['broken.zip', 'log-damaged', 'PATH is a broken zip: '],
    ['cut.gz', 'log-damaged', 'PATH is packed and cut off before its end'],
    ['loop', 'log-unreadable', 'cannot read PATH: ELOOP'],
    ['nsdebuglog.log/x', 'log-unreadable', 'cannot read PATH: ENOTDIR'],
  ]
  for (const [name, code, message] of cases) {
    const text = message.replace('PATH', join(directory, name))
    await t.rejects(
      found(directory, ['nsdebuglog.log', name]),
      { code, exitCode: 2, message: new RegExp(`^${text}`) },
      name,
    )
  }
})
