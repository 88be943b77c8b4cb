/**
 * Files and directories named by their content: `trust-<hash><suffix>`. Programs that run already may read theirs at any
 * time, so none is ever written again; runs with the same trust share it, and two that begin at once do not meet.
 */

import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Root's programs read the files as other users too. */
const UMASK = 0o022

function nameOf(content: string | Buffer): string {
  return `trust-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
}

/** The file of this content in `directory`, mode 0644, made where it is not there. Throws the system's errors. */
export function contentFile(directory: string, suffix: string, content: string | Buffer): string {
  return made(join(directory, nameOf(content) + suffix), (staging) => writeFileSync(staging, content))
}

/** The directory whose content follows from `key`, mode 0755, filled where it is not there. Throws what `fill` throws. */
export function contentDirectory(directory: string, key: string, fill: (staging: string) => void): string {
  return made(join(directory, nameOf(key)), (staging) => {
    mkdirSync(staging)
    fill(staging)
  })
}

function made(path: string, make: (staging: string) => void): string {
  if (existsSync(path)) return path
  const staging = `${path}.${randomUUID()}`
  const umask = process.umask(UMASK)
  try {
    make(staging)
    renameSync(staging, path)
  } catch (error) {
    rmSync(staging, { recursive: true, force: true })
    // A directory that somebody else was quicker with is not replaced.
    if (!existsSync(path)) throw error
  } finally {
    process.umask(umask)
  }
  return path
}
