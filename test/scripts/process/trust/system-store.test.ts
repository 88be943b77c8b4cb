import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { PrivateFile } from '../../../../agent/capture/namespace-messages.js'
import { generateKeys } from '../../../../certs/keys.js'
import { issueRoot } from '../../../../certs/x509.js'
import { authoritiesOf } from '../../../../scripts/process/trust/authority.js'
import { systemStoreMounts } from '../../../../scripts/process/trust/system-store.js'
import { lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'

const pem = issueRoot({
  subject: { commonName: 'Tenant' },
  keys: await generateKeys('ec-p256'),
  days: 2,
  now: new Date(),
})
const authorities = authoritiesOf(pem, 'root.pem')
const [{ alias, hash }] = authorities as [(typeof authorities)[0] & {}]

/** A machine's trust: a directory with a bundle in it, a link to that, a directory of Java's, and somebody's key. */
function machine(t: Test) {
  const root = t.testdir({
    certs: { 'bundle.crt': 'OLD\n', 'some.pem': 'SOME\n', 'key.pem': 'BEGIN PRIVATE KEY\n', 'secret.pem': 'SECRET\n' },
    run: {},
  })
  const at = (name: string) => join(root, name)
  symlinkSync('some.pem', at('certs/12345678.0'))
  mkdirSync(at('certs/java'))
  writeFileSync(at('certs/java/cacerts'), 'JAVA')
  chmodSync(at('certs/secret.pem'), 0o600)
  symlinkSync(at('certs/bundle.crt'), at('link.pem'))
  const places = {
    bundles: [at('certs/bundle.crt'), at('link.pem'), at('none.pem')],
    directories: [at('certs'), at('no')],
  }
  return { at, places, run: at('run') }
}

void t.test('a bundle keeps what it has, and has the authority too', async (t) => {
  const { at, places, run } = machine(t)
  const mounts = systemStoreMounts(places, authorities, run)
  t.same(
    mounts.map(({ path }) => path),
    [at('certs'), at('certs/bundle.crt')],
    'the directory first, for the bundle is in it; a link is not bound; what is not there is not made',
  )
  t.equal(readFileSync(mounts[1]!.source, 'utf8'), `OLD\n${pem}`)
  t.strictSame(systemStoreMounts(places, authorities, run), mounts, 'the same trust has the same files')
  t.equal(readFileSync(at('certs/bundle.crt'), 'utf8'), 'OLD\n', "the machine's own stays as it is")
})

void t.test("a directory of certificates is copied, but for what is nobody's business", async (t) => {
  const { places, run } = machine(t)
  const [{ source }] = systemStoreMounts(places, authorities, run) as readonly [PrivateFile, ...PrivateFile[]]
  t.strictSame(
    readdirSync(source).sort(),
    ['12345678.0', 'bundle.crt', `${hash}.0`, 'java', 'some.pem', `${alias}.pem`].sort(),
  )
  t.equal(readlinkSync(join(source, '12345678.0')), 'some.pem', 'links are links')
  t.equal(readFileSync(join(source, 'java', 'cacerts'), 'utf8'), 'JAVA')
  t.notOk(existsSync(join(source, 'key.pem')), 'no private key')
  t.notOk(existsSync(join(source, 'secret.pem')), 'nothing that others may not read')
})

void t.test(
  'OpenSSL finds the authority there, also beside another of its name',
  { skip: lacking('openssl') },
  async (t) => {
    const { at, places, run } = machine(t)
    const verify = (directory: string) =>
      runProgram('openssl', ['verify', '-no-CAfile', '-no-CAstore', '-CApath', directory, at('root.pem')])
    writeFileSync(at('root.pem'), pem)
    t.equal((await verify(at('certs'))).code, 2, 'not on the machine')
    const [first] = systemStoreMounts(places, authorities, run)
    t.match(await verify(first!.source), { code: 0 })
    const other = issueRoot({
      subject: { commonName: 'Tenant' },
      keys: await generateKeys('ec-p256'),
      days: 2,
      now: new Date(),
    })
    writeFileSync(at(`certs/${hash}.0`), other)
    const [second] = systemStoreMounts(places, authorities, run)
    t.not(second!.source, first!.source, 'a changed directory is copied anew')
    t.ok(existsSync(join(second!.source, `${hash}.1`)))
    t.match(await verify(second!.source), { code: 0 })
  },
)
