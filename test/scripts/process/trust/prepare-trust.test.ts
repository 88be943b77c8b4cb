import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { generateKeys, privateKeyPem } from '../../../../certs/keys.js'
import { issueRoot } from '../../../../certs/x509.js'
import { homePaths } from '../../../../scripts/process/home.js'
import { prepareTrust, type TrustMode } from '../../../../scripts/process/trust/prepare-trust.js'
import { tenantFiles } from '../../../../scripts/process/trust/tenant-files.js'

const keys = await generateKeys('ec-p256')
const root = (commonName: string) => issueRoot({ subject: { commonName }, keys, days: 2, now: new Date() })
const [LAB, TENANT, OWN] = [root('Lab'), root('Tenant'), root('Own')]
const KEY = privateKeyPem(keys.privateKey)

function places(t: Test) {
  const directory = t.testdir({ 'lab.pem': LAB, 'own.pem': `${KEY}${OWN}` })
  const home = homePaths(join(directory, 'home'))
  mkdirSync(home.run, { recursive: true })
  mkdirSync(join(home.stagent, 'data'), { recursive: true })
  writeFileSync(tenantFiles(home).root, TENANT)
  const own = join(directory, 'own.pem')
  const prepare = (mode: TrustMode, env: Record<string, string>, lab = true) =>
    prepareTrust(mode, { home, labCaFile: lab ? join(directory, 'lab.pem') : undefined, env: { PATH: '', ...env } })
  return { home, own, prepare }
}

const textOf = (path: string | undefined) => readFileSync(path ?? '', 'utf8')

void t.test('on the real network a program that is told nothing is left as it is', async (t) => {
  const { home, own, prepare } = places(t)
  const env = { PATH: '', CURL_CA_BUNDLE: own }
  t.strictSame(await prepare('none', env, false), { env, mounts: [] })
  t.strictSame(readdirSync(home.run), [])
})

void t.test('by variables: one bundle with all of it, also what the caller has named', async (t) => {
  const { home, own, prepare } = places(t)
  const { env } = await prepare('env', {
    CURL_CA_BUNDLE: own,
    GIT_SSL_CAINFO: own,
    PIP_CERT: '/nowhere.pem',
    AWS_CA_BUNDLE: home.root,
  })
  const bundle = env['SSL_CERT_FILE'] ?? ''
  for (const name of ['CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']) t.equal(env[name], bundle, name)
  const text = textOf(bundle)
  for (const part of [LAB, TENANT, OWN]) t.equal(text.split(part).length, 2, 'once each')
  t.notMatch(text, 'PRIVATE KEY', 'and no key that stood beside it')
  t.ok(bundle.startsWith(`${home.run}/trust-`))
  t.equal(statSync(bundle).mode & 0o777, 0o644)
  t.notMatch(textOf((await prepare('env', {}, false)).env['SSL_CERT_FILE']), LAB, 'no lab, no authority of its')
})

void t.test("the lab's authority is what public ones are: everybody knows it", async (t) => {
  const { home, own, prepare } = places(t)
  for (const mode of ['none', 'store'] as const) {
    const named = { CURL_CA_BUNDLE: own, PIP_CERT: '/nowhere.pem', REQUESTS_CA_BUNDLE: home.root }
    const { env } = await prepare(mode, named)
    t.equal(textOf(env['NODE_EXTRA_CA_CERTS']), LAB, `${mode}: Node, and of the tenant's it is not told`)
    t.equal(textOf(env['CURL_CA_BUNDLE']), OWN + LAB, `${mode}: a program with a list of its own`)
    t.equal(env['PIP_CERT'], '/nowhere.pem', `${mode}: a list that is not there stays so`)
    t.equal(env['REQUESTS_CA_BUNDLE'], home.root, `${mode}: so does a directory`)
    t.notOk('SSL_CERT_FILE' in env, `${mode}: no variable is set beside`)
  }
  const node = await prepare('store', { NODE_EXTRA_CA_CERTS: own })
  t.equal(textOf(node.env['NODE_EXTRA_CA_CERTS']), OWN + LAB)
})

void t.test('in the store the tenant stands beside the lab, by variables and untold it does not', async (t) => {
  const { prepare } = places(t)
  const bundles = async (mode: TrustMode) =>
    (await prepare(mode, {})).mounts.filter(({ source }) => source.endsWith('.pem')).map(({ source }) => textOf(source))
  for (const text of await bundles('store')) t.match(text, LAB + TENANT)
  for (const mode of ['none', 'env'] as const)
    for (const text of await bundles(mode)) {
      t.match(text, LAB)
      t.notMatch(text, TENANT)
    }
})

void t.test('a tenant without a root is said to be one', async (t) => {
  const { home, prepare } = places(t)
  writeFileSync(tenantFiles(home).root, '')
  await t.rejects(prepare('store', {}), { code: 'certificate-unreadable' })
  await prepare('none', {})
})
