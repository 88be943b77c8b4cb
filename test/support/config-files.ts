/** The client's files for tests: the default ones, and a directory that holds them. */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundTexts } from '../../agent/config/check-set.js'
import { FILE_NAMES, type FileName } from '../../agent/config/configuration.js'
import { type DefaultFile, defaultFiles } from '../../agent/config/default-files.js'
import { fileText } from '../../agent/config/write-defaults.js'

/** The texts of the default files as a new home has them. */
export function defaultTexts(): Record<DefaultFile, string> {
  const files = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })
  const texts = Object.entries(files).map(([file, content]) => [file, fileText(content)])
  return Object.fromEntries(texts) as Record<DefaultFile, string>
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

/** Texts as `checkSet` is given them; a file that is left out is not there. */
export function foundTexts(texts: Readonly<Partial<Record<FileName, string>>>): FoundTexts {
  const found = FILE_NAMES.map((file) => [
    file,
    texts[file] === undefined ? { error: 'ENOENT' } : { text: texts[file] },
  ])
  return Object.fromEntries(found) as FoundTexts
}
