import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { trusting } from '../../../scripts/process/lab-trust.js'

const VARIABLES = ['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']

function places(t: Test) {
  const directory = t.testdir({ 'lab.pem': 'LAB\n', 'own.pem': 'OWN\n', run: {} })
  const file = (name: string) => join(directory, name)
  return { lab: file('lab.pem'), own: file('own.pem'), run: file('run'), missing: file('none.pem') }
}

void t.test('a program is told of the authority by every variable programs read', async (t) => {
  const { lab, run } = places(t)
  const env = trusting(lab, run, { PATH: '/bin', EDITOR: undefined })
  t.equal(env['PATH'], '/bin', 'the rest of the environment stays')
  const bundle = env['SSL_CERT_FILE'] ?? ''
  for (const name of VARIABLES) t.equal(env[name], bundle, name)
  t.match(readFileSync(bundle, 'utf8'), /^LAB$/m)
  t.ok(bundle.startsWith(run), 'by a file in the directory given')
})

void t.test('a bundle the caller has named is taken in, not lost', async (t) => {
  const { lab, own, run, missing } = places(t)
  const env = trusting(lab, run, { CURL_CA_BUNDLE: own, GIT_SSL_CAINFO: own, PIP_CERT: missing })
  const text = readFileSync(env['CURL_CA_BUNDLE'] ?? '', 'utf8')
  t.match(text, /^LAB$(.|\n)*^OWN$/m)
  t.equal(text.match(/^OWN$/gm)?.length, 1, 'once, however often it is named')
})

void t.test('the bundle of a program that runs already is never written again', async (t) => {
  const { lab, own, run } = places(t)
  const first = trusting(lab, run, {})['SSL_CERT_FILE'] ?? ''
  writeFileSync(first, 'read by somebody')
  t.equal(trusting(lab, run, {})['SSL_CERT_FILE'], first, 'the same content has the same name')
  t.equal(readFileSync(first, 'utf8'), 'read by somebody', 'and is left alone')
  const other = trusting(lab, run, { CURL_CA_BUNDLE: own })['SSL_CERT_FILE']
  t.not(other, first, 'other content has another name')
  t.equal(readdirSync(run).length, 2, 'and no half-written file stays')
})

void t.test('where the directory is not there, that is said', async (t) => {
  const { lab, run } = places(t)
  mkdirSync(join(run, 'deeper'))
  t.throws(() => trusting(lab, join(run, 'nowhere'), {}), { code: 'ENOENT' })
})
