/** The odd certificates as node:tls and openssl see them, each with its fault and no other. */

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readCrl } from '../../../../certs/read-crl.js'
import { LAB_CRL_URL, type OddHost } from '../../../../scripts/lab/odd-origins/hosts.js'
import { lacking } from '../../../support/needs.js'
import { oddLab } from '../../../support/odd-lab.js'
import { crlPem } from '../../../support/openssl.js'

const lab = await oddLab()
t.teardown(() => lab.close())

// What node:tls calls it, null for nothing; and the code of `openssl s_client`.
const FAULTS: readonly [host: OddHost, node: string | null, openssl: number][] = [
  ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', 18],
  ['untrusted-root', 'SELF_SIGNED_CERT_IN_CHAIN', 19],
  ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID', 62],
  ['incomplete-chain', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 21],
  ['expired', 'CERT_HAS_EXPIRED', 10],
  ['revoked', null, 0],
  ['malformed-http', null, 0],
  ['not-http', null, 0],
  ['late-tickets', null, 0],
  ['tls12', null, 0],
  ['rsa-chain', null, 0],
]

/** Code of the fault that node:tls finds, null for none. */
async function faultOf(host: OddHost, options = {}): Promise<string | null> {
  const socket = lab.tls(host, options)
  await once(socket, 'secureConnect')
  socket.destroy()
  // A text in fact; its type says Error. Of a name that does not fit it is an Error.
  const fault = socket.authorizationError as unknown as string | NodeJS.ErrnoException | null
  return typeof fault === 'string' ? fault : (fault?.code ?? null)
}

void t.test('node:tls finds what is wrong', async (t) => {
  for (const [host, fault] of FAULTS) t.equal(await faultOf(host), fault, host)
})

void t.test('openssl finds the same', { skip: lacking('openssl') }, async (t) => {
  for (const [host, , code] of FAULTS) t.match((await lab.sClient(host)).stdout, `Verify return code: ${code} (`, host)
})

void t.test(
  'the list is at its URL, as of now, and has one certificate on it',
  { skip: lacking('curl') },
  async (t) => {
    const file = join(t.testdir(), 'lab.crl')
    const { stdout } = await lab.curl('crl', '-o', file, '-w', '%{http_code} %{content_type}', LAB_CRL_URL)
    t.equal(stdout, '200 application/pkix-crl')
    t.equal((await lab.curl('crl', '-o', '/dev/null', '-w', '%{http_code}', `${LAB_CRL_URL}x`)).stdout, '404')
    const der = await readFile(file)
    const list = readCrl(der, new X509Certificate(lab.ca))
    if ('failure' in list) throw new Error(list.failure)
    t.ok(list.nextUpdate.getTime() > Date.now())
    const pem = crlPem(der)
    t.equal(await faultOf('revoked', { crl: pem }), 'CERT_REVOKED')
    t.equal(await faultOf('tls12', { crl: pem }), null, 'another one of the same root')
    await writeFile(file, pem)
    const verified = await lab.sClient('revoked', '-crl_check', '-CRL', file)
    t.match(verified.stdout, 'Verify return code: 23 (')
  },
)
