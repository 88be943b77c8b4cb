/** The client's files for tests: the default ones, and a directory that holds them. */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileName } from '../../agent/config/configuration.js'
import { FILE_NAMES } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'

/** The texts of the default files as a new home has them. */
export function defaultTexts(): Record<FileName, string> {
  const files = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })
  const texts = FILE_NAMES.map((file) => [file, `${JSON.stringify(files[file], null, 2)}\n`])
  return Object.fromEntries(texts) as Record<FileName, string>
}

/** Writes texts into `directory`, which is made; a file whose text is undefined is left out. */
export async function writeTexts(
  directory: string,
  texts: Readonly<Partial<Record<FileName, string | undefined>>>,
): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const [file, text] of Object.entries(texts)) {
    if (text !== undefined) await writeFile(join(directory, file), text)
  }
}
