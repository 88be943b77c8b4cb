/**
 * What makes one program trust, and nobody else: variables of its environment, and files that only it sees in place of the
 * machine's.
 *
 * The world is what it would trust without a gateway: the machine's roots and, in the lab, the lab's authority, which is
 * to its origins what a public one is on the real net. A program of the lab always has the world. `env` and `store` add
 * the tenant's root as an administrator would, by the variables that tools read or in the machine's own store.
 */

import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { systemRoots } from '../../../agent/location/system-roots.js'
import type { Home } from '../home.js'
import { type Authority, authoritiesOf, certificatesOf } from './authority.js'
import { browserPolicyMounts } from './browser-policy.js'
import { contentFile } from './content-files.js'
import { javaStoreMounts, javaStores, javaStoreWith } from './java-store.js'
import { nssStoreMounts } from './nss-store.js'
import type { PrivateMount } from './private-mounts.js'
import { readablePaths } from './readable-paths.js'
import { SYSTEM_PLACES, systemStoreMounts } from './system-store.js'
import { tenantFiles } from './tenant-files.js'
import { bundlesNamed, NODE_VARIABLE, withBundle, withBundlesReplaced, withJavaStore } from './trust-variables.js'

/** What a program is told of the tenant's root: nothing, by environment variables, or by the machine's own store. */
export const TRUST_MODES = ['none', 'env', 'store'] as const

/** One of `TRUST_MODES`. */
export type TrustMode = (typeof TRUST_MODES)[number]

type Environment = Readonly<Record<string, string | undefined>>

/** Whom to trust, and for whom. */
export interface TrustRequest {
  readonly home: Home
  /** The lab's authority; undefined on the real network. */
  readonly labCaFile: string | undefined
  /** The tenant's root; the home's own when left out. */
  readonly tenantRootFile?: string
  /** The program's environment as its caller has it. */
  readonly env: Environment
}

/** What makes a program trust. */
export interface PreparedTrust {
  /** The program's environment, whole. */
  readonly env: Environment
  /** What it sees in place of the machine's files, to be bound in this order. */
  readonly mounts: readonly PrivateMount[]
}

/**
 * Writes the files to the home's `run`, each named by its content; none is ever written again. Throws SteerError `certificate-unreadable`,
 * `trust-unavailable` (certutil), and the system's errors.
 */
export async function prepareTrust(mode: TrustMode, request: TrustRequest): Promise<PreparedTrust> {
  const { home, labCaFile, tenantRootFile = tenantFiles(home).root, env } = request
  const lab = labCaFile === undefined ? [] : authoritiesOf(readFileSync(labCaFile, 'utf8'), labCaFile)
  const tenant = mode === 'none' ? [] : authoritiesOf(readFileSync(tenantRootFile, 'utf8'), tenantRootFile)
  const mounts = storeMounts(mode === 'store' ? [...lab, ...tenant] : lab, env, home.run)
  if (mode === 'env') return { env: toldByVariables([...lab, ...tenant], env, home.run), mounts }
  return { env: lab.length === 0 ? env : knowingTheLab(lab, env, mounts, home.run), mounts }
}

/** All stores of the machine, with these authorities too. */
function storeMounts(authorities: readonly Authority[], env: Environment, directory: string): readonly PrivateMount[] {
  if (authorities.length === 0) return []
  return [
    ...systemStoreMounts(SYSTEM_PLACES, authorities, directory),
    ...javaStoreMounts(javaStores(env), authorities, directory),
    ...browserPolicyMounts(authorities, directory),
    ...nssStoreMounts(env, authorities, directory),
  ]
}

/** A bundle the caller has named in one of the variables is taken into ours, not lost. */
function toldByVariables(authorities: readonly Authority[], env: Environment, directory: string): Environment {
  const named = bundlesNamed(env).map((path) => textOf(path) ?? '')
  // A machine without a list: programs have theirs, and the bundle takes its place.
  const bundles = [systemRoots() ?? rootCertificates.join('\n'), ...named, pemOf(authorities)]
  const bundle = contentFile(directory, '.pem', [...new Set(bundles.flatMap(certificatesOf))].join(''))
  const told = withBundle(env, bundle)
  const [cacerts] = javaStores(env)
  const store = cacerts && javaStoreWith(cacerts, authorities, directory)
  return store === undefined ? told : withJavaStore(told, store)
}

/** Node has a list of its own, and so has a program that is given one: the lab's authority is added to both. */
function knowingTheLab(
  lab: readonly Authority[],
  env: Environment,
  mounts: readonly PrivateMount[],
  directory: string,
): Environment {
  const told = withBundlesReplaced(env, (path) => {
    const text = textOf(path)
    const [real] = readablePaths([path])
    // One of the machine's knows it already.
    if (text === undefined || mounts.some((mount) => mount.path === real)) return undefined
    return contentFile(directory, '.pem', [...certificatesOf(text), pemOf(lab)].join(''))
  })
  return env[NODE_VARIABLE] ? told : { ...told, [NODE_VARIABLE]: contentFile(directory, '.pem', pemOf(lab)) }
}

function pemOf(authorities: readonly Authority[]): string {
  return authorities.map(({ pem }) => pem).join('')
}

/** A file's text; undefined for what is none: some of the variables may name a directory. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
