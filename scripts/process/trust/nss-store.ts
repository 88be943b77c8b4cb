/**
 * The user's NSS database, which Chrome reads where it has no policy: a copy with a few authorities more, made by certutil.
 * A database with private keys in it, or with a password, is left alone: keys are not copied.
 */

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SteerError } from '../../../agent/errors.js'
import { findCommand, searchPath } from '../find-command.js'
import type { Authority } from './authority.js'
import { contentDirectory } from './content-files.js'
import type { PrivateMount } from './private-mounts.js'
import { readablePaths } from './readable-paths.js'

/** The certificates, the keys, how to open both. Trust is signed with a secret of the key database: it goes along. */
const FILES = ['cert9.db', 'key4.db', 'pkcs11.txt'] as const

/** certutil takes 10 ms; it may wait for a lock. */
const TIME_LIMIT_MS = 5000

/** What stands over the user's databases: nothing where there is none, no certutil, or one that may not be copied. */
export function nssStoreMounts(
  env: Readonly<Record<string, string | undefined>>,
  authorities: readonly Authority[],
  directory: string,
): readonly PrivateMount[] {
  const certutil = findCommand('certutil', searchPath(env))
  const home = env['HOME'] ?? ''
  if (certutil === undefined || home === '') return []
  const places = [join(home, '.pki/nssdb'), join(env['XDG_DATA_HOME'] || join(home, '.local/share'), 'pki/nssdb')]
  return readablePaths(places).flatMap((path) => {
    if (!hasNoKeys(certutil, path)) return []
    // NSS opens none that it may not write.
    return [{ path, source: databaseWith(certutil, path, authorities, directory), writable: true }]
  })
}

function hasNoKeys(certutil: string, database: string): boolean {
  if (!FILES.slice(0, 2).every((name) => existsSync(join(database, name)))) return false
  const { stdout, stderr } = run(certutil, database, '-K')
  return /no keys found/.test(stdout + stderr)
}

function databaseWith(
  certutil: string,
  original: string,
  authorities: readonly Authority[],
  directory: string,
): string {
  const stats = FILES.slice(0, 2).map((name) => statSync(join(original, name)))
  const key = [original, ...stats.map(({ ino, mtimeMs }) => `${ino} ${mtimeMs}`), ...authorities.map(({ pem }) => pem)]
  return contentDirectory(directory, key.join('\n'), (copy) => {
    for (const name of FILES) if (existsSync(join(original, name))) copyFileSync(join(original, name), join(copy, name))
    for (const { alias, pem } of authorities) {
      const file = join(copy, `${alias}.pem`)
      writeFileSync(file, pem)
      // C: a trusted authority of servers.
      const { status, stderr } = run(certutil, copy, '-A', '-n', alias, '-t', 'C,,', '-i', file)
      rmSync(file)
      if (status !== 0) throw new SteerError('trust-unavailable', `certutil: ${stderr.trim()}`)
    }
  })
}

/** Without an input: it asks for a password otherwise. */
function run(certutil: string, database: string, ...args: readonly string[]) {
  return spawnSync(certutil, [...args, '-d', `sql:${database}`, '-f', '/dev/null'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
  })
}
