/** Revocation lists as openssl sees them. */

import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { issueCrl } from '../../certs/issue-crl.js'
import { generateKeys } from '../../certs/keys.js'
import { issueCertificate, issueRoot, openIssuer } from '../../certs/x509.js'
import { lacking } from '../support/needs.js'
import { crlPem, opensslVerify } from '../support/openssl.js'
import { runProgram } from '../support/run-program.js'

const now = new Date()
const nextUpdate = new Date(now.getTime() + 86_400_000)
const [keys, leafKeys] = await Promise.all([generateKeys('rsa-2048'), generateKeys('ec-p256')])
const root = issueRoot({ subject: { commonName: 'a root' }, keys, days: 3650, now })
const issuer = openIssuer(root, keys.privateKey)
const newLeaf = () =>
  issueCertificate({
    issuer,
    subject: { commonName: 'box.com' },
    subjectPublicKey: leafKeys.publicKey,
    purpose: 'server',
    names: ['box.com'],
    days: 30,
    now,
  })
const serialOf = (pem: string) => new X509Certificate(pem).serialNumber

/** The list as PEM in a file, for `openssl verify -CRLfile`. */
async function withFile(der: Buffer, use: (file: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'steerlab-test-'))
  const file = join(directory, 'list.pem')
  await writeFile(file, crlPem(der))
  await use(file).finally(() => rm(directory, { recursive: true }))
}

void t.test('openssl refuses the leaf on the list, and no other', { skip: lacking('openssl') }, async (t) => {
  const [bad, good] = [newLeaf(), newLeaf()]
  const der = issueCrl({ issuer, revoked: [serialOf(bad)], now, nextUpdate })
  await withFile(der, async (file) => {
    const judged = (leaf: string) => opensslVerify({ root, leaf }, '-crl_check', '-CRLfile', file)
    t.match(await judged(bad), /certificate revoked/)
    t.equal(await judged(good), 'ok')
  })
  const late = issueCrl({
    issuer,
    revoked: [],
    now: new Date(now.getTime() - 172_800_000),
    nextUpdate: new Date(now.getTime() - 86_400_000),
  })
  await withFile(late, async (file) => {
    t.match(await opensslVerify({ root, leaf: good }, '-crl_check', '-CRLfile', file), /CRL has expired/)
  })
})

void t.test('a list says who, when and which number', { skip: lacking('openssl') }, async (t) => {
  await withFile(issueCrl({ issuer, revoked: ['ff', '0A', '01'], now, nextUpdate }), async (file) => {
    const { stdout } = await runProgram('openssl', ['crl', '-in', file, '-noout', '-text'])
    t.match(stdout, /Version 2 \(0x1\)/)
    t.match(stdout, /Issuer: CN ?= ?a root/)
    t.match(stdout, /Authority Key Identifier/)
    t.match(stdout, /X509v3 CRL Number/)
    t.strictSame(
      stdout.match(/Serial Number: \w+/g),
      ['FF', '0A', '01'].map((serial) => `Serial Number: ${serial}`),
    )
  })
  await withFile(issueCrl({ issuer, revoked: [], now, nextUpdate }), async (file) => {
    t.match((await runProgram('openssl', ['crl', '-in', file, '-noout', '-text'])).stdout, /No Revoked Certificates/)
  })
})
