import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { addToJavaKeyStore } from '../../certs/java-key-store.js'
import { generateKeys } from '../../certs/keys.js'
import { issueRoot } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'

async function root(commonName: string): Promise<string> {
  return issueRoot({ subject: { commonName }, keys: await generateKeys('ec-p256'), days: 2, now: new Date() })
}

const added = { pem: await root('Added'), alias: 'the-added' }

/** A store without entries: header and digest. */
const EMPTY = Buffer.concat([Buffer.from('feedfeed0000000200000000', 'hex'), Buffer.alloc(20)])

void t.test('Java finds what is added, and what was there', { skip: lacking('keytool') }, async (t) => {
  const directory = t.testdir({ 'first.pem': await root('First') })
  const file = join(directory, 'cacerts')
  const keystore = ['-keystore', file, '-storepass', 'changeit']
  const first = ['-alias', 'the-first', '-file', join(directory, 'first.pem')]
  await runProgram('keytool', ['-importcert', '-noprompt', ...first, '-storetype', 'JKS', ...keystore])
  writeFileSync(file, addToJavaKeyStore(readFileSync(file), [added])!)
  const { stdout } = await runProgram('keytool', ['-list', ...keystore])
  t.match(stdout, /contains 2 entries/)
  for (const alias of ['the-first', 'the-added']) t.match(stdout, new RegExp(`^${alias}, .*trustedCertEntry`, 'm'))
  const wrong = await runProgram('keytool', ['-list', '-keystore', file, '-storepass', 'another'])
  t.match(wrong.stdout, /password was incorrect/, 'its digest is right: Java checks it')
})

void t.test('the same additions make the same file', async (t) => {
  const once = addToJavaKeyStore(EMPTY, [added])
  t.strictSame(once, addToJavaKeyStore(EMPTY, [added]))
  t.equal(once?.readUInt32BE(8), 1)
})

void t.test('what is no store is not added to', async (t) => {
  t.equal(addToJavaKeyStore(EMPTY.subarray(0, -1), [added]), undefined, 'too short')
  const older = Buffer.from(EMPTY)
  older.writeUInt32BE(1, 4)
  t.equal(addToJavaKeyStore(older, [added]), undefined, 'another version')
  fc.assert(fc.property(fc.uint8Array(), (bytes) => addToJavaKeyStore(Buffer.from(bytes), [added]) === undefined))
})
