/** Certificates as openssl judges them: chains that must verify, and their twins that must not. */

import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { generateKeys, type KeyKind, type KeyPair } from '../../certs/keys.js'
import { issueCertificate, issueRoot, openIssuer } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { opensslVerify } from '../support/openssl.js'
import { runProgram } from '../support/run-program.js'

const now = new Date()
const skip = lacking('openssl')
const [rsa, rsaOther, ec, ecOther] = await Promise.all(
  (['rsa-2048', 'rsa-2048', 'ec-p256', 'ec-p256'] as const).map(generateKeys),
)
if (!rsa || !rsaOther || !ec || !ecOther) throw new Error('no keys')

function rootOf(keys: KeyPair, at = now): string {
  return issueRoot({ subject: { country: 'US', commonName: 'a root' }, keys, days: 3650, now: at })
}

function intermediateOf(root: string, rootKeys: KeyPair, keys: KeyPair, commonName = 'ca.acme.goskope.com'): string {
  return issueCertificate({
    issuer: openIssuer(root, rootKeys.privateKey),
    subject: {
      organization: 'Zürich & Söhne',
      commonName,
      emailAddress: 'certadmin@netskope.com',
    },
    subjectPublicKey: keys.publicKey,
    purpose: 'intermediate',
    days: 3650,
    now,
  })
}

function serverOf(
  issuerPem: string,
  issuerKeys: KeyPair,
  keys: KeyPair,
  names: readonly string[] = ['box.com'],
): string {
  return issueCertificate({
    issuer: openIssuer(issuerPem, issuerKeys.privateKey),
    subject: { commonName: 'box.com' },
    subjectPublicKey: keys.publicKey,
    purpose: 'server',
    names,
    days: 396,
    now,
  })
}

const KEYS: Readonly<Record<KeyKind, readonly [issuer: KeyPair, subject: KeyPair]>> = {
  'rsa-2048': [rsa, rsaOther],
  'ec-p256': [ec, ecOther],
}

void t.test('openssl accepts every mix of issuer and subject keys, strictly', { skip }, async (t) => {
  for (const issuerKind of ['rsa-2048', 'ec-p256'] as const) {
    for (const subjectKind of ['rsa-2048', 'ec-p256'] as const) {
      const [issuerKeys] = KEYS[issuerKind]
      const [, subjectKeys] = KEYS[subjectKind]
      const root = rootOf(issuerKeys)
      t.equal(await opensslVerify({ root, leaf: root }), 'ok', `a ${issuerKind} root`)
      const leaf = serverOf(root, issuerKeys, subjectKeys)
      t.equal(await opensslVerify({ root, leaf }, '-purpose', 'sslserver'), 'ok', `${subjectKind} below ${issuerKind}`)
    }
  }
})

void t.test(
  'openssl accepts a server below an intermediate, and only for its name and purpose',
  { skip },
  async (t) => {
    const root = rootOf(rsa)
    const between = intermediateOf(root, rsa, rsaOther)
    const leaf = serverOf(between, rsaOther, ec, [
      'box.com',
      '*.bücher.example',
      '74.112.186.144',
      '2620:117:bff0:13::90',
    ])
    const chain = { root, between, leaf }
    t.equal(await opensslVerify(chain, '-purpose', 'sslserver', '-verify_hostname', 'box.com'), 'ok')
    t.equal(
      await opensslVerify(chain, '-verify_hostname', 'www.xn--bcher-kva.example'),
      'ok',
      'the wildcard in punycode',
    )
    t.equal(await opensslVerify(chain, '-verify_ip', '74.112.186.144'), 'ok', 'an IPv4 address')
    t.equal(await opensslVerify(chain, '-verify_ip', '2620:117:bff0:13::90'), 'ok', 'an IPv6 address')
    t.match(await opensslVerify(chain, '-verify_hostname', 'zoom.us'), /hostname mismatch/, 'another name is refused')
    t.match(
      await opensslVerify(chain, '-verify_ip', '74.112.186.145'),
      /IP address mismatch/,
      'another address is refused',
    )
    t.match(
      await opensslVerify(chain, '-purpose', 'sslclient'),
      /unsuitable certificate purpose/i,
      'a server is no client',
    )
    t.match(await opensslVerify({ root, leaf }), /unable to get local issuer/, 'the intermediate is needed')
    t.match(
      await opensslVerify({ root: rootOf(ec), between, leaf }),
      /error/,
      'a root of the same name is not the root',
    )
  },
)

