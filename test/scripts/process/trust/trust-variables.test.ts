import t from 'tap'
import {
  BUNDLE_VARIABLES,
  bundlesNamed,
  NODE_VARIABLE,
  withBundle,
  withBundlesReplaced,
  withJavaStore,
} from '../../../../scripts/process/trust/trust-variables.js'

void t.test('every variable names the bundle, and the rest of the environment stays', async (t) => {
  const env = withBundle({ PATH: '/bin', EDITOR: undefined, PIP_CERT: '/own.pem' }, '/bundle.pem')
  t.equal(env['PATH'], '/bin')
  t.ok('EDITOR' in env)
  for (const name of [...BUNDLE_VARIABLES, NODE_VARIABLE]) t.equal(env[name], '/bundle.pem', name)
})

void t.test("the caller's own bundles are found, each once", async (t) => {
  const env = {
    CURL_CA_BUNDLE: '/a.pem',
    NODE_EXTRA_CA_CERTS: '/a.pem',
    PIP_CERT: '',
    AWS_CA_BUNDLE: '/b.pem',
    HOME: '/h',
  }
  t.strictSame([...bundlesNamed(env)].sort(), ['/a.pem', '/b.pem'])
})

void t.test('the files of variables that are set may be replaced', async (t) => {
  const env = { CURL_CA_BUNDLE: '/a.pem', PIP_CERT: '/keep.pem', AWS_CA_BUNDLE: '', HOME: '/a.pem' }
  const replaced = withBundlesReplaced(env, (path) => (path === '/a.pem' ? '/new.pem' : undefined))
  t.strictSame(replaced, { ...env, CURL_CA_BUNDLE: '/new.pem' }, 'no other variable, and none that is not set')
})

void t.test("Java's trust store", async (t) => {
  const option = (env: Record<string, string>, store: string) => withJavaStore(env, store)['JAVA_TOOL_OPTIONS']
  for (const [what, store, expected] of [
    ['plain', '/run/x', '-Djavax.net.ssl.trustStore=/run/x'],
    ['with a space', '/a b/x', "-Djavax.net.ssl.trustStore='/a b/x'"],
    ['with a quote', "/a'b/x", '-Djavax.net.ssl.trustStore="/a\'b/x"'],
  ] as const)
    t.equal(option({}, store), expected, what)
  t.equal(option({ JAVA_TOOL_OPTIONS: '-Xmx1g' }, '/x'), '-Xmx1g -Djavax.net.ssl.trustStore=/x', 'beside other options')
  for (const name of ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS']) {
    const env = { [name]: '-Djavax.net.ssl.trustStore=/own' }
    t.equal(withJavaStore(env, '/x'), env, `the caller has named one in ${name}`)
  }
})
