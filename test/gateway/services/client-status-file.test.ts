/** Statuses on disk. */

import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ClientStatusFile } from '../../../gateway/services/client-status-file.js'

const NOON = new Date('2025-03-05T12:00:00Z')

void t.test('a line a status, in the order of posting, for its owner alone', async (t) => {
  const directory = join(t.testdir(), 'tenant')
  const file = new ClientStatusFile(directory)
  const events = Array.from({ length: 30 }, (_, n) => `event ${n}\n`)
  await Promise.all(events.map((event) => file.append(NOON, 'alice@acme.example', { event, host_info: { n: 1 } })))
  const path = join(directory, 'clientstatus.jsonl')
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  t.strictSame(
    lines.map((line) => JSON.parse(line)),
    events.map((event) => ({
      time: '2025-03-05T12:00:00.000Z',
      user: 'alice@acme.example',
      event,
      host_info: { n: 1 },
    })),
  )
  t.equal((await stat(path)).mode & 0o777, 0o600)
})

void t.test('two files at most, of some 10 MB', async (t) => {
  const directory = t.testdir({ 'clientstatus.jsonl': '', 'clientstatus.1.jsonl': 'oldest' })
  const path = join(directory, 'clientstatus.jsonl')
  await truncate(path, 10 * 1024 * 1024)
  const file = new ClientStatusFile(directory)
  await file.append(NOON, 'a', { event: 'the last that fits' })
  await file.append(NOON, 'a', { event: 'the first of a new file' })
  t.strictSame(await readdir(directory), ['clientstatus.1.jsonl', 'clientstatus.jsonl'])
  t.match(await readFile(path, 'utf8'), /^\{.*"the first of a new file"\}\n$/)
  t.ok((await stat(join(directory, 'clientstatus.1.jsonl'))).size > 10 * 1024 * 1024)
})

void t.test('a status that cannot be kept is told, and the next is tried', async (t) => {
  const directory = join(t.testdir(), 'tenant')
  await writeFile(directory, '')
  const file = new ClientStatusFile(directory)
  await t.rejects(file.append(NOON, 'a', { event: 'x' }), { code: /EEXIST|ENOTDIR/ })
  await rm(directory)
  await t.resolves(file.append(NOON, 'a', { event: 'y' }))
})
