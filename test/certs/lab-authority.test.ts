/** The lab's own root: made once per home, apart from the tenant's. */

import { X509Certificate } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { ensureLabAuthority } from '../../certs/lab-authority.js'
import { lacking } from '../support/needs.js'
import { opensslVerify } from '../support/openssl.js'

const DAY_MS = 86_400_000
const now = () => new Date()

void t.test('openssl accepts the root and its leaves', { skip: lacking('openssl') }, async (t) => {
  const { certificate: root, leaves } = await ensureLabAuthority({ home: t.testdir(), now })
  t.equal(await opensslVerify({ root, leaf: root }), 'ok')
  const leaf = leaves.issue(['box.com']).cert
  t.equal(await opensslVerify({ root, leaf }, '-purpose', 'sslserver', '-verify_hostname', 'box.com'), 'ok')
})

void t.test('the root is made once, the leaf key each time', async (t) => {
  const home = t.testdir()
  const first = await ensureLabAuthority({ home, now })
  const second = await ensureLabAuthority({ home, now })
  t.equal(second.certificate, first.certificate)
  t.not(second.leaves.issue(['box.com']).key, first.leaves.issue(['box.com']).key)
  t.equal(await readFile(first.caFile, 'utf8'), first.certificate)
  t.equal(first.caFile, join(home, 'lab', 'labca.pem'))
})

void t.test('several that start at once share a root', async (t) => {
  const home = t.testdir()
  const all = await Promise.all(Array.from({ length: 5 }, () => ensureLabAuthority({ home, now })))
  t.equal(new Set(all.map(({ certificate }) => certificate)).size, 1)
})

void t.test('its key is for the user alone', async (t) => {
  const home = t.testdir()
  await ensureLabAuthority({ home, now })
  const set = join(home, 'lab', 'authority-1')
  t.strictSame(await readdir(set), ['labca.key.pem', 'labca.pem'])
  t.equal((await stat(join(set, 'labca.key.pem'))).mode & 0o777, 0o600)
  t.equal((await stat(set)).mode & 0o777, 0o700)
})

void t.test('a root that no longer serves is made anew', async (t) => {
  const home = t.testdir()
  const set = (n: number) => join(home, 'lab', `authority-${n}`)
  const serial = async (at = now) =>
    new X509Certificate((await ensureLabAuthority({ home, now: at })).certificate).serialNumber
  const first = await serial()
  await rm(join(set(1), 'labca.key.pem'))
  const second = await serial()
  t.not(second, first, 'a lost key')
  await writeFile(join(set(2), 'labca.pem'), 'no PEM')
  const third = await serial()
  t.not(third, second, 'a broken certificate')
  t.equal(await serial(), third, 'then it stays')
  t.not(await serial(() => new Date(Date.now() + 3300 * DAY_MS)), third, 'nearly at its end')
  t.strictSame((await readdir(join(home, 'lab'))).sort(), ['authority-4', 'labca.pem'])
})
