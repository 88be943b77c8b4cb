/** The store: what the administrator edits is what clients are served, once it is good. */

import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { GatewayEntry } from '../../../gateway/gateway-log.js'
import type { Version } from '../../../gateway/services/published-versions.js'
import type { TenantFileName } from '../../../gateway/services/tenant-files.js'
import { TenantStore } from '../../../gateway/services/tenant-store.js'
import { tenantFor } from '../../support/addon.js'

const exceptions = (...names: readonly string[]) => JSON.stringify({ names, ips: [] })

async function newStore(t: Test, now = () => new Date()) {
  const { directory } = await tenantFor(t)
  const log: GatewayEntry[] = []
  const open = () => new TenantStore({ directory, now, log: (entry) => log.push(entry) })
  const store = open()
  const served = async (): Promise<Version> => {
    const version = (await store.current())?.version
    if (version === undefined) throw new Error('nothing is served')
    return version
  }
  const edit = (name: TenantFileName, text: string) => writeFile(join(directory, name), text)
  const refused = () => log.filter(({ event }) => event === 'config-refused').map(({ reason }) => reason)
  return { directory, log, open, store, served, edit, refused }
}

void t.test('the version goes up with an edit, and only then', async (t) => {
  const { store, served, edit, open, log } = await newStore(t)
  const first = await served()
  t.equal((await served()).id, first.id, 'asked again')
  t.strictSame(await open().current(), await store.current(), 'a gateway started anew serves the same')
  await edit('nsexception.json', exceptions('a.example'))
  const second = await served()
  t.ok(second.id > first.id)
  t.equal(second.files['nsexception.json'], exceptions('a.example'))
  t.equal(second.files['nsconfig.json'], first.files['nsconfig.json'])
  await edit('nsexception.json', exceptions('a.example'))
  t.equal((await served()).id, second.id, 'written anew, with the same content')
  await edit('nsexception.json', exceptions('b.example'))
  t.equal((await served()).files['nsexception.json'], exceptions('b.example'), 'as long as before')
  t.equal((await store.versions()).length, 3)
  t.equal(log.filter(({ event }) => event === 'config-published').length, 3)
})

void t.test('files that come and go make versions', async (t) => {
  const { directory, served, edit } = await newStore(t)
  const before = await served()
  await edit('nsoverlap.json', '{"overlappingDomainList":{}}')
  t.equal((await served()).files['nsoverlap.json'], '{"overlappingDomainList":{}}')
  await rm(join(directory, 'nsbypass.json'))
  const { id, files } = await served()
  t.ok(id > before.id)
  t.equal(files['nsbypass.json'], undefined)
})

void t.test('a bad edit is refused, once, and the last good version stays', async (t) => {
  const { directory, store, served, edit, refused, open } = await newStore(t)
  const good = await served()
  await edit('nssteering.json', '{"traffic_mode":7}')
  for (let n = 0; n < 3; n++) t.equal((await served()).id, good.id)
  t.equal(refused().length, 1)
  t.match(refused()[0], /^nssteering\.json:1: \$\.traffic_mode: found 7/)
  await edit('nsexception.json', '{')
  await rm(join(directory, 'nsconfig.json'))
  t.equal((await served()).id, good.id)
  t.match(refused().slice(1), [/^nsconfig\.json: is missing/, /^nsexception\.json:1:2/], 'the new problems only')
  t.equal((await open().current())?.version?.id, good.id, 'also by a gateway started anew')

  await edit('nsexception.json', exceptions('a.example'))
  await edit('nssteering.json', String(good.files['nssteering.json']))
  await edit('nsconfig.json', String(good.files['nsconfig.json']))
  t.ok((await served()).id > good.id, 'mended')
  await edit('nssteering.json', '{"traffic_mode":7}')
  await store.current()
  t.match(refused().at(-1), /traffic_mode/, 'the same mistake later is told again')
})

void t.test('files over 1 MB are refused', async (t) => {
  const { served, edit, refused } = await newStore(t)
  const good = await served()
  await edit('nsexception.json', exceptions('x'.repeat(1024 * 1024)))
  t.equal((await served()).id, good.id)
  t.match(refused(), [/^nsexception\.json: has more than 1048576 bytes/])
})

void t.test('without a tenant, and without a good configuration', async (t) => {
  const { directory, store, served, edit, refused } = await newStore(t)
  await rename(directory, `${directory}-away`)
  t.equal(await store.current(), undefined, 'the directory is missing')
  t.strictSame(await store.versions(), [])
  await rename(`${directory}-away`, directory)
  await edit('nsconfig.json', '')
  t.match(await store.current(), { tenant: { tenant: 'acme' }, version: undefined }, 'it was never good')
  t.equal(refused().length, 1)
  await writeFile(join(directory, 'tenant.json'), '{}')
  await t.rejects(store.current(), { code: 'tenant-unreadable' })
  await rm(join(directory, 'tenant.json'))
  t.equal(await store.current(), undefined, 'files alone are no tenant')
  await t.rejects(served())
})

