/** The zip is one that others read. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { storedZip } from '../../../../scripts/lab/packages/stored-zip.js'
import { lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'

const FILES = { 'a.txt': 'hello\n', 'folder/b.txt': 'ü'.repeat(300), empty: '' }

/** Checks every checksum, and prints what is in it. */
const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    print(json.dumps([z.testzip(), {n: z.read(n).decode() for n in z.namelist()}]))
`

void t.test('Python reads it, and finds no fault', { skip: lacking('python3') }, async (t) => {
  const file = join(t.testdir(), 'a.zip')
  for (const files of [FILES, {}]) {
    writeFileSync(file, storedZip(files))
    const { code, stdout, stderr } = await runProgram('python3', ['-c', READ, file])
    t.equal(code, 0, stderr)
    t.strictSame(JSON.parse(stdout), [null, files])
  }
})

void t.test('the same files give the same bytes, others give others', async (t) => {
  t.strictSame(storedZip(FILES), storedZip({ ...FILES }))
  t.notOk(storedZip({ a: 'b' }).equals(storedZip({ a: 'c' })))
})
