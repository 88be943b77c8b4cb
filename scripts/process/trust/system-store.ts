/**
 * The machine's own trust: bundles, which most programs read, and directories, in which OpenSSL looks authorities up by a
 * hash of their name, Go and GnuTLS read every file, and p11-kit finds what an administrator added. What stands over them
 * is each with a few authorities more.
 */

import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { PrivateFile } from '../../../agent/capture/namespace-messages.js'
import type { Authority } from './authority.js'
import { contentDirectory, contentFile } from './content-files.js'
import { readablePaths } from './readable-paths.js'

/** Where the machine's trust is. */
export interface SystemPlaces {
  readonly bundles: readonly string[]
  readonly directories: readonly string[]
}

/** The places of the distributions; also those that are links, for whoever looks one up. */
export const SYSTEM_PLACES: SystemPlaces = {
  bundles: [
    // Debian and kin, Arch, Alpine, Gentoo
    '/etc/ssl/certs/ca-certificates.crt',
    // Fedora and kin; all but the first are links to one
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/pki/tls/cert.pem',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    // openSUSE
    '/etc/ssl/ca-bundle.pem',
    '/var/lib/ca-certificates/ca-bundle.pem',
    // Alpine, and OpenSSL's own default on Debian
    '/etc/ssl/cert.pem',
    '/usr/lib/ssl/cert.pem',
  ],
  directories: [
    '/etc/ssl/certs',
    '/etc/pki/tls/certs',
    // What p11-kit reads: Fedora, Arch, openSUSE
    '/etc/pki/ca-trust/source/anchors',
    '/etc/ca-certificates/trust-source/anchors',
    '/etc/pki/trust/anchors',
  ],
}

/** What stands over the machine's trust, in the order it is to be bound: some bundles are in the directories. */
export function systemStoreMounts(
  { bundles, directories }: SystemPlaces,
  authorities: readonly Authority[],
  directory: string,
): readonly PrivateFile[] {
  const added = authorities.map(({ pem }) => pem).join('')
  return [
    ...readablePaths(directories).map((path) => ({ path, source: directoryWith(path, authorities, directory) })),
    ...readablePaths(bundles).map((path) => {
      const text = `${readFileSync(path, 'utf8').trimEnd()}\n${added}`
      return { path, source: contentFile(directory, '.pem', text) }
    }),
  ]
}

/** A copy of a directory of certificates with the authorities as files, and links by hash as `openssl rehash` makes them. */
function directoryWith(original: string, authorities: readonly Authority[], directory: string): string {
  const { ino, mtimeMs } = lstatSync(original)
  const key = [original, ino, mtimeMs, ...authorities.map(({ pem }) => pem)].join('\n')
  return contentDirectory(directory, key, (copy) => {
    copyCertificates(original, copy)
    const taken = new Set(readdirSync(copy))
    for (const { alias, hash, pem } of authorities) {
      writeFileSync(join(copy, `${alias}.pem`), pem, { mode: 0o644 })
      let number = 0
      while (taken.has(`${hash}.${number}`)) number += 1
      taken.add(`${hash}.${number}`)
      symlinkSync(`${alias}.pem`, join(copy, `${hash}.${number}`))
    }
  })
}

/** Copies what everybody may read and is no private key; some administrators keep theirs beside the certificates. */
function copyCertificates(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    const [original, copy] = [join(from, name), join(to, name)]
    const stat = lstatSync(original)
    // Relative ones stay right: the copy stands where the original is.
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(original), copy)
    else if ((stat.mode & 0o004) === 0) continue
    else if (stat.isDirectory()) {
      mkdirSync(copy, { mode: 0o755 })
      copyCertificates(original, copy)
    } else if (stat.isFile() && !readFileSync(original).includes('PRIVATE KEY')) copyFileSync(original, copy)
  }
}
