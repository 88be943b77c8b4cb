/** Java's roots (`cacerts`), of every Java that is found; each with a few authorities more. */

import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PrivateFile } from '../../../agent/capture/namespace-messages.js'
import { addToJavaKeyStore } from '../../../certs/java-key-store.js'
import { addToTrustStore } from '../../../certs/trust-store.js'
import { findCommand, searchPath } from '../find-command.js'
import type { Authority } from './authority.js'
import { contentFile } from './content-files.js'
import { readablePaths } from './readable-paths.js'

/** Debian, Fedora, openSUSE: all Javas of the distribution share one. */
const SHARED = [
  '/etc/ssl/certs/java/cacerts',
  '/etc/pki/ca-trust/extracted/java/cacerts',
  '/var/lib/ca-certificates/java-cacerts',
] as const

/** Where distributions install Javas. */
const INSTALLED = '/usr/lib/jvm'

/** Real paths of the trust stores of the Javas of this machine: shared, of JAVA_HOME, of PATH, installed. */
export function javaStores(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const java = findCommand('java', searchPath(env))
  const homes = [
    env['JAVA_HOME'] ?? '',
    java === undefined ? '' : dirname(dirname(realpathSync(java))),
    ...namesIn(INSTALLED).map((name) => join(INSTALLED, name)),
  ].filter((home) => home !== '')
  const own = homes.flatMap((home) => ['lib', 'jre/lib'].map((lib) => join(home, lib, 'security', 'cacerts')))
  return readablePaths([...SHARED, ...own])
}

/** A copy of a store with the authorities too; undefined for one that cannot be understood. */
export function javaStoreWith(store: string, authorities: readonly Authority[], directory: string): string | undefined {
  const original = readFileSync(store)
  const added = addToJavaKeyStore(original, authorities) ?? addToTrustStore(original, authorities)
  return added && contentFile(directory, '.cacerts', added)
}

/** What stands over these stores; one that cannot be understood is left alone. */
export function javaStoreMounts(
  stores: readonly string[],
  authorities: readonly Authority[],
  directory: string,
): readonly PrivateFile[] {
  return stores.flatMap((path) => {
    const source = javaStoreWith(path, authorities, directory)
    return source === undefined ? [] : [{ path, source }]
  })
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
