/** The gateway's TLS as openssl's own client sees it. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { gatewayOf, newTenant, USER } from '../support/tenant-gateway.js'

const skip = lacking('openssl')
const acme = await newTenant(t)
const { paths, agent, gateway: identity } = acme

void t.test('openssl s_client', { skip }, async (t) => {
  const gateway = await gatewayOf(t, acme)
  const opened = await runProgram('openssl', [
    ...['pkcs12', '-in', paths.userPkcs12, '-nodes', '-passin', `pass:${agent.passphrase}`],
  ])
  const user = join(t.testdir(), 'user.pem')
  await writeFile(user, opened.stdout, { mode: 0o600 })
  const certificate = ['-cert', user, '-key', user]
  const dial = async (...options: string[]) => {
    const to = ['-connect', `${gateway.ip}:${gateway.port}`, '-servername', identity.serverName]
    const trust = ['-CAfile', paths.root, '-verify_return_error', '-verify_hostname', identity.serverName]
    const { code, stdout, stderr } = await runProgram('openssl', ['s_client', ...to, ...trust, ...options])
    return { code, said: stdout + stderr }
  }

  void t.test('TLS 1.3, the right chain and the right protocol', async (t) => {
    const { code, said } = await dial('-alpn', 'steerlab/1', ...certificate)
    t.equal(code, 0)
    t.match(said, /Verify return code: 0 \(ok\)/)
    t.match(said, /New, TLSv1\.3, Cipher is TLS_AES_128_GCM_SHA256/)
    t.match(said, /ALPN protocol: steerlab\/1/)
    await t.resolves(gateway.logged({ event: 'session-ended', user: USER }))
  })

  void t.test('nothing older than TLS 1.3', async (t) => {
    for (const version of ['-tls1_2', '-no_tls1_3']) {
      const { code, said } = await dial(version, '-alpn', 'steerlab/1', ...certificate)
      t.not(code, 0, version)
      t.match(said, /alert protocol version/, version)
    }
  })

  void t.test('a certificate of this tenant is demanded', async (t) => {
    // -ign_eof: stays until the gateway hangs up. In TLS 1.3 the refusal comes after the client's side is done.
    const { code, said } = await dial('-alpn', 'steerlab/1', '-ign_eof')
    t.match(said, /Acceptable client certificate CA names[\s\S]*CN = ca\.acme\.goskope\.com/)
    t.match(said, /alert certificate required/)
    t.not(code, 0)
  })

  void t.test('no ALPN, or another, and the gateway hangs up', async (t) => {
    t.match((await dial('-ign_eof', ...certificate)).said, /No ALPN negotiated/)
    await t.resolves(gateway.logged({ event: 'session-refused', reason: 'not the steerlab/1 protocol' }))
    t.match((await dial('-alpn', 'h2', ...certificate)).said, /alert no application protocol/)
  })

  void t.test('another name is not the one in the certificate', async (t) => {
    const { code, said } = await dial('-verify_hostname', 'gateway-acme.example.com', ...certificate)
    t.not(code, 0)
    t.match(said, /[Hh]ostname mismatch/)
  })
})
