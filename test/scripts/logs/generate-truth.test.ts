import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { TruthFile } from '../../../scripts/logs/generate-truth.js'

const told = (file: string, more = '') => `{"file":"${file}","offset":0,"event":"x${more}"}\n`

void t.test('lines as they come', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'truth')
  const truth = new TruthFile(path, false)
  truth.append(told('a.log', 'ü'))
  const { size } = truth
  truth.append(told('b.log'))
  truth.cutTo(size)
  await truth.close(new Map())
  t.equal(readFileSync(path, 'utf8'), told('a.log', 'ü'))
})

void t.test('logs get their final names in it, however many lines there are', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'truth')
  const truth = new TruthFile(path, false)
  const lines = (names: readonly string[]) => names.map((name, i) => told(name, `${i} "file":"a.log"`)).join('')
  const many = 20_000
  truth.append(lines(Array.from({ length: many }, (_, i) => (i < many / 2 ? 'a.log' : 'b.log'))))
  const names = [
    ['a.log', 'nsdebuglog.1.log'],
    ['b.log', 'nsdebuglog.log'],
  ] as const
  await truth.close(new Map(names))
  const wanted = Array.from({ length: many }, (_, i) => names[i < many / 2 ? 0 : 1][1])
  t.ok(readFileSync(path, 'utf8') === lines(wanted))
  t.strictSame(readdirSync(directory), ['truth'])
})

void t.test('what is there already is kept but for --force', async (t) => {
  const path = join(t.testdir({ truth: 'precious' }), 'truth')
  t.throws(() => new TruthFile(path, false), { code: 'truth-exists', exitCode: 2 })
  t.equal(readFileSync(path, 'utf8'), 'precious')
  await new TruthFile(path, true).close(new Map())
  t.equal(readFileSync(path, 'utf8'), '')
  t.throws(() => new TruthFile(join(path, 'below'), true), { code: 'truth-unusable', exitCode: 2 })
})
