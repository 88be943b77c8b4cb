import { join } from 'node:path'
import t, { type Test } from 'tap'
import { subjectHash } from '../../certs/subject-hash.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'

const skip = lacking('openssl')

async function certificateOf(t: Test, subject: string, ...options: string[]): Promise<{ file: string; pem: string }> {
  const directory = t.testdir()
  const file = join(directory, 'certificate.pem')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(directory, 'key')]
  const made = await runProgram('openssl', [
    ...['req', '-x509', '-utf8', ...key, ...options, '-subj', subject, '-out', file],
  ])
  if (made.code !== 0) throw new Error(made.stderr)
  const { stdout } = await runProgram('openssl', ['x509', '-in', file])
  return { file, pem: stdout }
}

for (const [what, subject, ...options] of [
  ['an ordinary name', '/C=US/O=steerlab/CN=steerlab root CA'],
  ['case and spaces do not count', '/C=us/O=  Acme   und  Söhne\t GmbH /CN=ÄÖÜ Root'],
  ['an address is an IA5String', '/O=Acme/CN=ca.acme.goskope.com/emailAddress=CertAdmin@Netskope.com'],
  ['two attributes in one part', '/C=US/O=Acme/OU=One+CN=Two', '-multivalue-rdn'],
  ['one attribute', '/CN=x'],
] as const)
  void t.test(`the hash is OpenSSL's: ${what}`, { skip }, async (t) => {
    const { file, pem } = await certificateOf(t, subject, ...options)
    const { stdout } = await runProgram('openssl', ['x509', '-noout', '-subject_hash', '-in', file])
    t.match(stdout, /^[0-9a-f]{8}\n$/)
    t.equal(subjectHash(pem), stdout.trim())
  })

void t.test('what is no certificate has none', async (t) => {
  t.throws(() => subjectHash('nonsense'))
})
