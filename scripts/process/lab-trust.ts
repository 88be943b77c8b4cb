/**
 * Trust in the lab's authority for one program, by the environment variables programs read. Each points at a bundle of
 * the system's roots and the lab's, so that a program that replaces its list still knows everybody.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Linux distributions keep their roots: Debian and kin, Fedora and kin, openSUSE. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
] as const

/** Variables that name a file of all trusted roots. */
const BUNDLE_VARIABLES = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'AWS_CA_BUNDLE',
  'CARGO_HTTP_CAINFO',
  'DENO_CERT',
] as const

/** A bundle that programs add to their own roots rather than replace them with. */
const EXTRA_VARIABLE = 'NODE_EXTRA_CA_CERTS'

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The environment with trust in `authority` (a PEM file) added. A bundle the caller has named in one of the variables is
 * taken into ours, not lost. The bundle is written to `directory`.
 */
export function trusting(
  authority: string,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const variables = [...BUNDLE_VARIABLES, EXTRA_VARIABLE]
  const named = variables.map((variable) => env[variable] ?? '').filter((path) => path !== '')
  const system = SYSTEM_BUNDLES.filter((path) => existsSync(path)).slice(0, 1)
  const bundle = join(directory, 'trust.pem')
  const texts = [...new Set([authority, ...system, ...named])].map(readOrNothing)
  writeFileSync(bundle, texts.join('\n'), { mode: 0o644 })
  return { ...env, ...Object.fromEntries(variables.map((variable) => [variable, bundle])) }
}
