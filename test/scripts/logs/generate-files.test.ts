import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { folderOf, LogFolders, makeRoom } from '../../../scripts/logs/generate-files.js'

const ONE = { endpoints: 1, suffix: '', rotation: undefined } as const
const line = (text: string) => Buffer.from(`${text}\n`)

void t.test('folders of endpoints sort as their numbers do', async (t) => {
  t.equal(folderOf(0, 1), '')
  t.equal(folderOf(0, 2), 'endpoint-0001')
  t.equal(folderOf(9998, 9999), 'endpoint-9999')
  t.equal(folderOf(0, 10_000), 'endpoint-00001')
})

void t.test('one log, and what is taken back of it', async (t) => {
  const directory = t.testdir()
  const logs = new LogFolders({ ...ONE, directory })
  const log = logs.logOf(0)
  t.strictSame(log.position, { file: 'nsdebuglog.log', offset: 0, limit: undefined })
  await log.write(line('one'))
  const { size } = log
  await log.write(line('two'))
  log.cutTo(size)
  t.equal(logs.logOf(0), log)
  t.equal(logs.close().size, 0)
  t.equal(readFileSync(join(directory, 'nsdebuglog.log'), 'utf8'), 'one\n')
})

void t.test('files of a log are numbered from the newest in the end', async (t) => {
  const directory = t.testdir()
  const layout = { directory, endpoints: 2, suffix: '.gz', rotation: { bytes: 5000, keep: 'all' } } as const
  makeRoom(layout, [0, 1], false)
  const logs = new LogFolders(layout)
  const during: string[] = []
  for (const endpoint of [0, 1]) {
    const log = logs.logOf(endpoint)
    t.equal(log.position.limit, 5000)
    for (const text of ['oldest', 'older', 'newest'].slice(endpoint)) {
      if (log.size > 0) log.beginNext()
      t.equal(log.position.offset, 0)
      during.push(log.position.file)
      await log.write(line(text))
      log.position.offset = 7
    }
  }
  const names = logs.close()
  const wanted = ['2', '1', ''].map((n) => `endpoint-0001/nsdebuglog${n && `.${n}`}.log.gz`)
  wanted.push('endpoint-0002/nsdebuglog.1.log.gz', 'endpoint-0002/nsdebuglog.log.gz')
  t.strictSame(
    during.map((file) => names.get(file)),
    wanted,
  )
  const texts = wanted.map((file) => readFileSync(join(directory, file), 'utf8'))
  t.strictSame(texts, ['oldest\n', 'older\n', 'newest\n', 'older\n', 'newest\n'])
  t.equal(readdirSync(join(directory, 'endpoint-0001')).length, 3)
})

void t.test('or as they come, two of them', async (t) => {
  const directory = t.testdir()
  const logs = new LogFolders({ ...ONE, directory, rotation: { bytes: 5000, keep: 2 } })
  const log = logs.logOf(0)
  for (const text of ['oldest', 'older', 'newest']) {
    if (log.size > 0) log.beginNext()
    t.equal(log.position.file, 'nsdebuglog.log')
    await log.write(line(text))
  }
  t.equal(logs.close().size, 0)
  t.strictSame(readdirSync(directory).sort(), ['nsdebuglog.1.log', 'nsdebuglog.log'])
  t.equal(readFileSync(join(directory, 'nsdebuglog.1.log'), 'utf8'), 'older\n')
})

void t.test('room is made, and never by the loss of a log that nobody gave up', async (t) => {
  const names = ['nsdebuglog.log', 'nsdebuglog.3.log.gz', 'nsdebuglog.part-0.log']
  for (const name of names) {
    const directory = t.testdir({ 'endpoint-0002': { [name]: 'old', 'mine.txt': 'kept' }, file: '' })
    const layout = { ...ONE, directory, endpoints: 2 }
    t.throws(() => makeRoom(layout, [0, 1], false), { code: 'logs-exist', exitCode: 2 }, name)
    t.ok(existsSync(join(directory, 'endpoint-0002', name)))
    t.doesNotThrow(() => makeRoom(layout, [0], false), 'another endpoint')
    makeRoom(layout, [0, 1], true)
    t.strictSame(readdirSync(join(directory, 'endpoint-0002')), ['mine.txt'])
  }
  const file = join(t.testdir({ file: '' }), 'file')
  t.throws(() => makeRoom({ ...ONE, directory: file }, [0], true), { code: 'out-unusable', exitCode: 2 })
})
