import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LogFile } from '../../../agent/log/log-file.js'
import { followLog } from '../../../scripts/logs/follow.js'
import { waitUntil } from '../../support/wait-until.js'

/** A follower of nsdebuglog.log in a fresh directory, and what it has read. */
function follower(t: Test, pollMs = 5, directory = t.testdir()) {
  const path = join(directory, 'nsdebuglog.log')
  const stop = new AbortController()
  let text = ''
  const read = async () => {
    for await (const chunk of followLog(path, { signal: stop.signal, pollMs })) text += Buffer.from(chunk).toString()
  }
  const running = read()
  running.catch(() => {})
  const ended = () => {
    stop.abort()
    return running
  }
  t.teardown(() => ended().catch(() => {}))
  return { directory, path, running, ended, has: (wanted: string) => waitUntil(() => text === wanted) }
}

void t.test('what is there, then what is appended', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': 'one\n' })
  const { path, has } = follower(t, 5, directory)
  await has('one\n')
  appendFileSync(path, 'tw')
  await has('one\ntw')
  appendFileSync(path, 'o\nthree\n')
  await has('one\ntwo\nthree\n')
})

void t.test('a file that is not there yet, nor its directory', async (t) => {
  const { directory, path, has } = follower(t, 5, join(t.testdir(), 'later', 'logs'))
  await has('')
  mkdirSync(directory, { recursive: true })
  writeFileSync(path, 'born\n')
  await has('born\n')
})

void t.test('a rotation: the rest of the old file, then the new one', async (t) => {
  const { directory, path, has } = follower(t)
  writeFileSync(path, 'one\n')
  await has('one\n')
  for (const [last, first, all] of [
    ['two\n', 'three\n', 'one\ntwo\nthree\n'],
    ['four\n', 'five\n', 'one\ntwo\nthree\nfour\nfive\n'],
  ] as const) {
    appendFileSync(path, last)
    renameSync(path, join(directory, 'nsdebuglog.1.log'))
    writeFileSync(path, first)
    await has(all)
  }
})

void t.test('lines that come after the renaming, before a new file is there', async (t) => {
  const { directory, path, has } = follower(t)
  const old = join(directory, 'nsdebuglog.1.log')
  writeFileSync(path, 'one\n')
  await has('one\n')
  renameSync(path, old)
  appendFileSync(old, 'two\n')
  await has('one\ntwo\n')
  writeFileSync(path, 'three\n')
  await has('one\ntwo\nthree\n')
  appendFileSync(old, 'too late\n')
  appendFileSync(path, 'four\n')
  await has('one\ntwo\nthree\nfour\n')
})

void t.test('a file removed and made anew, of the same length', async (t) => {
  const { path, has } = follower(t)
  writeFileSync(path, 'one\n')
  await has('one\n')
  rmSync(path)
  writeFileSync(path, 'two\n')
  await has('one\ntwo\n')
})

void t.test('a truncated file is read from its start', async (t) => {
  const { path, has } = follower(t)
  writeFileSync(path, 'a long first line\n')
  await has('a long first line\n')
  truncateSync(path)
  appendFileSync(path, 'new\n')
  await has('a long first line\nnew\n')
})

void t.test('our own writer is followed through its rotations, line by line', async (t) => {
  const { directory, has } = follower(t)
  const log = LogFile.open({ directory, maxBytes: 40, maxFiles: 2, eol: '\n' })
  t.teardown(() => log.close())
  let text = ''
  for (let line = 0; line < 60; line++) {
    log.push(`line ${line}\n`)
    await log.drain()
    text += `line ${line}\n`
    if (line % 3 === 0) await has(text)
  }
  await has(text)
})

void t.test('more than one read of it', async (t) => {
  const text = 'line\n'.repeat(600_000)
  const directory = t.testdir({ 'nsdebuglog.log': text })
  await follower(t, 5, directory).has(text)
})

void t.test('the system tells of a change long before the time is up', async (t) => {
  const hour = 3_600_000
  const { path, has, ended } = follower(t, hour)
  writeFileSync(path, 'one\n')
  await has('one\n')
  appendFileSync(path, 'two\n')
  await has('one\ntwo\n')
  await ended()
})

void t.test('the signal ends it at once: before the start, while it waits, and for who reads slowly', async (t) => {
  await follower(t, 3_600_000).ended()
  const directory = t.testdir({ 'nsdebuglog.log': 'x'.repeat(3 * 1024 * 1024) })
  const stop = new AbortController()
  let chunks = 0
  for await (const _ of followLog(join(directory, 'nsdebuglog.log'), { signal: stop.signal })) {
    chunks++
    stop.abort()
  }
  t.equal(chunks, 1)
})

void t.test('what cannot be read is the mistake of the user', async (t) => {
  const directory = t.testdir({ 'nsdebuglog.log': {} })
  const { path, running } = follower(t, 5, directory)
  await t.rejects(running, { code: 'log-unreadable', exitCode: 2, message: RegExp(`^cannot read ${path}: EISDIR`) })
})
