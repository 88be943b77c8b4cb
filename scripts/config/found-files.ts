/** The files below a directory or in a zip, with their folders, and their text when it is asked for. */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'
import { readFileFast } from '../logs/log-bytes.js'
import { zippedFiles } from '../logs/zip-entries.js'

/** A file that was found. */
export interface FoundFile {
  /** Its path below what was searched, with slashes. */
  readonly path: string
  /** Its whole path, for messages. */
  readonly name: string
  /** Its text. Throws a user's mistake `config-unreadable` or `config-damaged`. */
  text(): Promise<string>
}

/** Folders below a given one that are searched; a bundle has two. */
const MAX_DEPTH = 8

/** More than any configuration, bytes: the real client downloads at most 1 MB of steering configuration (client-behaviour 1.1). */
const MAX_BYTES = 64 * 1024 * 1024

/** The files of a directory and of the folders below it. Links to folders are not followed: they may go round. */
export async function filesBelow(directory: string): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = []
  let folders = ['']
  for (let depth = 0; depth <= MAX_DEPTH && folders.length > 0; depth++) {
    const next: string[] = []
    for (const folder of folders) {
      for (const entry of await listed(join(directory, folder))) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory()) next.push(path)
        else found.push(fileAt(join(directory, path), path))
      }
    }
    folders = next
  }
  return found
}

/** One file by itself. */
export function fileAt(name: string, path = name): FoundFile {
  return { path, name, text: () => readable(name, async () => textOf(await bounded(name, readFileFast(name)))) }
}

/** The files in a zip whose path is wanted. */
export async function filesInZip(archive: string, wanted: (path: string) => boolean): Promise<readonly FoundFile[]> {
  const files = await zippedFiles(archive, 'config', wanted)
  return files.map(({ path, name, open }) => ({
    path,
    name,
    text: () => readable(name, async () => textOf(await bounded(name, open()))),
  }))
}

async function listed(directory: string) {
  return readable(directory, () => readdir(directory, { withFileTypes: true }))
}

async function bounded(name: string, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw userMistake('config-unreadable', `${name} is larger than any configuration (64 MB)`)
    read.push(chunk)
  }
  return Buffer.concat(read)
}

/** UTF-8, or UTF-16 with a byte order mark, which is what `>` of Windows PowerShell writes. The mark is left out. */
function textOf(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

/** What `read` gives; what the system or zlib says about a file is a user's mistake that calls it `name`. */
export async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof SteerError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw userMistake('config-not-found', `there is no ${name}`, error)
    throw userMistake('config-unreadable', `cannot read ${name}: ${messageOf(error)}`, error)
  }
}
