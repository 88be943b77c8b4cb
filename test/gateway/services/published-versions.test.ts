/** Versions on disk. */

import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { nextVersionId } from '../../../gateway/services/config-version.js'
import { MAX_VERSIONS, publishVersion, readVersion, versionIds } from '../../../gateway/services/published-versions.js'
import { tenantTexts } from '../../support/addon.js'

const FIRST = '2025-03-05T14:01:01.629000'
const SECOND = '2025-03-05T14:01:01.629001'

void t.test('a version is kept as it was published, for its owner alone', async (t) => {
  const directory = join(t.testdir(), 'tenant')
  t.strictSame(await versionIds(directory), [], 'none yet')
  const files = tenantTexts()
  await publishVersion(directory, { id: FIRST, files })
  await publishVersion(directory, { id: SECOND, files: tenantTexts({ 'nsoverlap.json': '{}' }) })
  t.strictSame(await versionIds(directory), [SECOND, FIRST], 'newest first')
  t.strictSame(await readVersion(directory, FIRST), { id: FIRST, files })
  const version = join(directory, 'versions', FIRST)
  t.equal((await stat(version)).mode & 0o777, 0o700)
  for (const name of await readdir(version)) t.equal((await stat(join(version, name))).mode & 0o777, 0o600, name)
})

void t.test('a version is never written over', async (t) => {
  const directory = t.testdir()
  await publishVersion(directory, { id: FIRST, files: tenantTexts() })
  await t.rejects(publishVersion(directory, { id: FIRST, files: tenantTexts({ 'nsoverlap.json': '{}' }) }), {
    code: 'ENOTEMPTY',
  })
  t.notMatch(await readVersion(directory, FIRST), { files: { 'nsoverlap.json': '{}' } })
  t.strictSame(await readdir(join(directory, 'versions')), [FIRST], 'nothing is left of the attempt')
})

void t.test('only whole versions count', async (t) => {
  const directory = t.testdir()
  await publishVersion(directory, { id: FIRST, files: tenantTexts() })
  t.equal(await readVersion(directory, SECOND), undefined, 'not there')
  for (const id of ['', '..', '../..', '.new-x']) t.equal(await readVersion(directory, id), undefined, 'no id')
  await rm(join(directory, 'versions', FIRST, 'nssteering.json'))
  t.equal(await readVersion(directory, FIRST), undefined, 'a mandatory file is gone')
  await mkdir(join(directory, 'versions', '.new-killed'))
  await writeFile(join(directory, 'versions', 'notes.txt'), '')
  t.strictSame(await versionIds(directory), [FIRST], 'other things are no versions')
})

void t.test('the oldest go', async (t) => {
  const directory = t.testdir()
  const ids: string[] = []
  for (let n = 0; n < MAX_VERSIONS + 2; n++) {
    const id = nextVersionId(new Date('2025-03-05T14:01:01.629Z'), ids.at(-1))
    await publishVersion(directory, { id, files: { 'nsconfig.json': `${n}` } })
    ids.push(id)
  }
  t.strictSame(await versionIds(directory), ids.slice(-MAX_VERSIONS).reverse())
})
