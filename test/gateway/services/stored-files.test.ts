/** Files read from a directory, also where an administrator has put strange things. */

import { chmod, mkdir, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { MAX_DOWNLOAD_BYTES } from '../../../agent/config/download/endpoints.js'
import { readStoredFiles, stampOf } from '../../../gateway/services/stored-files.js'
import { runProgram } from '../../support/run-program.js'

void t.test('texts, without a byte order mark, and only of the known files', async (t) => {
  const directory = t.testdir({ 'nsconfig.json': '\ufeff{"a":"ü"}', 'nsbypass.json': '', 'tenant.json': 'x' })
  t.strictSame(await readStoredFiles(directory), { files: { 'nsconfig.json': '{"a":"ü"}', 'nsbypass.json': '' } })
  t.strictSame(await readStoredFiles(join(directory, 'nowhere')), { files: {} })
})

void t.test('what cannot be read is a problem, and nothing waits', async (t) => {
  const directory = t.testdir({ 'nsexception.json': '{}', 'nsoverlap.json': '{}' })
  await mkdir(join(directory, 'nsconfig.json'))
  await runProgram('mkfifo', [join(directory, 'nssteering.json')])
  await truncate(join(directory, 'nsoverlap.json'), MAX_DOWNLOAD_BYTES + 1)
  t.strictSame(await readStoredFiles(directory), {
    problems: [
      'nsconfig.json: is not a file',
      'nssteering.json: is not a file',
      'nsoverlap.json: has more than 1048576 bytes, the most a client downloads',
    ],
  })
  t.strictSame(await readStoredFiles(join(directory, 'nsexception.json')), {
    problems: ['nsconfig', 'nssteering', 'nsexception', 'nsbypass', 'nsoverlap'].map(
      (name) => `${name}.json: cannot be read (ENOTDIR)`,
    ),
  })
})

void t.test('the stamp changes with every change, and only then', async (t) => {
  const directory = t.testdir({ 'nsconfig.json': 'one' })
  const file = join(directory, 'nsconfig.json')
  const other = join(directory, 'other')
  let last = await stampOf(directory)
  t.equal((await stampOf(directory)).text, last.text, 'nothing happened')
  await writeFile(other, 'x')
  t.equal((await stampOf(directory)).text, last.text, 'another file')
  t.ok(Math.abs(Date.now() - last.changed) < 60_000, 'it knows when')

  const { atime, mtime } = await stat(file)
  const changes: ReadonlyArray<readonly [why: string, change: () => Promise<unknown>]> = [
    ['written', () => writeFile(file, 'longer')],
    [
      'replaced by a file of the same age and size',
      async () => {
        await writeFile(other, 'LONGER')
        await utimes(other, atime, mtime)
        await rename(other, file)
      },
    ],
    ['made private', () => chmod(file, 0o600)],
    ['removed', () => rm(file)],
    ['made again', () => writeFile(file, 'one')],
  ]
  for (const [why, change] of changes) {
    // Longer than the file system's tick.
    await new Promise((resolve) => setTimeout(resolve, 15))
    await change()
    const stamp = await stampOf(directory)
    t.not(stamp.text, last.text, why)
    last = stamp
  }
  t.equal((await stampOf(join(directory, 'nowhere'))).changed, 0, 'no files')
})
