/**
 * Trust in the lab's authority for one program, by the environment variables programs read. Each points at a bundle of
 * the system's roots and the lab's, so that a program that replaces its list still knows everybody.
 */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SYSTEM_BUNDLES } from '../../agent/location/system-roots.js'

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
 * taken into ours, not lost. The bundle is written to `directory`, under a name of its content: programs that run already
 * may read theirs at any time.
 */
export function trusting(
  authority: string,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const variables = [...BUNDLE_VARIABLES, EXTRA_VARIABLE]
  const named = variables.map((variable) => env[variable] ?? '').filter((path) => path !== '')
  const system = SYSTEM_BUNDLES.filter((path) => existsSync(path)).slice(0, 1)
  const text = [...new Set([authority, ...system, ...named])].map(readOrNothing).join('\n')
  const bundle = join(directory, `trust-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.pem`)
  if (!existsSync(bundle)) {
    const whole = `${bundle}.${process.pid}`
    writeFileSync(whole, text, { mode: 0o644 })
    renameSync(whole, bundle)
  }
  return { ...env, ...Object.fromEntries(variables.map((variable) => [variable, bundle])) }
}
