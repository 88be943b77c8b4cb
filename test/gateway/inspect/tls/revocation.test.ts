/** What the gateway knows of revoked certificates, and how often it asks. */

import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { issueCrl } from '../../../../certs/issue-crl.js'
import { generateKeys } from '../../../../certs/keys.js'
import { issueCertificate, issueRoot, openIssuer } from '../../../../certs/x509.js'
import { Revocation } from '../../../../gateway/inspect/tls/revocation.js'

const HOUR_MS = 3_600_000
const start = new Date()
const [keys, otherKeys] = await Promise.all([generateKeys('ec-p256'), generateKeys('ec-p256')])
const subject = { commonName: 'a root' }
const root = issueRoot({ subject, keys, days: 30, now: start })
const issuer = openIssuer(root, keys.privateKey)
const rootRaw = new X509Certificate(root).raw
const LIST = 'http://crl.lab.example/lab.crl'

function newLeaf(crlUrl?: string) {
  const content = { subject: { commonName: 'box.com' }, names: ['box.com'], days: 20, now: start }
  const where = crlUrl === undefined ? {} : { crlUrl }
  const pem = issueCertificate({ ...content, ...where, issuer, subjectPublicKey: keys.publicKey, purpose: 'server' })
  const { raw, serialNumber } = new X509Certificate(pem)
  return { raw, serialNumber }
}

const [good, bad, silent] = [newLeaf(LIST), newLeaf(LIST), newLeaf()]

function listUntil(until: number, by = issuer, revoked = [bad.serialNumber]): Buffer {
  return issueCrl({ issuer: by, revoked, now: start, nextUpdate: new Date(until) })
}

const LASTING = listUntil(start.getTime() + HOUR_MS)

/** A Revocation whose lists `answer` gives, what it asked for, and its clock. */
function revocationWith(answer: (url: string) => Promise<Buffer | undefined>) {
  const asked: string[] = []
  const clock = { ms: start.getTime() }
  const fetch = (url: string) => {
    asked.push(url)
    return answer(url)
  }
  return { revocation: new Revocation({ fetch, now: () => clock.ms }), asked, clock }
}

void t.test('the list says which certificate was revoked', async (t) => {
  const { revocation, asked } = revocationWith(async () => LASTING)
  t.equal(await revocation.check(bad.raw, rootRaw), 'revoked')
  t.equal(await revocation.check(good.raw, rootRaw), 'good')
  t.equal(await revocation.check(bad.raw, rootRaw), 'revoked')
  t.strictSame(asked, [LIST], 'asked for once')
})

void t.test('checks at the same time share a fetch', async (t) => {
  const { revocation, asked } = revocationWith(async () => LASTING)
  const leaves = [bad, good, bad, good]
  const verdicts = await Promise.all(leaves.map(({ raw }) => revocation.check(raw, rootRaw)))
  t.strictSame(verdicts, ['revoked', 'good', 'revoked', 'good'])
  t.equal(asked.length, 1)
})

void t.test('list and verdict hold until the next list', async (t) => {
  let until = start.getTime() + HOUR_MS
  const { revocation, asked, clock } = revocationWith(async () => listUntil(until))
  await revocation.check(good.raw, rootRaw)
  clock.ms += HOUR_MS - 2000
  await revocation.check(good.raw, rootRaw)
  t.equal(asked.length, 1, 'just before')
  clock.ms += 3000
  until = clock.ms + HOUR_MS
  t.equal(await revocation.check(good.raw, rootRaw), 'good')
  t.equal(asked.length, 2, 'after')
})

