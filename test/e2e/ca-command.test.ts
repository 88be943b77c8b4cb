/** `steerlab ca`: the tenant's authorities as a user shows and exports them. */

import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ensureTenantCertificates } from '../../certs/tenant-authority.js'
import { lacking, SEARCH_PATH } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { CLI, startProgram, withHome } from '../support/steerlab.js'

const IDENTITY = { tenant: 'acme', user: 'alice@acme.example', org: 'Acme' }

void t.test('steerlab ca', (t) =>
  withHome(t, async (home) => {
    const ca = (...args: string[]) => home.cli(['ca', ...args])

    await t.test('before there is an authority', async (t) => {
      for (const command of ['show', 'export'])
        t.match(await ca(command), {
          code: 2,
          stdout: '',
          stderr: /^steerlab: .* has no root yet; `steerlab up` makes it\n$/,
        })
    })

    const { paths } = await ensureTenantCertificates({ home: home.home, ...IDENTITY, now: new Date() })
    const root = new X509Certificate(readFileSync(paths.root))

    await t.test('shows both', async (t) => {
      const shown = JSON.parse((await ca('show', '--json')).stdout)
      t.match(shown, [
        { role: 'root', subject: /CN=steerlab root CA$/, sha256: root.fingerprint256, file: paths.root },
        {
          role: 'intermediate',
          subject: /CN=ca\.acme\.goskope\.com/,
          issuer: /CN=steerlab root CA$/,
          file: paths.tenant,
        },
      ])
      t.equal(Date.parse(shown[0].validTo), Date.parse(root.validTo))
      const { stdout } = await ca('show')
      for (const part of [root.fingerprint256, paths.root, paths.tenant]) t.match(stdout, part)
    })

    await t.test('exports PEM and DER', async (t) => {
      t.equal((await ca('export')).stdout, root.toString())
      const chain = (await ca('export', '--chain')).stdout
      t.equal(chain, root.toString() + readFileSync(paths.tenant, 'utf8'))
      t.strictSame(Buffer.from((await ca('export', '--format', 'der')).stdout, 'latin1'), root.raw)
      t.match(await ca('export', '--format', 'der', '--chain'), { code: 2, stderr: /one certificate/ })
    })

    await t.test('exports a trust store', { skip: lacking('openssl') }, async (t) => {
      const out = join(home.home, 'tenant.p12')
      const args = ['--format', 'p12', '--chain', '--out', out]
      t.match(await ca('export', ...args, '--passphrase', 'secret'), { code: 0, stdout: '', stderr: '' })
      const read = await runProgram('openssl', ['pkcs12', '-in', out, '-nodes', '-passin', 'pass:secret'])
      t.equal(read.stdout.match(/BEGIN CERTIFICATE/g)?.length, 2)
      t.notMatch(read.stdout, 'PRIVATE KEY')
      await ca('export', ...args)
      t.equal((await runProgram('openssl', ['pkcs12', '-in', out, '-nokeys', '-passin', 'pass:changeit'])).code, 0)
      const nowhere = join(home.home, 'nowhere', 'x')
      t.match(await ca('export', '--out', nowhere), { code: 2, stderr: /^steerlab: cannot write to .*\n$/ })
      t.notOk(existsSync(nowhere))
    })

    await t.test('keeps bytes off a terminal', { skip: lacking('script') }, async (t) => {
      const line = `exec ${process.execPath} ${CLI} --home ${home.home} ca export --format`
      const typed = (format: string) =>
        startProgram(['script', '-qefc', `${line} ${format}`, '/dev/null'], { env: { PATH: SEARCH_PATH } }).ended
      t.match(await typed('p12'), { code: 2, stdout: /p12 is no text for a terminal; use --out FILE or a pipe/ })
      t.match(await typed('pem'), { code: 0, stdout: /BEGIN CERTIFICATE/ })
    })
  }),
)
