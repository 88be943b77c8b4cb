// Pure: the environment variables by which programs are told of authorities. Sources: the manuals of the programs named.

type Environment = Readonly<Record<string, string | undefined>>

/** Variables that name a file of all trusted roots. */
export const BUNDLE_VARIABLES = [
  // OpenSSL and what uses its defaults (Python's ssl, Ruby, PHP, wget2), Go, rustls, uv, .NET
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  // Python: requests and what is made with it (Azure's and Google's CLIs, poetry, conda), pip, httplib2
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'HTTPLIB2_CA_CERTS',
  'AWS_CA_BUNDLE',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  // npm's setting, read by pnpm and yarn 1 too
  'npm_config_cafile',
  'DENO_CERT',
  'CARGO_HTTP_CAINFO',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
  // Ruby's Bundler, PHP's Composer, Perl's LWP, Elixir's Hex, Julia, Nix
  'BUNDLE_SSL_CA_CERT',
  'COMPOSER_CAFILE',
  'PERL_LWP_SSL_CA_FILE',
  'HEX_CACERTS_PATH',
  'JULIA_SSL_CA_ROOTS_PATH',
  'NIX_SSL_CERT_FILE',
] as const

/** Node adds the file's authorities to its own; it reads no list of the system's. */
export const NODE_VARIABLE = 'NODE_EXTRA_CA_CERTS'

const JAVA_VARIABLE = 'JAVA_TOOL_OPTIONS'

/** Every variable by which a Java takes options. */
const JAVA_VARIABLES = [JAVA_VARIABLE, 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS'] as const

/** The bundles the caller's variables name, each once. */
export function bundlesNamed(env: Environment): readonly string[] {
  const named = [...BUNDLE_VARIABLES, NODE_VARIABLE].map((variable) => env[variable] ?? '')
  return [...new Set(named.filter((path) => path !== ''))]
}

/** The environment with every variable naming `bundle`. */
export function withBundle(env: Environment, bundle: string): Environment {
  const variables = [...BUNDLE_VARIABLES, NODE_VARIABLE]
  return { ...env, ...Object.fromEntries(variables.map((variable) => [variable, bundle])) }
}

/** The environment with other files in the place of those the caller's variables name; `undefined` leaves one. */
export function withBundlesReplaced(env: Environment, replace: (path: string) => string | undefined): Environment {
  const set = [...BUNDLE_VARIABLES, NODE_VARIABLE].flatMap((variable) => {
    const path = env[variable] ?? ''
    const other = path === '' ? undefined : replace(path)
    return other === undefined ? [] : [[variable, other]]
  })
  return { ...env, ...Object.fromEntries(set) }
}

/** The environment with a trust store for Java, unless the caller has named one. */
export function withJavaStore(env: Environment, store: string): Environment {
  if (JAVA_VARIABLES.some((variable) => env[variable]?.includes('javax.net.ssl.trustStore'))) return env
  // Java takes quotes away, of either kind.
  const quote = store.includes("'") ? '"' : "'"
  const option = `-Djavax.net.ssl.trustStore=${/[\s'"]/.test(store) ? quote + store + quote : store}`
  return { ...env, [JAVA_VARIABLE]: [env[JAVA_VARIABLE] ?? '', option].join(' ').trim() }
}
