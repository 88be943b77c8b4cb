import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { RingFile, ringPath } from '../../../agent/capture-file/ring-file.js'

/** A format of blocks that begin with their length. */
const FORMAT = {
  head: Buffer.from('HEAD'),
  lengthOfBlock: (view: DataView, at: number) => view.getUint8(at),
}

const NAMES: ReadonlyArray<readonly [path: string, n: number, expected: string]> = [
  ['/log/x.pcap', 0, '/log/x.pcap'],
  ['/log/x.pcap', 1, '/log/x.1.pcap'],
  ['/log/x.y.pcapng', 12, '/log/x.y.12.pcapng'],
  ['/log.d/x', 3, '/log.d/x.3'],
  ['x.pcap', 1, 'x.1.pcap'],
]

for (const [path, n, expected] of NAMES)
  void t.test(`number ${n} of ${path}`, async (t) => t.equal(ringPath(path, n), expected))

/** The texts of all files of a directory, by name. */
async function textsIn(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))
  return Object.fromEntries(names.map((name, i) => [name, texts[i] ?? '']))
}

void t.test('files get the next number, and the oldest goes', async (t) => {
  const directory = t.testdir()
  const file = await RingFile.open({ path: join(directory, 'x.pcap'), files: 3, format: FORMAT })
  for (const text of ['a', 'b', 'c', 'd']) {
    if (text !== 'a') await file.next()
    await file.write(Buffer.from(`\u0002${text}`))
  }
  await file.close()
  t.strictSame(await textsIn(directory), {
    'x.1.pcap': 'HEAD\u0002c',
    'x.2.pcap': 'HEAD\u0002b',
    'x.pcap': 'HEAD\u0002d',
  })
})

void t.test('a ring of one begins anew', async (t) => {
  const directory = t.testdir()
  const file = await RingFile.open({ path: join(directory, 'x.pcap'), files: 1, format: FORMAT })
  await file.write(Buffer.from('\u0002a'))
  await file.next()
  await file.close()
  t.strictSame(await textsIn(directory), { 'x.pcap': 'HEAD' })
})

void t.test('what an earlier capture of the name left is gone, other files stay', async (t) => {
  const directory = t.testdir({ 'x.pcap': 'old', 'x.1.pcap': 'old', 'x.2.pcap': 'old', 'y.1.pcap': 'other' })
  const file = await RingFile.open({ path: join(directory, 'x.pcap'), files: 2, format: FORMAT })
  await file.close()
  t.strictSame(await textsIn(directory), { 'x.pcap': 'HEAD', 'y.1.pcap': 'other' })
})

void t.test('a file that somebody removed is no fault', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'x.pcap')
  const file = await RingFile.open({ path, files: 3, format: FORMAT })
  await rm(path)
  await file.next()
  await file.close()
  t.strictSame(await textsIn(directory), { 'x.pcap': 'HEAD' })
})

void t.test('only the owner reads it, even where the file was there', async (t) => {
  const directory = t.testdir({ 'x.pcap': 'old' })
  const path = join(directory, 'x.pcap')
  await chmod(path, 0o644)
  const file = await RingFile.open({ path, files: 2, format: FORMAT })
  await file.next()
  await file.close()
  for (const n of [0, 1]) t.equal((await stat(ringPath(path, n))).mode & 0o777, 0o600)
})

void t.test('a path that cannot be is refused', async (t) => {
  const directory = t.testdir({ file: '' })
  await t.rejects(RingFile.open({ path: join(directory, 'no', 'x.pcap'), files: 1, format: FORMAT }), /ENOENT/)
  await t.rejects(RingFile.open({ path: directory, files: 1, format: FORMAT }), /EISDIR/)
  await t.rejects(RingFile.open({ path: join(directory, 'file', 'x.pcap'), files: 1, format: FORMAT }), /ENOTDIR/)
})

void t.test('a disk that is full from the start is told', async (t) => {
  await t.rejects(RingFile.open({ path: '/dev/full', files: 1, format: FORMAT }), /ENOSPC/)
})

void t.test('a next file that cannot be made is told, and nothing is written any more', async (t) => {
  const directory = t.testdir({ 'x.1.pcap': {} })
  const path = join(directory, 'x.pcap')
  await RingFile.open({ path, files: 2, format: FORMAT }).then(
    () => t.fail('a directory cannot be removed'),
    (error) => t.match(error.code, /^ERR_FS_EISDIR|EISDIR/),
  )
  const file = await RingFile.open({ path: join(directory, 'y.pcap'), files: 2, format: FORMAT })
  await mkdir(join(directory, 'y.1.pcap'))
  await t.rejects(file.next(), /EISDIR/)
  await t.rejects(file.write(Buffer.from('\u0002a')), /closed/)
})
