import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { generateKeys } from '../../../../certs/keys.js'
import { issueRoot } from '../../../../certs/x509.js'
import { authoritiesOf } from '../../../../scripts/process/trust/authority.js'
import { nssStoreMounts } from '../../../../scripts/process/trust/nss-store.js'
import { lacking, SEARCH_PATH } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'
import { selfSigned } from '../../../support/self-signed.js'

const keys = await generateKeys('ec-p256')
const pem = issueRoot({ subject: { commonName: 'Tenant' }, keys, days: 2, now: new Date() })
const authorities = authoritiesOf(pem, 'root.pem')
const skip = lacking('certutil', 'pk12util', 'openssl')

/** A user with a database, opened by a password if there is one. */
async function user(t: Test, password = '') {
  const home = t.testdir({ run: {}, 'password.txt': `${password}\n` })
  const database = join(home, '.pki', 'nssdb')
  mkdirSync(database, { recursive: true })
  const open = password === '' ? ['--empty-password'] : ['-f', join(home, 'password.txt')]
  await runProgram('certutil', ['-N', '-d', `sql:${database}`, ...open])
  const mounts = () => nssStoreMounts({ HOME: home, PATH: SEARCH_PATH }, authorities, join(home, 'run'))
  return { home, database, mounts }
}

async function listed(database: string): Promise<string> {
  return (await runProgram('certutil', ['-L', '-d', `sql:${database}`])).stdout
}

void t.test('the copy of a database trusts the authority, and the database does not', { skip }, async (t) => {
  const { database, mounts } = await user(t)
  const before = readFileSync(join(database, 'cert9.db'))
  const [mount] = mounts()
  t.match(mount, { path: database, writable: true })
  t.match(await listed(mount!.source), new RegExp(`^${authorities[0]?.alias} +C,,`, 'm'))
  t.strictSame(readFileSync(join(database, 'cert9.db')), before)
  t.strictSame(mounts(), [mount], 'it is made once')
})

void t.test('a database with private keys is left alone', { skip }, async (t) => {
  const { home, database, mounts } = await user(t)
  const { cert, key } = await selfSigned(home, 'mine')
  writeFileSync(join(home, 'both.pem'), cert + key)
  const pfx = join(home, 'mine.p12')
  await runProgram('openssl', ['pkcs12', '-export', '-in', join(home, 'both.pem'), '-passout', 'pass:x', '-out', pfx])
  const imported = await runProgram('pk12util', ['-i', pfx, '-d', `sql:${database}`, '-W', 'x', '-K', ''])
  t.equal(imported.code, 0, imported.stderr)
  t.strictSame(mounts(), [])
})

void t.test('so is one with a password, and there may be none', { skip }, async (t) => {
  t.strictSame((await user(t, 'secret')).mounts(), [])
  t.strictSame(nssStoreMounts({ HOME: t.testdir(), PATH: SEARCH_PATH }, authorities, '/nowhere'), [])
  t.strictSame(nssStoreMounts({ PATH: SEARCH_PATH }, authorities, '/nowhere'), [], 'nor a home')
})
