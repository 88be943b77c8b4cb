/** A file that is whole or not there. */

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { PartFile } from '../../../../agent/diag/bundle/part-file.js'
import { asNobody } from '../../../support/as-nobody.js'

void t.test('it grows under another name and then takes its own, private to its owner', async (t) => {
  const directory = t.testdir({ 'x.zip': 'old' })
  const target = join(directory, 'x.zip')
  const part = await PartFile.open(target, 42)
  await part.write(Buffer.from('new '))
  await part.write(Buffer.from('one'))
  t.equal(await part.size(), 7)
  t.strictSame(readdirSync(directory), ['.x.zip.part-42', 'x.zip'])
  t.equal(readFileSync(target, 'utf8'), 'old')
  await part.publish()
  t.strictSame(readdirSync(directory), ['x.zip'])
  t.equal(readFileSync(target, 'utf8'), 'new one')
  t.equal(statSync(target).mode & 0o777, 0o600)
})

void t.test('discarded it leaves nothing, and what was there stays', async (t) => {
  const directory = t.testdir({ 'x.zip': 'old' })
  const part = await PartFile.open(join(directory, 'x.zip'), 42)
  await part.write(Buffer.from('new'))
  await part.discard()
  await part.discard()
  t.strictSame(readdirSync(directory), ['x.zip'])
  t.equal(readFileSync(join(directory, 'x.zip'), 'utf8'), 'old')
})

void t.test('what a killed process of this number left is replaced', async (t) => {
  const directory = t.testdir({ '.x.zip.part-42': 'left behind' })
  const part = await PartFile.open(join(directory, 'x.zip'), 42)
  await part.publish()
  t.equal(readFileSync(join(directory, 'x.zip'), 'utf8'), '')
})

void t.test('a link is followed', async (t) => {
  const directory = t.testdir({ real: { 'x.zip': 'old' } })
  symlinkSync(join(directory, 'real', 'x.zip'), join(directory, 'link.zip'))
  const part = await PartFile.open(join(directory, 'link.zip'), 42)
  await part.publish()
  t.equal(readFileSync(join(directory, 'real', 'x.zip'), 'utf8'), '')
})

void t.test('where nothing can be written, one sentence says so', async (t) => {
  const directory = t.testdir({ file: 'x', folder: {} })
  for (const [target, sentence] of [
    [join(directory, 'none', 'x.zip'), /there is no directory .*none$/],
    [join(directory, 'file', 'x.zip'), /there is no directory .*file$/],
    [join(directory, 'folder'), /it is a directory$/],
    ['/proc/x.zip', /\/proc takes no new file \(ENOENT\)$/],
    ['/dev/null', /it is no regular file$/],
    [join(directory, 'x'.repeat(250)), /its name is too long$/],
  ] as const)
    await t.rejects(
      PartFile.open(target, 1),
      { code: 'bundle-unwritable', exitCode: 2, message: sentence },
      `${sentence}`,
    )
  t.ok(existsSync('/dev/null'))
})

void t.test('a directory where one may not write', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'steerlab-part-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const target = join(directory, 'x.zip')
  writeFileSync(target, 'old')
  chmodSync(directory, 0o555)
  const message = /no permission to write in/
  await t.rejects(
    asNobody(() => PartFile.open(target, 1)),
    { code: 'bundle-unwritable', message },
  )
  chmodSync(directory, 0o700)
  t.equal(readFileSync(target, 'utf8'), 'old')
})
