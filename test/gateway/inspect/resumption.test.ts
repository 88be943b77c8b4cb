/** The client's TLS as other programs judge it: the chain as it is shown, sessions that are resumed, both kinds of keys. */

import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { flowDoor } from '../../support/flow-door.js'
import { inspectedLab } from '../../support/inspected.js'
import { lacking } from '../../support/needs.js'
import { opensslVerify } from '../../support/openssl.js'
import { runProgram } from '../../support/run-program.js'

const HOST = 'box.com'
const skip = lacking('openssl', 'curl')
const gateway = await inspectedLab(t)
const port = await flowDoor(t, gateway, HOST)
const directory = mkdtempSync('/tmp/slt-')
t.teardown(() => rmSync(directory, { recursive: true }))

/** `openssl s_client` that trusts the tenant alone and hangs up after the request is answered. */
function sClient(...args: string[]): ReturnType<typeof runProgram> {
  const way = ['-connect', `127.0.0.1:${port}`, '-servername', HOST, '-verify_hostname', HOST]
  const trust = ['-CAfile', gateway.tenant.paths.root, '-no-CApath', '-no-CAstore', '-verify_return_error']
  return runProgram('openssl', ['s_client', ...way, ...trust, '-x509_strict', ...args], {
    input: `GET /whoami HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
  })
}

const certificates = (text: string) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? []

for (const [leafKey, kind] of [
  ['ec-p256', /id-ecPublicKey|\(256 bit\)/],
  ['rsa-2048', /rsaEncryption[\s\S]*\(2048 bit\)/],
] as const)
  void t.test(`leaves with keys of ${leafKey}`, { skip }, async (t) => {
    await gateway.configure('inspect.json', { leafKey })

    await t.test('the chain as it is shown is good to the strict', async (t) => {
      const { stdout } = await sClient('-showcerts', '-ign_eof')
      const [leaf = '', between = '', ...more] = certificates(stdout)
      t.equal(more.length, 0, 'leaf and intermediate: the root is for the client to know')
      const chain = { root: gateway.tenantRoot, between, leaf }
      t.equal(await opensslVerify(chain, '-purpose', 'sslserver', '-verify_hostname', HOST), 'ok')
      const read = await runProgram('openssl', ['x509', '-noout', '-text'], { input: leaf })
      t.match(read.stdout, kind)
      t.match(read.stdout, 'ca.acme.goskope.com')
    })

    for (const version of ['tls1_2', 'tls1_3'])
      await t.test(`a session of ${version} is resumed`, async (t) => {
        const file = join(directory, `${leafKey}-${version}`)
        const first = await sClient(`-${version}`, '-ign_eof', '-sess_out', file)
        t.match(first.stdout, /^New, TLSv1\.[23]/m)
        t.match(first.stdout, '"host":"box.com"')
        const second = await sClient(`-${version}`, '-ign_eof', '-sess_in', file)
        t.match(second.stdout, /^Reused, TLSv1\.[23]/m)
        t.match(second.stdout, '"host":"box.com"', 'and carries requests')
      })

    await t.test('openssl reconnects five times on one session', async (t) => {
      const { stdout } = await sClient('-tls1_2', '-reconnect', '-ign_eof')
      t.equal(stdout.match(/^New, TLS/gm)?.length, 1)
      t.equal(stdout.match(/^Reused, TLS/gm)?.length, 5)
    })
  })

void t.test('curl resumes, too', { skip }, async (t) => {
  const way = ['--connect-to', `${HOST}:443:127.0.0.1:${port}`, '--cacert', gateway.tenant.paths.root]
  for (const version of ['1.2', '1.3']) {
    const tls = [`--tlsv${version}`, '--tls-max', version, '--http1.1', '-H', 'Connection: close']
    const url = `https://${HOST}/whoami`
    const { stdout, stderr } = await runProgram('curl', ['-q', '-sSv', '--max-time', '9', ...way, ...tls, url, url])
    t.equal(stdout.match(/"host":"box\.com"/g)?.length, 2)
    t.equal(stderr.match(/^\* SSL connection using/gm)?.length, 2, 'two connections')
    t.match(stderr, 'SSL re-using session ID', `TLS ${version}`)
  }
})
