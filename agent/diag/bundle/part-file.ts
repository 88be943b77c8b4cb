/**
 * A large file that is never seen half written: it grows as `.NAME.part-PID` beside its place, private to its owner, and
 * takes its name when all of it is on the disk.
 */

import { type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { SteerError, userMistake } from '../../errors.js'

/** Only the owner reads what a client logged. */
const OWNER_ONLY = 0o600

/** A file on its way. */
export class PartFile {
  /** Full path of the file to be; links are followed. */
  readonly target: string
  readonly #path: string
  readonly #handle: FileHandle

  private constructor(target: string, path: string, handle: FileHandle) {
    this.target = target
    this.#path = path
    this.#handle = handle
  }

  /** Begins a file for a target. Throws a user's mistake `bundle-unwritable`; what is there already stays until `publish`. */
  static async open(target: string, pid: number): Promise<PartFile> {
    try {
      const place = await placeOf(target)
      const path = join(dirname(place), `.${basename(place)}.part-${pid}`)
      // Of a process that was killed, and whose number is ours now.
      await rm(path, { force: true })
      return new PartFile(place, path, await open(path, 'wx', OWNER_ONLY))
    } catch (error) {
      if (error instanceof SteerError) throw error
      throw userMistake('bundle-unwritable', `cannot write ${target}: ${await unwritable(error, target)}`, error)
    }
  }

  /** Appends. Rejects with the system's error, as do all of these. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#handle.writeFile(bytes)
  }

  /** Bytes so far. */
  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  /** Gives the file its name, once the disk has it. */
  async publish(): Promise<void> {
    await this.#handle.sync()
    await this.#handle.close()
    await rename(this.#path, this.target)
    const directory = await open(dirname(this.target))
    // Some file systems cannot, and keep the name nevertheless.
    await directory.sync().catch(() => undefined)
    await directory.close()
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(this.#path, { force: true })
  }
}

/** Where a target really is. Throws a user's mistake `bundle-unwritable` for what is no file. */
async function placeOf(target: string): Promise<string> {
  const place = await realpath(target).catch(() => resolve(target))
  const facts = await lstat(place).catch(() => undefined)
  if (facts?.isDirectory()) throw userMistake('bundle-unwritable', `cannot write ${target}: it is a directory`)
  if (facts !== undefined && !facts.isFile())
    throw userMistake('bundle-unwritable', `cannot write ${target}: it is no regular file`)
  return place
}

async function unwritable(error: unknown, target: string): Promise<string> {
  const { code, message } = error as NodeJS.ErrnoException
  const directory = dirname(resolve(target))
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return (await stat(directory).catch(() => undefined))?.isDirectory()
        ? `${directory} takes no new file (${code})`
        : `there is no directory ${directory}`
    case 'EACCES':
    case 'EPERM':
      return `no permission to write in ${directory}`
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOSPC':
      return 'the disk is full'
    case 'ENAMETOOLONG':
      return 'its name is too long'
    default:
      return code ?? message
  }
}
