/**
 * The authorities this computer trusts. Node has a list of its own, which knows no company's authority; the system's list
 * does, once an administrator has put it there.
 */

import { readFileSync } from 'node:fs'

/** Where Linux distributions keep their roots: Debian and kin, Fedora and kin, openSUSE. */
export const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
] as const

/** PEM of the first of the lists that can be read; undefined where there is none. */
export function systemRoots(paths: readonly string[] = SYSTEM_BUNDLES): string | undefined {
  for (const path of paths) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // The next distribution's place.
    }
  }
  return undefined
}
