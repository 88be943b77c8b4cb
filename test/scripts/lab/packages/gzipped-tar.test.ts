/** The archive is one that tar reads. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { gzippedTar } from '../../../../scripts/lab/packages/gzipped-tar.js'
import { runProgram } from '../../../support/run-program.js'

const FILES = { 'package/a.txt': 'hello\n', 'package/block.txt': 'b'.repeat(512), 'package/empty': '' }

void t.test('tar unpacks it', async (t) => {
  const directory = t.testdir()
  const [archive, target] = [join(directory, 'a.tgz'), join(directory, 'target')]
  writeFileSync(archive, gzippedTar(FILES))
  mkdirSync(target)
  const { code, stderr } = await runProgram('tar', ['-xzf', archive, '-C', target])
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.equal(readdirSync(join(target, 'package')).length, 3)
  for (const [path, text] of Object.entries(FILES)) t.equal(readFileSync(join(target, path), 'utf8'), text, path)
})

void t.test('the same files give the same bytes, others give others', async (t) => {
  t.strictSame(gzippedTar(FILES), gzippedTar({ ...FILES }))
  t.notOk(gzippedTar({ a: 'b' }).equals(gzippedTar({ a: 'c' })))
})
