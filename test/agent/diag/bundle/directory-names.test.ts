/** Directories that can be read, and others. */

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { namesIn } from '../../../../agent/diag/bundle/directory-names.js'

void t.test('names in the order of the alphabet', async (t) => {
  t.strictSame(namesIn(t.testdir({ b: '', a: {}, c: '' })), { names: ['a', 'b', 'c'], leftOut: [] })
})

void t.test('one that is not there has none; why another cannot be read is told', async (t) => {
  const directory = t.testdir({ file: '' })
  t.strictSame(namesIn(join(directory, 'none')), { names: [], leftOut: [] })
  const [file, loop] = [join(directory, 'file'), join(directory, 'loop')] as const
  symlinkSync(loop, loop)
  t.strictSame(namesIn(file), { names: [], leftOut: [{ what: file, why: 'ENOTDIR' }] })
  t.match(namesIn(loop), { names: [], leftOut: [{ what: loop }] })
})
