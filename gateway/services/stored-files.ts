/** Reads a tenant's configuration files from a directory: the administrator's own, or a published version's. */

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { withoutMark } from '../../agent/config/byte-order-mark.js'
import { MAX_DOWNLOAD_BYTES } from '../../agent/config/download/endpoints.js'
import { TENANT_FILE_NAMES, type TenantFileName, type TenantFiles, tooLarge } from './tenant-files.js'

/** The files of a directory, or one line for each that cannot be read. */
export type StoredFiles = { readonly files: TenantFiles } | { readonly problems: readonly string[] }

/** When the files of a directory were last touched. */
export interface Stamp {
  /** Changes whenever a file is written, replaced or removed. */
  readonly text: string
  /** The newest change, ms since 1970; 0 when there are no files. */
  readonly changed: number
}

/** Reads the files of `directory`; what is missing is left out. Never rejects. */
export async function readStoredFiles(directory: string): Promise<StoredFiles> {
  const found = await Promise.all(TENANT_FILE_NAMES.map((name) => readOne(directory, name)))
  const problems = found.flatMap(({ problem }) => (problem === undefined ? [] : [problem]))
  if (problems.length > 0) return { problems }
  const files = found.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text]]))
  return { files: Object.fromEntries(files) as TenantFiles }
}

interface OneFile {
  readonly name: TenantFileName
  readonly text?: string
  readonly problem?: string
}

async function readOne(directory: string, name: TenantFileName): Promise<OneFile> {
  const path = join(directory, name)
  try {
    const facts = await stat(path)
    // Reading a pipe would wait for its writer.
    if (!facts.isFile()) return { name, problem: `${name}: is not a file` }
    if (facts.size > MAX_DOWNLOAD_BYTES) return { name, problem: tooLarge(name) }
    return { name, text: withoutMark(await readFile(path, 'utf8')) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { name } : { name, problem: `${name}: cannot be read (${code})` }
  }
}

/** The stamp of the files of `directory`. Never rejects. */
export async function stampOf(directory: string): Promise<Stamp> {
  const facts = await Promise.all(
    TENANT_FILE_NAMES.map((name) => stat(join(directory, name), { bigint: true }).catch(() => undefined)),
  )
  return {
    // A file put in place by a rename may be old; its inode, and the time its inode changed, are not.
    text: facts.map((file) => file && `${file.ino} ${file.size} ${file.mtimeNs} ${file.ctimeNs}`).join(','),
    changed: Math.max(0, ...facts.map((file) => Number(file?.ctimeMs ?? 0))),
  }
}