void t.test('an intermediate cannot make another authority', { skip }, async (t) => {
  const root = rootOf(rsa)
  const between = intermediateOf(root, rsa, rsaOther)
  // Of another name: a certificate for its own issuer's name does not count in the path (RFC 5280 6.1.4).
  const below = intermediateOf(between, rsaOther, ec, 'ca.other.goskope.com')
  const leaf = serverOf(below, ec, ecOther)
  t.match(await opensslVerify({ root, between: between + below, leaf }), /path length constraint exceeded/)
})

void t.test('constraints and key usage are critical and say what the key is for', { skip }, async (t) => {
  const root = rootOf(rsa)
  const text = async (pem: string) => (await runProgram('openssl', ['x509', '-noout', '-text'], { input: pem })).stdout
  t.match(
    await text(root),
    /Basic Constraints: critical\s+CA:TRUE\n[\s\S]*Key Usage: critical\s+Certificate Sign, CRL Sign\n/,
  )
  const between = await text(intermediateOf(root, rsa, rsaOther))
  t.match(between, /CA:TRUE, pathlen:0/)
  t.match(
    between,
    /O ?= ?Z\\C3\\BCrich & S\\C3\\B6hne, CN ?= ?ca\.acme\.goskope\.com, emailAddress ?= ?certadmin@netskope\.com/,
  )
  t.match(
    await text(serverOf(root, rsa, ec)),
    /CA:FALSE[\s\S]*critical\s+Digital Signature\n[\s\S]*TLS Web Server Auth/,
    'EC',
  )
  t.match(await text(serverOf(root, rsa, rsaOther)), /Digital Signature, Key Encipherment\n/, 'RSA')
  const client = issueCertificate({
    issuer: openIssuer(root, rsa.privateKey),
    subject: { commonName: 'alice@acme.example' },
    subjectPublicKey: rsaOther.publicKey,
    purpose: 'client',
    days: 396,
    now,
  })
  t.match(await text(client), /critical\s+Digital Signature\n[\s\S]*TLS Web Client Authentication/)
  t.notMatch(await text(client), /Alternative Name/)
})

void t.test('life begins a day early and lasts the days asked for, also past 2049', async (t) => {
  const leaf = new X509Certificate(serverOf(rootOf(rsa), rsa, ec))
  const seconds = Math.floor(now.getTime() / 1000)
  t.equal(Date.parse(leaf.validFrom) / 1000, seconds - 86_400)
  t.equal(Date.parse(leaf.validTo) / 1000, seconds + 396 * 86_400)
  const late = new X509Certificate(rootOf(ec, new Date('2045-06-01T00:00:00Z')))
  t.equal(new Date(late.validTo).toISOString(), '2055-05-30T00:00:00.000Z', 'GeneralizedTime')
})

void t.test('serial numbers are random, positive and 16 bytes long', async (t) => {
  const root = rootOf(ec)
  const serials = Array.from({ length: 200 }, () => new X509Certificate(serverOf(root, ec, ecOther)).serialNumber)
  t.equal(new Set(serials).size, 200)
  t.ok(serials.every((serial) => /^[4-7][0-9A-F]{31}$/.test(serial)))
})

void t.test('an EC key whose point looks like ASN.1 comes through unchanged', async (t) => {
  // 04 3f = "OCTET STRING of 63 bytes", all that is left of the point; one key in 256.
  let keys = await generateKeys('ec-p256')
  const point = () => keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)
  while (point()[1] !== 0x3f) keys = await generateKeys('ec-p256')
  const certificate = new X509Certificate(serverOf(rootOf(rsa), rsa, keys))
  t.ok(certificate.publicKey.equals(keys.publicKey))
})

void t.test('what no certificate can say is refused', async (t) => {
  const issuer = openIssuer(rootOf(rsa), rsa.privateKey)
  const request = { issuer, subjectPublicKey: ec.publicKey, purpose: 'server', days: 396, now } as const
  const refused = { code: 'certificate-name-invalid' }
  t.throws(() => issueCertificate({ ...request, subject: {}, names: ['box .com'] }), refused, 'a name with a blank')
  t.throws(() => issueCertificate({ ...request, subject: { commonName: 'x'.repeat(65) } }), refused, '65 characters')
  t.doesNotThrow(() => issueCertificate({ ...request, subject: { commonName: 'x'.repeat(64) } }), '64 characters')
  t.throws(() => openIssuer(rootOf(rsa), ec.privateKey), { code: 'issuer-key-mismatch' }, "another issuer's key")
})