void t.test('a version that has lost a file is passed over, and its id never given again', async (t) => {
  const { directory, store, served, edit, open } = await newStore(t)
  const first = await served()
  await edit('nsexception.json', exceptions('a.example'))
  const second = await served()
  await rm(join(directory, 'versions', second.id, 'nsconfig.json'))
  const again = (await open().current())?.version
  t.ok(again && again.id > second.id, 'what the administrator has is published anew')
  t.strictSame(again?.files, second.files)
  t.strictSame(await store.versions(), [again?.id, second.id, first.id])
})

void t.test('several files are one edit, and a question waits for its end', async (t) => {
  const { store, served, edit } = await newStore(t)
  await served()
  await edit('nsexception.json', exceptions('a.example'))
  const asked = served()
  await setTimeout(30)
  await edit('nsoverlap.json', '{"overlappingDomainList":{}}')
  t.match(await asked, { files: { 'nsexception.json': exceptions('a.example'), 'nsoverlap.json': /overlapping/ } })
  t.equal((await store.versions()).length, 2)
})

void t.test('while somebody goes on writing, the last version is served', async (t) => {
  const { store, served, edit } = await newStore(t)
  const first = await served()
  let writing = true
  const writer = (async () => {
    let count = 0
    for (; writing; await setTimeout(10)) await edit('nsexception.json', exceptions(`host-${count++}.example`))
    return exceptions(`host-${count - 1}.example`)
  })()
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: 100 }, served))
  t.strictSame(new Set(answers), new Set([first]))
  t.ok(performance.now() - began < 2000, 'and clients do not wait for the end, nor for each other')
  writing = false
  const last = await writer
  t.equal((await served()).files['nsexception.json'], last, 'then what was written last')
  t.equal((await store.versions()).length, 2)
})

void t.test('a rollback in another process is one version', async (t) => {
  const { open, store, served, edit } = await newStore(t)
  const first = await served()
  await edit('nsexception.json', exceptions('a.example'))
  await served()
  const rolled = open().rollback(first.id)
  while ((await served()).files['nsexception.json'] !== first.files['nsexception.json']);
  t.equal((await served()).id, await rolled)
  t.equal((await store.versions()).length, 3)
})

void t.test('publishing is tried again when it failed, without another edit', async (t) => {
  // Files of an hour ago are not read again unless there is a reason.
  const { directory, store, served, refused } = await newStore(t, () => new Date(Date.now() + 3_600_000))
  await symlink(join(directory, 'nowhere', 'at', 'all'), join(directory, 'versions'))
  for (let n = 0; n < 2; n++) t.equal((await store.current())?.version, undefined)
  t.match(refused(), [/^cannot be published \(E[A-Z]+\)$/])
  await rm(join(directory, 'versions'))
  t.ok(await served())
})

void t.test('a place for versions that is none', async (t) => {
  const { directory, store } = await newStore(t)
  await writeFile(join(directory, 'versions'), '')
  await t.rejects(store.current(), { code: 'ENOTDIR' })
  await rm(join(directory, 'versions'))
  await mkdir(join(directory, 'versions'))
  t.ok((await store.current())?.version, 'asked later it serves')
})

void t.test('questions at once agree', async (t) => {
  const { store, edit } = await newStore(t)
  await store.current()
  await edit('nsexception.json', exceptions('a.example'))
  const answers = await Promise.all(Array.from({ length: 20 }, () => store.current()))
  t.equal(new Set(answers.map((answer) => answer?.version?.id)).size, 1)
  t.equal((await store.versions()).length, 2)
})

void t.test('rollback', async (t) => {
  const { directory, store, served, edit, refused } = await newStore(t)
  const first = await served()
  await edit('nsexception.json', exceptions('a.example'))
  await edit('nsoverlap.json', '{"overlappingDomainList":{}}')
  // Nobody has asked since the edit: it becomes a version before it is taken back.
  const id = await store.rollback(first.id)
  t.ok(id > first.id)
  t.strictSame(await served(), { id, files: first.files })
  t.notOk((await readdir(directory)).includes('nsoverlap.json'), 'what that version did not have is gone')
  t.equal(await readFile(join(directory, 'nsexception.json'), 'utf8'), first.files['nsexception.json'])
  const [, edited = '', ...older] = await store.versions()
  t.strictSame(older, [first.id])
  t.equal(await store.rollback(id), id, 'to what is served already')

  const forth = await store.rollback(edited.replace('T', ' '))
  t.ok(forth > id, 'and forth again, named by its config_version')
  t.equal((await served()).files['nsexception.json'], exceptions('a.example'))
  t.strictSame(refused(), [])

  await edit('nsconfig.json', '{')
  t.ok((await store.rollback(first.id)) > forth, 'a bad edit is undone')
  for (const wanted of ['', '..', '../tenant', '2001-01-01T00:00:00.000000'])
    await t.rejects(store.rollback(wanted), { code: 'version-unknown', exitCode: 2 }, JSON.stringify(wanted))
  await writeFile(join(directory, 'versions', edited, 'nssteering.json'), '{"traffic_mode":7}')
  const before = await served()
  await t.rejects(store.rollback(edited), { code: 'config-invalid', exitCode: 2, message: /traffic_mode/ })
  t.strictSame(await served(), before, 'and nothing has changed')
})
