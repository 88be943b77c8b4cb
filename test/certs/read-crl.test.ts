/** Reading revocation lists: ours, those that openssl makes, and whatever else arrives. */

import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { issueCrl } from '../../certs/issue-crl.js'
import { generateKeys, type KeyKind, privateKeyPem } from '../../certs/keys.js'
import { LARGEST_CRL_BYTES, readCrl } from '../../certs/read-crl.js'
import { issueRoot, openIssuer } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'

const now = new Date()
const nextUpdate = new Date(Math.floor(now.getTime() / 1000) * 1000 + 86_400_000)

async function newIssuer(kind: KeyKind, commonName = 'a root') {
  const keys = await generateKeys(kind)
  const pem = issueRoot({ subject: { commonName }, keys, days: 3650, now })
  const key = privateKeyPem(keys.privateKey)
  return { pem, key, issuer: openIssuer(pem, keys.privateKey), certificate: new X509Certificate(pem) }
}

const [rsa, ec, other] = await Promise.all([
  newIssuer('rsa-2048'),
  newIssuer('ec-p256'),
  newIssuer('ec-p256', 'another root'),
])
const SERIAL = '4F00112233445566778899AABBCCDDEE'
const listOf = ({ issuer }: typeof rsa, revoked: readonly string[] = [SERIAL]) =>
  issueCrl({ issuer, revoked, now, nextUpdate })

void t.test('our own lists', async (t) => {
  for (const by of [rsa, ec]) {
    const list = readCrl(listOf(by), by.certificate)
    if ('failure' in list) throw new Error(list.failure)
    t.ok(list.isRevoked(SERIAL))
    t.ok(list.isRevoked(SERIAL.toLowerCase()))
    t.notOk(list.isRevoked('4F00112233445566778899AABBCCDDEF'))
    t.strictSame(list.nextUpdate, nextUpdate)
  }
  const zeros = readCrl(listOf(ec, ['00FF', '1']), ec.certificate)
  if ('failure' in zeros) throw new Error(zeros.failure)
  t.ok(zeros.isRevoked('FF'))
  t.ok(zeros.isRevoked('01'))
  t.match(readCrl(listOf(ec, []), ec.certificate), { nextUpdate }, 'an empty list')
})

void t.test('lists that are not for us', async (t) => {
  const { publicKey: _, ...content } = await generateKeys('ec-p256')
  const impostor = { ...rsa.issuer, privateKey: content.privateKey }
  const whole = listOf(rsa)
  const year2100 = issueCrl({ issuer: ec.issuer, revoked: [], now, nextUpdate: new Date('2100-01-01T00:00:00Z') })
  for (const [why, der, by, failure] of [
    ['of another issuer', listOf(other), rsa, 'wrong-issuer'],
    ['of the same name with another key', listOf(ec), rsa, 'bad-signature'],
    ['signed by somebody else', issueCrl({ issuer: impostor, revoked: [], now, nextUpdate }), rsa, 'bad-signature'],
    [
      'with a serial changed',
      Buffer.from(whole.toString('latin1').replace('\x22\x33', '\x22\x34'), 'latin1'),
      rsa,
      'bad-signature',
    ],
    ['cut off', whole.subarray(0, -1), rsa, 'malformed'],
    ['empty', Buffer.alloc(0), rsa, 'malformed'],
    ['a certificate', rsa.certificate.raw, rsa, 'malformed'],
    ['over a mebibyte', Buffer.alloc(LARGEST_CRL_BYTES + 1, 0x30), rsa, 'too-large'],
  ] as const)
    t.strictSame(readCrl(der, by.certificate), { failure }, why)
  t.match(readCrl(year2100, ec.certificate), { nextUpdate: new Date('2100-01-01T00:00:00Z') }, 'GeneralizedTime')
})

