/** What a certificate says of itself and of its issuer's lists; openssl as the other reader. */

import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { generateKeys } from '../../certs/keys.js'
import { crlUrlsOf, subjectOf } from '../../certs/read-certificate.js'
import { issueCertificate, issueRoot, openIssuer } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { opensslVerify } from '../support/openssl.js'
import { runProgram } from '../support/run-program.js'

const now = new Date()
const keys = await generateKeys('ec-p256')
const root = issueRoot({ subject: { commonName: 'a root' }, keys, days: 3650, now })
const issuer = openIssuer(root, keys.privateKey)
const request = { issuer, subjectPublicKey: keys.publicKey, purpose: 'server', days: 30, now } as const
const named = { ...request, subject: { commonName: 'box.com' }, names: ['box.com'] }
const URL_OF_LIST = 'http://crl.lab.example/lab.crl'
const rawOf = (pem: string) => new X509Certificate(pem).raw

void t.test('the list that a certificate names', { skip: lacking('openssl') }, async (t) => {
  const leaf = issueCertificate({ ...named, crlUrl: URL_OF_LIST })
  t.strictSame(crlUrlsOf(rawOf(leaf)), [URL_OF_LIST])
  t.strictSame(crlUrlsOf(rawOf(issueCertificate(named))), [], 'it names none')
  const { stdout } = await runProgram('openssl', ['x509', '-noout', '-ext', 'crlDistributionPoints'], { input: leaf })
  t.match(stdout, `URI:${URL_OF_LIST}`)
  t.equal(await opensslVerify({ root, leaf }, '-verify_hostname', 'box.com'), 'ok')
})

void t.test('several points, and those of others, as openssl writes them', { skip: lacking('openssl') }, async (t) => {
  const made = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=x',
    '-keyout',
    '/dev/null',
  ]
  for (const [why, lines, urls] of [
    [
      'two points',
      'crlDistributionPoints=URI:http://a.example/1,URI:ldap://b.example/2',
      ['http://a.example/1', 'ldap://b.example/2'],
    ],
    [
      'two names of a point',
      'crlDistributionPoints=p\n[p]\nfullname=URI:http://a.example/1,URI:http://a.example/2',
      ['http://a.example/1', 'http://a.example/2'],
    ],
    [
      'of another authority',
      'crlDistributionPoints=p\n[p]\nfullname=URI:http://a.example/1\nCRLissuer=dirName:d\n[d]\nCN=x',
      [],
    ],
  ] as const) {
    const config = join(t.testdir({ 'x.cnf': `[req]\ndistinguished_name=dn\n[dn]\n[ext]\n${lines}\n` }), 'x.cnf')
    const { stdout, stderr } = await runProgram('openssl', [...made, '-config', config, '-extensions', 'ext'])
    t.strictSame(crlUrlsOf(rawOf(stdout)), urls, `${why} ${stderr}`)
  }
})

void t.test('a subject is told byte for byte, also of a certificate without one', async (t) => {
  t.equal(subjectOf(rawOf(root))?.toString('latin1').endsWith('\x0c\x06a root'), true)
  const nameless = issueCertificate({ ...request, subject: {}, names: ['box.com'] })
  t.equal(subjectOf(rawOf(nameless))?.toString('hex'), '3000')
})

void t.test('a certificate without a subject has critical names, which openssl accepts', async (t) => {
  const leaf = issueCertificate({ ...request, subject: {}, names: ['box.com'] })
  t.equal(await opensslVerify({ root, leaf }, '-verify_hostname', 'box.com'), 'ok')
})

void t.test('bytes of anybody are no certificate, and never throw', async () => {
  const whole = rawOf(issueCertificate({ ...named, crlUrl: URL_OF_LIST }))
  const spoilt = fc
    .tuple(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.nat(whole.length))
    .map(([at, bytes, length]) =>
      Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)]).subarray(0, length),
    )
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }).map(Buffer.from), spoilt), (bytes) => {
      subjectOf(bytes)
      return crlUrlsOf(bytes).every((url) => url.length < 400)
    }),
  )
})
