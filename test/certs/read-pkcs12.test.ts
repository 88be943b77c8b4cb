/** PKCS#12 files of openssl and our own. */

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { generateKeys } from '../../certs/keys.js'
import { writePkcs12 } from '../../certs/pkcs12.js'
import { readPkcs12Certificates } from '../../certs/read-pkcs12.js'
import { issueRoot } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { selfSigned } from '../support/self-signed.js'

void t.test('our own: the certificates as they were put in', async (t) => {
  const keys = await generateKeys('rsa-2048')
  const certificate = issueRoot({ subject: { commonName: 'x' }, keys, days: 1, now: new Date() })
  const passphrase = 'pass'
  const file = writePkcs12({ privateKey: keys.privateKey, certificates: [certificate], passphrase, friendlyName: 'x' })
  t.strictSame(readPkcs12Certificates(file, passphrase), [new X509Certificate(certificate).toString()])
  t.equal(readPkcs12Certificates(file, 'other'), 'it is damaged or has another passphrase')
  t.equal(readPkcs12Certificates(file.subarray(0, 100), passphrase), 'it is damaged or has another passphrase')
  t.equal(readPkcs12Certificates(Buffer.alloc(0), passphrase), 'it is damaged or has another passphrase')
})

void t.test("openssl's, with a key on a curve", { skip: lacking('openssl') }, async (t) => {
  const directory = t.testdir()
  const { cert, caFile } = await selfSigned(directory, 'x.example')
  const out = join(directory, 'x.p12')
  const key = join(directory, 'x.example.key')
  for (const [more, expected] of [
    [['-inkey', key], [new X509Certificate(cert).toString()]],
    [['-inkey', key, '-legacy'], [new X509Certificate(cert).toString()]],
  ] as const) {
    const args = ['pkcs12', '-export', '-in', caFile, '-out', out, '-passout', 'pass:x', ...more]
    t.equal((await runProgram('openssl', args)).code, 0)
    t.strictSame(readPkcs12Certificates(readFileSync(out), 'x'), expected, more.join(' '))
  }
  const keyOnly = ['pkcs12', '-export', '-nocerts', '-inkey', key, '-out', out, '-passout', 'pass:x']
  t.equal((await runProgram('openssl', keyOnly)).code, 0)
  t.equal(readPkcs12Certificates(readFileSync(out), 'x'), 'it holds no certificate')
})
