import { openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { AppendedFile } from '../../../scripts/logs/appended-file.js'

void t.test('it grows, and is cut back to where it was', async (t) => {
  const path = join(t.testdir(), 'some')
  const file = AppendedFile.create(path, true)
  file.append(Buffer.from('one\n'))
  const { size } = file
  file.append(Buffer.from('two\nthr'))
  t.equal(file.size, 11)
  file.cutTo(size)
  t.equal(readFileSync(path, 'utf8'), 'one\n')
  file.append(Buffer.from('2\n'))
  file.close()
  t.equal(readFileSync(path, 'utf8'), 'one\n2\n')
})

void t.test('what was there before it is kept, or refused, or gone', async (t) => {
  const path = join(t.testdir({ some: 'before\n' }), 'some')
  t.throws(() => AppendedFile.create(path, true), { code: 'EEXIST' })
  const file = new AppendedFile(openSync(path, 'a'))
  file.append(Buffer.from('x\n'))
  file.cutTo(7)
  file.close()
  t.equal(readFileSync(path, 'utf8'), 'before\n')
  AppendedFile.create(path).close()
  t.equal(readFileSync(path, 'utf8'), '')
})

void t.test('a device that takes nothing says so, and cannot be cut', async (t) => {
  const file = new AppendedFile(openSync('/dev/full', 'a'))
  t.throws(() => file.append(Buffer.from('x')), { code: 'ENOSPC' })
  t.doesNotThrow(() => file.cutTo(0))
  file.close()
  const nowhere = new AppendedFile(openSync('/dev/null', 'a'))
  nowhere.append(Buffer.from('x'))
  nowhere.cutTo(0)
  t.equal(nowhere.size, 0)
  nowhere.close()
})

void t.test('bytes of a piece of memory, no more', async (t) => {
  const path = join(t.testdir(), 'some')
  writeFileSync(path, '')
  const file = new AppendedFile(openSync(path, 'a'))
  file.append(Buffer.from('abcdef').subarray(2, 4))
  file.close()
  t.equal(readFileSync(path, 'utf8'), 'cd')
})