void t.test(
  'a list that promises no other for a year is believed for seven days, and so are the verdicts by it',
  async (t) => {
    const until = start.getTime() + 365 * 24 * HOUR_MS
    let isRevoked = false
    const { revocation, asked, clock } = revocationWith(async () =>
      listUntil(until, issuer, isRevoked ? [bad.serialNumber] : []),
    )
    t.equal(await revocation.check(good.raw, rootRaw), 'good')
    clock.ms += 7 * 24 * HOUR_MS - 1000
    t.equal(await revocation.check(bad.raw, rootRaw), 'good', 'one that is asked about only just before')
    t.equal(asked.length, 1)
    isRevoked = true
    clock.ms += 1000
    t.equal(await revocation.check(bad.raw, rootRaw), 'revoked')
    t.equal(await revocation.check(good.raw, rootRaw), 'good')
    t.equal(asked.length, 2)
  },
)

void t.test('what cannot be found out is unknown', async (t) => {
  const otherRoot = issueRoot({ subject, keys: otherKeys, days: 30, now: start })
  const byOther = listUntil(start.getTime() + HOUR_MS, openIssuer(otherRoot, otherKeys.privateKey))
  for (const [why, leaf, answer] of [
    ['it names no list', silent, LASTING],
    ['the list is behind HTTPS', newLeaf('https://crl.lab.example/lab.crl'), LASTING],
    ['the list is a file', newLeaf('file:///etc/passwd'), LASTING],
    ['the URL is none', newLeaf('http://['), LASTING],
    ['there is no list', bad, undefined],
    ['the list is none', bad, Buffer.from('<html>')],
    ['the list is out of date', bad, listUntil(start.getTime() - 1000)],
    ['the list is signed by somebody else', bad, byOther],
  ] as const)
    t.equal(await revocationWith(async () => answer).revocation.check(leaf.raw, rootRaw), 'unknown', why)
  const { revocation } = revocationWith(async () => LASTING)
  t.equal(await revocation.check(bad.raw, undefined), 'unknown', 'the issuer is not known')
  t.equal(await revocation.check(bad.raw, Buffer.from('no certificate')), 'unknown', 'the issuer is none')
  t.equal(await revocation.check(Buffer.from('no certificate'), rootRaw), 'unknown', 'the leaf is none')
  t.equal(await revocation.check(bad.raw, rootRaw), 'revoked', 'but this one is known')
})

void t.test('a list that is not to be had is asked for again in a minute', async (t) => {
  const { revocation, asked, clock } = revocationWith(async () => undefined)
  for (const later of [0, 59_000, 2000]) {
    clock.ms += later
    t.equal(await revocation.check(bad.raw, rootRaw), 'unknown')
  }
  t.equal(asked.length, 2)
})

void t.test('a slow list keeps nobody waiting for more than two seconds, and counts when it is there', async (t) => {
  let arrive = (_list: Buffer) => {}
  const { revocation, asked } = revocationWith(() => new Promise((resolve) => (arrive = resolve)))
  const begun = performance.now()
  t.equal(await revocation.check(bad.raw, rootRaw), 'unknown')
  const took = performance.now() - begun
  t.ok(took > 1900 && took < 3500, `${took} ms`)
  arrive(LASTING)
  t.equal(await revocation.check(bad.raw, rootRaw), 'revoked')
  t.equal(asked.length, 1)
})

void t.test('sixteen lists are got at a time', async (t) => {
  const { revocation, asked } = revocationWith(async () => LASTING)
  const leaves = Array.from({ length: 30 }, (_, n) => newLeaf(`http://l${n}.example/`))
  const verdicts = await Promise.all(leaves.map(({ raw }) => revocation.check(raw, rootRaw)))
  t.equal(asked.length, 16)
  t.equal(verdicts.filter((verdict) => verdict === 'good').length, 16)
  const later = newLeaf('http://later.example/')
  t.equal(await revocation.check(later.raw, rootRaw), 'good', 'when they are there, others')
})

void t.test('an answer that is known costs next to nothing', async (t) => {
  const { revocation } = revocationWith(async () => LASTING)
  await revocation.check(good.raw, rootRaw)
  const begun = performance.now()
  for (let n = 0; n < 10_000; n++) await revocation.check(good.raw, rootRaw)
  const each = (performance.now() - begun) / 10
  t.ok(each < 100, `${each} us`)
})
