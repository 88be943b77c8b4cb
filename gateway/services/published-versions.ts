/**
 * The published versions of a tenant's configuration, `<tenant directory>/versions/<id>/`: copies of the files that never
 * change again. A version is written under a temporary name and then renamed, so that it is there as a whole or not at all.
 */

import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isVersionId } from './config-version.js'
import { readStoredFiles } from './stored-files.js'
import { isWhole, type TenantFiles } from './tenant-files.js'

/** One version and its files. */
export interface Version {
  /** Such as `2025-03-05T14:01:01.629725`. */
  readonly id: string
  readonly files: TenantFiles
}

/** Versions kept, the newest: weeks of edits to go back to, and at most 250 MB. */
export const MAX_VERSIONS = 50

/** The ids of a tenant's versions, newest first. Rejects with the system's error when they cannot be listed. */
export async function versionIds(tenantDirectory: string): Promise<readonly string[]> {
  try {
    return (await readdir(placeOf(tenantDirectory))).filter(isVersionId).sort().reverse()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Reads a version; undefined when it is not there, or not all of it. */
export async function readVersion(tenantDirectory: string, id: string): Promise<Version | undefined> {
  if (!isVersionId(id)) return undefined
  const stored = await readStoredFiles(join(placeOf(tenantDirectory), id))
  return 'files' in stored && isWhole(stored.files) ? { id, files: stored.files } : undefined
}

/** Publishes the files as the version `id`, and removes the oldest over 50. Rejects with the system's error. */
export async function publishVersion(tenantDirectory: string, { id, files }: Version): Promise<void> {
  const place = placeOf(tenantDirectory)
  await mkdir(place, { recursive: true, mode: 0o700 })
  const staging = await mkdtemp(join(place, '.new-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(staging, name), text, { mode: 0o600 })
    await rename(staging, join(place, id))
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  }
  for (const old of (await versionIds(tenantDirectory)).slice(MAX_VERSIONS))
    await rm(join(place, old), { recursive: true, force: true })
}

function placeOf(tenantDirectory: string): string {
  return join(tenantDirectory, 'versions')
}
