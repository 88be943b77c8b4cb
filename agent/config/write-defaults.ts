/** Gives a new home its files, and never touches one that is there. */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileName } from './configuration.js'
import type { TenantUser } from './default-files.js'
import { defaultFiles } from './default-files.js'
import { createFile } from './write-file.js'

/**
 * Writes the default files that `directory` lacks (the directory too, 0700), and answers which those were.
 * Rejects with the system's error.
 */
export async function writeDefaultConfiguration(directory: string, who: TenantUser): Promise<readonly FileName[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const written: FileName[] = []
  for (const [file, content] of Object.entries(defaultFiles(who))) {
    if (await createFile(join(directory, file), fileText(content))) written.push(file as FileName)
  }
  return written
}

/** A file's text, pretty-printed as the real ones are on disk: people read and edit these, and scripts grep them (NSP). */
export function fileText(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`
}
