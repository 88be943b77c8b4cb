/**
 * Opens the files of a log or capture that is written and rotated all the while (NAME.log, NAME.1.log, ...), so that
 * what is read is one piece: no line twice, none missing between the first and the last.
 *
 * An open file stays what it was when it gets another name. They are opened from the newest on; if the newest still has
 * its name afterwards, no rotation came to an end meanwhile, and none is missing. A file met twice was being renamed.
 */

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from './directory-names.js'
import { type LeftOut, whyNot } from './member.js'

/** An open file, to be closed by who got it. */
export interface OpenedFile {
  /** Full path at that time. */
  readonly path: string
  /** Its name as rotation numbers it, without gaps. */
  readonly name: string
  readonly descriptor: number
  /** Bytes it had; what was appended later is not counted. */
  readonly size: number
}

/** Files that were rotated, the newest first. */
export interface OpenedFiles {
  readonly files: readonly OpenedFile[]
  readonly leftOut: readonly LeftOut[]
}

/** Each takes some microseconds, a rotation as many: one of these hits a gap. */
const ATTEMPTS = 100

/** Rotated while the directory was read. */
const MORE_FILES = 2

/** Read at once in search of a line's end. */
const TAIL_BYTES = 64 * 1024

/** Not a link to somebody else's file, and not a pipe, which would wait for its other end. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

interface Family {
  readonly stem: string
  readonly extension: string
  readonly highest: number
}

/** Opens all files of a directory whose name without rotation number is `wanted`; none where there is no directory. */
export function openRotated(directory: string, wanted: (name: string) => boolean): OpenedFiles {
  const { names, leftOut } = namesIn(directory)
  const opened = familiesIn(names, wanted).map((family) => openFamily(directory, family))
  return { files: opened.flatMap(({ files }) => files), leftOut: [...leftOut, ...opened.flatMap((one) => one.leftOut)] }
}

/** Bytes of an open file up to the end of its last whole line. */
export function wholeLines({ descriptor, size }: OpenedFile): number {
  const tail = Buffer.allocUnsafe(TAIL_BYTES)
  let end = size
  while (end > 0) {
    const start = Math.max(0, end - TAIL_BYTES)
    const read = readSync(descriptor, tail, 0, end - start, start)
    const newline = tail.subarray(0, read).lastIndexOf(0x0a)
    if (newline >= 0) return start + newline + 1
    end = start
  }
  return 0
}

function familiesIn(names: readonly string[], wanted: (name: string) => boolean): readonly Family[] {
  const families = new Map<string, Family>()
  for (const file of names) {
    const [, stem = '', digits = '0', extension = ''] = /^(.+?)(?:\.(\d{1,4}))?(\.[a-z]+)$/.exec(file) ?? []
    const name = stem + extension
    if (stem === '' || !wanted(name)) continue
    const highest = Math.max(Number(digits), families.get(name)?.highest ?? 0)
    families.set(name, { stem, extension, highest })
  }
  return [...families.values()].toSorted((a, b) => (a.stem < b.stem ? -1 : 1))
}

function openFamily(directory: string, family: Family): OpenedFiles {
  for (let attempt = 1; ; attempt++) {
    const opened = openAll(directory, family)
    const [newest, ...older] = opened.files
    if (newest === undefined || stillNewest(directory, family, newest)) return opened
    if (attempt === ATTEMPTS) {
      closeAll(older)
      const what = join(directory, nameOf(family, 1))
      const why = 'it and older ones were renamed too fast to be read as one piece'
      return { files: [newest], leftOut: [...opened.leftOut, { what, why }] }
    }
    closeAll(opened.files)
  }
}

function openAll(directory: string, family: Family): OpenedFiles {
  const files: OpenedFile[] = []
  const leftOut: LeftOut[] = []
  const met = new Set<bigint>()
  let first = 0
  for (let n = 0; n <= family.highest + MORE_FILES; n++) {
    const path = join(directory, nameOf(family, n))
    try {
      const descriptor = openSync(path, FLAGS)
      const facts = fstatSync(descriptor, { bigint: true })
      if (!facts.isFile() || met.has(facts.ino)) {
        closeSync(descriptor)
        if (!facts.isFile()) leftOut.push({ what: path, why: 'it is no regular file' })
        continue
      }
      met.add(facts.ino)
      if (files.length === 0) first = n
      const name = nameOf(family, first + files.length)
      files.push({ path, name, descriptor, size: Number(facts.size) })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') leftOut.push({ what: path, why: whyNot(error) })
    }
  }
  return { files, leftOut }
}

/** Whether nothing newer has begun. The newest may have a number: just after a rotation there is none without. */
function stillNewest(directory: string, family: Family, newest: OpenedFile): boolean {
  const { ino } = fstatSync(newest.descriptor, { bigint: true })
  for (let n = 0; ; n++) {
    const path = join(directory, nameOf(family, n))
    const facts = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (facts !== undefined) return facts.ino === ino
    if (path === newest.path) return false
  }
}

/** Closes the files. */
export function closeAll(files: readonly OpenedFile[]): void {
  for (const { descriptor } of files) closeSync(descriptor)
}

function nameOf({ stem, extension }: Family, n: number): string {
  return n === 0 ? stem + extension : `${stem}.${n}${extension}`
}
