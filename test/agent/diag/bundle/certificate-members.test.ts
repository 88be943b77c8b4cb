/** Certificates without keys. */

import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { certificateMembers } from '../../../../agent/diag/bundle/certificate-members.js'
import type { Found } from '../../../../agent/diag/bundle/member.js'
import { ensureTenantCertificates } from '../../../../certs/tenant-authority.js'
import { bytesIn } from '../../../support/member-bytes.js'

const home = t.testdir()
const { agent, paths } = await ensureTenantCertificates({
  home,
  tenant: 'acme',
  user: 'alice@acme.example',
  org: 'Acme',
  now: new Date(),
})
const data = join(home, 'stagent', 'data')
const set = join(home, 'gateway', 'certificates-1')

const found = (directory: string, files: readonly string[] = [], passphrase = agent.passphrase): Promise<Found> =>
  certificateMembers({ directory, files, passphrase })
const whyOf = ({ leftOut }: Found): readonly string[] => leftOut.map(({ why }) => why)

void t.test("the client's certificates, and of the user's file no key", async (t) => {
  const { members, leftOut } = await found(data, [join(set, 'gateway.pem')])
  t.strictSame(
    members.map(({ name }) => name),
    ['nscacert.pem', 'nstenantcert.pem', 'gateway.pem', 'nsusercert.pem'],
  )
  t.strictSame(leftOut, [])
  t.equal(`${await bytesIn(members[0]!)}`, agent.authority, 'byte for byte')
  const user = `${await bytesIn(members[3]!)}`
  t.match(new X509Certificate(user).subject, /CN=alice@acme\.example/)
  t.notMatch(user, /PRIVATE/)
  t.strictSame(members[3]!.redactions(), ['the private key'])
  t.equal(members[3]!.from, paths.userPkcs12)
})

void t.test('a file with a private key is left out, with the certificate beside it', async (t) => {
  const key = await readFile(join(set, 'user.pem'), 'utf8')
  const both = key + (await readFile(join(set, 'gateway.key.pem'), 'utf8'))
  const result = await found(t.testdir({ 'both.pem': both }), [join(set, 'root.key.pem')])
  t.strictSame(result.members, [])
  t.strictSame(whyOf(result), ['it holds a private key', 'it holds a private key'])
})

void t.test('nothing but certificates goes along', async (t) => {
  const noted = `a note\n${agent.authority}another note\n`
  const { members } = await found(t.testdir({ 'noted.pem': noted }))
  t.equal(`${await bytesIn(members[0]!)}`, agent.authority)
})

void t.test('what cannot be read is left out with the reason', async (t) => {
  const directory = t.testdir({
    'empty.pem': '',
    'wrong.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'nsusercert.p12': 'damaged',
  })
  const result = await found(directory, [join(directory, 'none.pem')])
  t.match(whyOf(result), ['it holds no certificate', /./, 'it is not there', 'it is damaged or has another passphrase'])
  await writeFile(join(directory, 'nsusercert.p12'), agent.pfx)
  t.match(whyOf(await found(directory, [], 'another')).at(-1), /another passphrase/)
  t.strictSame(await found(join(directory, 'none')), { members: [], leftOut: [] })
})
