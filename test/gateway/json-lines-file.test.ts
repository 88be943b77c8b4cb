import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { fullName, jsonLinesFile, writeWaitingLines } from '../../gateway/json-lines-file.js'
import { waitUntil } from '../support/wait-until.js'

const FULL = 10 * 1024 * 1024

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

function linesOf(file: string): unknown[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

void t.test('lines of one turn are written at its end, to a file of its owner alone', async (t) => {
  const file = join(t.testdir(), 'later', 'x.log')
  const append = jsonLinesFile(file, 0)
  append({ n: 1, text: 'zwei\nZeilen' })
  append({ n: 2 })
  t.notOk(existsSync(file), 'not before')
  await turn()
  t.strictSame(linesOf(file), [{ n: 1, text: 'zwei\nZeilen' }, { n: 2 }])
  t.equal(statSync(file).mode & 0o777, 0o600)
  append({ n: 3 })
  await turn()
  t.equal(linesOf(file).length, 3)
})

void t.test('soon after a write the next lines wait, and leave in one', async (t) => {
  const file = join(t.testdir(), 'x.log')
  const append = jsonLinesFile(file, 200)
  append({ n: 1 })
  await turn()
  append({ n: 2 })
  await turn()
  append({ n: 3 })
  t.equal(linesOf(file).length, 1)
  await waitUntil(() => linesOf(file).length > 1)
  t.strictSame(linesOf(file), [{ n: 1 }, { n: 2 }, { n: 3 }])
})

void t.test('what waits is written when somebody asks for it, once', async (t) => {
  const directory = t.testdir()
  const files = ['x.log', 'y.log'].map((name) => join(directory, name))
  for (const file of files) {
    const append = jsonLinesFile(file, 60_000)
    append({ n: 1 })
    await turn()
    append({ n: 2 })
  }
  writeWaitingLines()
  writeWaitingLines()
  for (const file of files) t.strictSame(linesOf(file), [{ n: 1 }, { n: 2 }])
})

void t.test('what a turn says beyond a MiB is written within it', async (t) => {
  const file = join(t.testdir(), 'x.log')
  const append = jsonLinesFile(file, 0)
  const text = 'x'.repeat(1000)
  for (let n = 0; n < 3000; n++) append({ n, text })
  const within = linesOf(file).length
  t.ok(within > 1900 && within < 3000, `${within} of 3000`)
  await turn()
  t.strictSame(
    linesOf(file).map((line) => (line as { n: number }).n),
    Array.from({ length: 3000 }, (_, n) => n),
  )
})

void t.test('a full file is renamed, in the place of the one before', async (t) => {
  const directory = t.testdir({ 'x.log': '', 'x.1.log': 'the one before\n' })
  const file = join(directory, 'x.log')
  const append = jsonLinesFile(file, 0)
  truncateSync(file, FULL)
  append({ n: 1 })
  await turn()
  t.equal(statSync(file).size, FULL + '{"n":1}\n'.length, 'full, and not over')
  t.equal(readFileSync(fullName(file), 'utf8'), 'the one before\n')
  append({ n: 2 })
  await turn()
  t.strictSame(linesOf(file), [{ n: 2 }])
  t.equal(statSync(fullName(file)).size, FULL + '{"n":1}\n'.length)
})

void t.test('whoever else fills or renames the file is seen', async (t) => {
  const file = join(t.testdir(), 'x.log')
  const [one, other] = [jsonLinesFile(file, 0), jsonLinesFile(file, 0)]
  one({ n: 1 })
  await turn()
  // As another process would fill it.
  truncateSync(file, FULL + 1)
  other({ n: 2 })
  await turn()
  one({ n: 3 })
  await turn()
  t.strictSame(linesOf(file), [{ n: 2 }, { n: 3 }], 'renamed once')
})

void t.test('a disk that refuses loses lines and throws nothing; later ones are written', async (t) => {
  const directory = t.testdir({ gateway: 'a file' })
  const file = join(directory, 'gateway', 'x.log')
  const append = jsonLinesFile(file, 0)
  append({ n: 1 })
  await turn()
  rmSync(join(directory, 'gateway'))
  append({ n: 2 })
  await turn()
  t.strictSame(linesOf(file), [{ n: 2 }])
  rmSync(join(directory, 'gateway'), { recursive: true })
  append({ n: 3 })
  await turn()
  append({ n: 4 })
  await turn()
  t.strictSame(linesOf(file), [{ n: 4 }], 'a directory that went away is made again')
})

void t.test('a full file that cannot be renamed grows no further', async (t) => {
  const directory = t.testdir({ 'x.log': '' })
  const file = join(directory, 'x.log')
  mkdirSync(fullName(file))
  writeFileSync(join(fullName(file), 'keep'), '')
  truncateSync(file, FULL + 1)
  const append = jsonLinesFile(file, 0)
  append({ n: 1 })
  await turn()
  t.equal(statSync(file).size, FULL + 1)
})

void t.test('several writers: every line is whole, and none is lost', async (t) => {
  const file = join(t.testdir(), 'x.log')
  const module = new URL('../../gateway/json-lines-file.js', import.meta.url).href
  const program = `
    const { parentPort, workerData: { module, file, writer } } = require('node:worker_threads')
    import(module).then(({ jsonLinesFile }) => {
      const append = jsonLinesFile(file)
      let n = 0
      const more = () => {
        for (let i = 0; i < 5; i++) append({ writer, n: n++, text: 'x'.repeat(300) })
        setImmediate(n < 2000 ? more : () => parentPort.postMessage('done'))
      }
      more()
    })`
  const writers = [1, 2, 3].map((writer) => new Worker(program, { eval: true, workerData: { module, file, writer } }))
  await Promise.all(writers.map((worker) => once(worker, 'exit')))
  const seen = linesOf(file) as { writer: number; n: number }[]
  t.equal(seen.length, 6000)
  for (const writer of [1, 2, 3]) {
    const own = seen.filter((line) => line.writer === writer).map(({ n }) => n)
    t.strictSame(
      own,
      Array.from({ length: 2000 }, (_, n) => n),
      'in order',
    )
  }
})

void t.test('a line that was cut off spoils one line, not the log', async (t) => {
  const file = join(t.testdir(), 'x.log')
  appendFileSync(file, '{"n":')
  const append = jsonLinesFile(file)
  append({ n: 1 })
  append({ n: 2 })
  await waitUntil(() => readFileSync(file, 'utf8').endsWith('{"n":2}\n'))
})
