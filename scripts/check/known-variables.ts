// Pure: which environment variables programs are known to read their certificates from, so that the likely one is tried
// first. From the programs' own manuals; a program that is not here is searched like any other.

/** What one kind of program reads, the likeliest variable first. */
interface KnownProgram {
  /** Matches the name of the command or of a process of its. */
  readonly name: RegExp
  readonly variables: readonly string[]
}

const KNOWN: readonly KnownProgram[] = [
  { name: /^(pip|pip3|pipx)$/, variables: ['PIP_CERT'] },
  { name: /^git(-.*)?$/, variables: ['GIT_SSL_CAINFO'] },
  { name: /^(node|npm|npx|yarn|pnpm|corepack|bun|bunx|tsx|code)$/, variables: ['NODE_EXTRA_CA_CERTS'] },
  { name: /^aws$/, variables: ['AWS_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'] },
  { name: /^(az|gcloud|poetry|conda|http|https)$/, variables: ['REQUESTS_CA_BUNDLE'] },
  // requests has a list of its own; what uses the standard library reads OpenSSL's.
  { name: /^python[\d.]*$/, variables: ['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'] },
  { name: /^curl$/, variables: ['CURL_CA_BUNDLE', 'SSL_CERT_FILE'] },
  { name: /^(cargo|rustup)(-.*)?$/, variables: ['CARGO_HTTP_CAINFO', 'SSL_CERT_FILE'] },
  { name: /^deno$/, variables: ['DENO_CERT'] },
  { name: /^(java|javac|mvn|gradle|kotlin|sbt)$/, variables: ['JAVA_TOOL_OPTIONS'] },
  { name: /^(perl|cpan|cpanm)$/, variables: ['PERL_LWP_SSL_CA_FILE', 'SSL_CERT_FILE'] },
]

/** OpenSSL's own variable; Go, Ruby and much else that has none of its own read it too. */
const COMMON = 'SSL_CERT_FILE'

/** The variables to be tried first for programs of these names, the likeliest first, without repetition. */
export function likelyVariables(names: readonly string[]): readonly string[] {
  const known = KNOWN.filter(({ name }) => names.some((one) => name.test(one.replace(/\.exe$/i, ''))))
  return [...new Set([...known.flatMap(({ variables }) => variables), COMMON])]
}