/** A list of `openssl ca`, which has revoked SERIAL; `lines` are its crl_extensions and what they need. */
async function opensslList(t: Test, by: typeof rsa, digest: string, lines: string): Promise<Buffer> {
  const directory = t.testdir({
    'index.txt': `R\t301231000000Z\t260101000000Z\t${SERIAL}\tunknown\t/CN=x\n`,
    number: '01\n',
  })
  const file = (name: string) => join(directory, name)
  const config = `[ca]\ndefault_ca=c\n[c]\ndatabase=${file('index.txt')}\ncrlnumber=${file('number')}\n[ext]\n${lines}\n`
  for (const [name, text] of [
    ['ca.cnf', config],
    ['ca.pem', by.pem],
    ['ca.key', by.key],
  ] as const)
    await writeFile(file(name), text, { mode: 0o600 })
  const args = ['-config', file('ca.cnf'), '-cert', file('ca.pem'), '-keyfile', file('ca.key'), '-md', digest]
  const made = await runProgram('openssl', ['ca', '-gencrl', '-crldays', '2', '-crlexts', 'ext', ...args])
  const [, base64 = ''] = /BEGIN X509 CRL-----([^-]*)-----END/.exec(made.stdout) ?? []
  return Buffer.from(base64, 'base64')
}

void t.test('lists of openssl', { skip: lacking('openssl') }, async (t) => {
  const scope = 'issuingDistributionPoint=critical,@idp\n[idp]\n'
  for (const [why, by, digest, lines, failure] of [
    ['RSA with SHA-256', rsa, 'sha256', 'authorityKeyIdentifier=keyid', undefined],
    ['RSA with SHA-512', rsa, 'sha512', 'authorityKeyIdentifier=keyid', undefined],
    ['ECDSA with SHA-384', ec, 'sha384', 'authorityKeyIdentifier=keyid', undefined],
    [
      'a part of a list, as large authorities divide theirs',
      ec,
      'sha256',
      `${scope}fullname=URI:http://a.example/1`,
      undefined,
    ],
    ['a list for others', ec, 'sha256', `${scope}indirectCRL=TRUE`, 'unsupported'],
    ['a list of changes', ec, 'sha256', '2.5.29.27=critical,DER:020101', 'unsupported'],
    ['an extension that nobody knows', ec, 'sha256', '1.2.3.4=critical,DER:0500', 'unsupported'],
    ['one that need not be known', ec, 'sha256', '1.2.3.4=DER:0500', undefined],
    ['a broken digest', rsa, 'sha1', 'authorityKeyIdentifier=keyid', 'unsupported'],
  ] as const) {
    const list = readCrl(await opensslList(t, by, digest, lines), by.certificate)
    if (failure !== undefined) t.strictSame(list, { failure }, why)
    else if ('failure' in list) t.fail(`${why}: ${list.failure}`)
    else t.strictSame([list.isRevoked(SERIAL), list.isRevoked('01')], [true, false], why)
  }
})

void t.test('a list of the largest size is read without a long pause', async (t) => {
  const serials = Array.from({ length: 26_000 }, (_, n) =>
    (0x4f_0000_0000_0000_0000_0000_0000_0000n + BigInt(n)).toString(16),
  )
  const der = listOf(rsa, serials)
  t.ok(der.length > 800_000 && der.length < LARGEST_CRL_BYTES, `${der.length} bytes`)
  const begun = performance.now()
  const list = readCrl(der, rsa.certificate)
  const took = performance.now() - begun
  t.ok('isRevoked' in list && list.isRevoked(serials.at(-1) ?? ''))
  t.ok(took < 500, `${took} ms`)
})

void t.test('a list with one bit turned, wherever it is, is refused', async (t) => {
  const whole = listOf(ec)
  t.notOk('failure' in readCrl(whole, ec.certificate), 'the list itself is good')
  const believed: string[] = []
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const turned = Buffer.from(whole)
    turned.writeUInt8(turned.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    if (!('failure' in readCrl(turned, ec.certificate))) believed.push(`byte ${bit >> 3}, bit ${bit & 7}`)
  }
  t.strictSame(believed, [])
})

void t.test('bytes of anybody are refused, and never throw', async () => {
  const whole = listOf(ec)
  const spoilt = fc
    .tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(whole.length))
    .map(([at, change, length]) => {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] as number) ^ change
      return bytes.subarray(0, length)
    })
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 300 }).map(Buffer.from), spoilt),
      (bytes) => 'failure' in readCrl(bytes, ec.certificate),
    ),
    { numRuns: 2000 },
  )
})
