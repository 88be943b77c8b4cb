// Pure: what an import did, for people to read.

import type { FileName } from '../../agent/config/configuration.js'
import type { ImportNote } from '../../agent/config/import/imported.js'
import { printable } from '../logs/printable.js'
import type { WrittenFile } from './write-import.js'

/** Places of one reason that are named one by one. */
const MAX_PLACES = 3

/** A line for each file. */
export function writtenText(
  directory: string,
  files: readonly WrittenFile[],
  from: Readonly<Partial<Record<FileName, string>>>,
): string {
  const what = ({ file, outcome }: WrittenFile) => {
    if (outcome === 'made') return 'made as in a new home'
    return `${outcome === 'replaced' ? `replaced, before it: ${file}.old` : outcome}, from ${from[file]}`
  }
  return [`${directory}`, ...files.map((one) => `  ${one.file}: ${what(one)}`)]
    .map((line) => `${printable(line)}\n`)
    .join('')
}

/** A line for each reason, with the first of its places. */
export function notesText(notes: readonly ImportNote[]): string {
  const places = new Map<string, string[]>()
  for (const { path, reason } of notes) places.set(reason, [...(places.get(reason) ?? []), path])
  const lines = [...places].map(([reason, paths]) => {
    const more = paths.length - MAX_PLACES
    return `  ${paths.slice(0, MAX_PLACES).join(', ')}${more > 0 ? ` and ${more} more` : ''}: ${reason}`
  })
  return lines.map((line) => `${printable(line)}\n`).join('')
}
