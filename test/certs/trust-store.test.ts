import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { generateKeys } from '../../certs/keys.js'
import { addToTrustStore, writeTrustStore } from '../../certs/trust-store.js'
import { issueRoot } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'

async function root(commonName: string): Promise<string> {
  return issueRoot({ subject: { commonName }, keys: await generateKeys('ec-p256'), days: 2, now: new Date() })
}

const one = { pem: await root('One'), alias: 'alias-one' }
const two = { pem: await root('Two'), alias: 'alias-two' }

/** What keytool lists of a store, or why it does not. */
async function keytool(file: string, password: string): Promise<string> {
  const { stdout } = await runProgram('keytool', ['-list', '-keystore', file, '-storepass', password])
  return stdout
}

void t.test('Java trusts every certificate of a store', { skip: lacking('keytool') }, async (t) => {
  const file = join(t.testdir(), 'store.p12')
  writeFileSync(file, writeTrustStore([one, two], 'a pass phrase'))
  const listed = await keytool(file, 'a pass phrase')
  t.match(listed, /contains 2 entries/)
  for (const { alias } of [one, two]) t.match(listed, new RegExp(`^${alias}, .*trustedCertEntry`, 'm'))
  t.match(await keytool(file, 'another'), /Integrity check failed/, 'its integrity is the pass phrase')
  writeFileSync(file, writeTrustStore([one]))
  t.match(await keytool(file, 'whatever'), /contains 1 entry/, 'without one it has none to check')
})

void t.test('OpenSSL reads it too', { skip: lacking('openssl') }, async (t) => {
  const file = join(t.testdir(), 'store.p12')
  writeFileSync(file, writeTrustStore([one, two], 'päss'))
  const read = (passphrase: string) =>
    runProgram('openssl', ['pkcs12', '-in', file, '-nokeys', '-passin', `pass:${passphrase}`])
  const { stdout } = await read('päss')
  t.equal(stdout.match(/BEGIN CERTIFICATE/g)?.length, 2)
  t.match(stdout, /friendlyName: alias-one\n/)
  t.match(await read('pass'), { code: 1, stderr: /Mac verify error/ })
  const all = await runProgram('openssl', ['pkcs12', '-in', file, '-nodes', '-passin', 'pass:päss'])
  t.notMatch(all.stdout, 'PRIVATE KEY', 'there is no key in it')
})

void t.test("what is added to Java's own store comes to what was in it", { skip: lacking('keytool') }, async (t) => {
  const directory = t.testdir({ 'one.pem': one.pem })
  const file = join(directory, 'cacerts')
  // As JDK 18 and later have it: no encryption, no MAC.
  const plain = ['certProtectionAlgorithm', 'macAlgorithm'].map((name) => `-J-Dkeystore.pkcs12.${name}=NONE`)
  const made = await runProgram('keytool', [
    ...[...plain, '-importcert', '-noprompt', '-alias', one.alias, '-file', join(directory, 'one.pem')],
    ...['-storetype', 'PKCS12', '-keystore', file, '-storepass', 'changeit'],
  ])
  t.equal(made.code, 0, made.stdout + made.stderr)
  writeFileSync(file, addToTrustStore(readFileSync(file), [two])!)
  const listed = await keytool(file, 'changeit')
  for (const { alias } of [one, two]) t.match(listed, new RegExp(`^${alias}, .*trustedCertEntry`, 'm'))
})

void t.test('what is no trust store is not added to', async (t) => {
  const store = writeTrustStore([one])
  t.ok(addToTrustStore(store, [two]))
  for (const cut of [0, 1, 20, store.length - 1]) t.equal(addToTrustStore(store.subarray(0, cut), [two]), undefined)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => !addToTrustStore(Buffer.from(bytes), [two])))
})
