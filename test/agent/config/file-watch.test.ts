import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { FILE_NAMES } from '../../../agent/config/configuration.js'
import { FileWatch } from '../../../agent/config/file-watch.js'
import { waitUntil } from '../../support/wait-until.js'

/** A watched directory, and how often something was heard. */
function watched(t: Test) {
  const root = t.testdir({ files: { 'nsexception.json': '1', 'target.json': '1' } })
  const directory = join(root, 'files')
  let heard = 0
  const watch = new FileWatch(directory, FILE_NAMES, () => {
    heard += 1
  })
  t.teardown(() => watch.close())
  const hears = async (change: () => void): Promise<void> => {
    const before = heard
    change()
    await waitUntil(() => heard > before)
  }
  return { root, directory, hears, heard: () => heard }
}

void t.test('a file that is written, replaced, made, removed', async (t) => {
  const { directory, hears } = watched(t)
  const file = join(directory, 'nsexception.json')
  await hears(() => writeFileSync(file, '2'))
  await hears(() => {
    writeFileSync(`${file}.new`, '3')
    renameSync(`${file}.new`, file)
  })
  await hears(() => writeFileSync(join(directory, 'steerlab.json'), '{}'))
  await hears(() => rmSync(file))
  t.pass('is heard of')
})

void t.test('a directory put in the place of another, and the target of a link', async (t) => {
  const { root, directory, hears } = watched(t)
  await hears(() => {
    renameSync(directory, `${directory}.old`)
    mkdirSync(directory)
    writeFileSync(join(directory, 'nsexception.json'), '22')
  })
  await hears(() => writeFileSync(join(directory, 'nsexception.json'), '333'))
  const target = join(root, 'elsewhere.json')
  writeFileSync(target, '1')
  await hears(() => symlinkSync(target, join(directory, 'nssteering.json')))
  await hears(() => writeFileSync(target, '4444'))
  t.pass('are heard of')
})

void t.test('files that are not named are none of its business', async (t) => {
  const { directory, hears, heard } = watched(t)
  const before = heard()
  writeFileSync(join(directory, 'notes.txt'), 'x')
  mkdirSync(join(directory, 'logs'))
  await hears(() => writeFileSync(join(directory, 'nsexception.json'), '5'))
  t.ok(heard() - before <= 3, `${heard() - before} times for one file`)
})

void t.test('a directory that is not there may come', async (t) => {
  const directory = join(t.testdir(), 'later')
  let heard = 0
  const watch = new FileWatch(directory, FILE_NAMES, () => {
    heard += 1
  })
  t.teardown(() => watch.close())
  await waitUntil(() => {
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'nsconfig.json'), String(performance.now()))
    return heard > 0
  })
  t.ok(heard > 0)
})
