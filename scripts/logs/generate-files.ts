/**
 * Generated logs in a directory: nsdebuglog.log for one endpoint, a folder each for several. A log that is cut into files
 * is numbered from the newest, so its files have their names only when the last of them is known.
 */

import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'
import { logFileName } from '../../agent/log/log-file.js'
import type { Position } from '../../agent/synth/chunks.js'
import { makeDirectory } from '../process/make-directory.js'
import { AppendedFile } from './appended-file.js'
import type { GeneratedLog, GeneratedLogs } from './generate-log.js'
import { logFamily } from './rotation-order.js'

/** How a log is laid out on disk. */
export interface LogLayout {
  readonly directory: string
  /** Endpoints of the whole run: one has no folder of its own. */
  readonly endpoints: number
  /** Ends every name: `.gz` for packed files. */
  readonly suffix: '' | '.gz'
  /** Bytes of a file, and how many are kept as lines come; undefined = one file. */
  readonly rotation: { readonly bytes: number; readonly keep: 'all' | 2 } | undefined
}

/** While a run goes on, the files of a log that is cut, oldest first. */
const PART = /^nsdebuglog\.part-\d+\.log(\.gz)?$/

/** The folder of an endpoint, '' for the only one. */
export function folderOf(endpoint: number, endpoints: number): string {
  const width = Math.max(4, String(endpoints).length)
  return endpoints === 1 ? '' : `endpoint-${String(endpoint + 1).padStart(width, '0')}`
}

/** Makes the folders of the endpoints, and empties them of logs if `force`. Throws a user's mistake: `out-unusable` or `logs-exist`. */
export function makeRoom(layout: LogLayout, endpoints: readonly number[], force: boolean): void {
  const { directory } = layout
  for (const endpoint of endpoints) {
    const folder = join(directory, folderOf(endpoint, layout.endpoints))
    try {
      makeDirectory(folder, 0o777)
      const there = readdirSync(folder).filter((name) => logFamily(name) === 'nsdebuglog' || PART.test(name))
      if (there.length > 0 && !force)
        throw userMistake('logs-exist', `${join(folder, there[0]!)} is there already; --force replaces the logs there`)
      for (const name of there) rmSync(join(folder, name))
    } catch (error) {
      if (error instanceof SteerError) throw error
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST' || code === 'ENOTDIR')
        throw userMistake('out-unusable', `--out is a directory, and ${folder} a file or in one`, error)
      throw userMistake('out-unusable', `${folder} cannot be written to (${code ?? messageOf(error)})`, error)
    }
  }
}

/** Logs in their folders. */
export class LogFolders implements GeneratedLogs {
  readonly #layout: LogLayout
  readonly #names = new Map<string, string>()
  #current: { readonly endpoint: number; readonly log: RotatedLog } | undefined

  constructor(layout: LogLayout) {
    this.#layout = layout
  }

  logOf(endpoint: number): GeneratedLog {
    if (this.#current?.endpoint === endpoint) return this.#current.log
    this.close()
    const log = new RotatedLog(this.#layout, folderOf(endpoint, this.#layout.endpoints))
    this.#current = { endpoint, log }
    return log
  }

  close(): ReadonlyMap<string, string> {
    for (const [during, final] of this.#current?.log.close() ?? []) this.#names.set(during, final)
    this.#current = undefined
    return this.#names
  }
}

/** A log in one file or more. */
class RotatedLog implements GeneratedLog {
  readonly position: Position
  readonly #layout: LogLayout
  readonly #folder: string
  /** Files begun before the one under way. */
  #before = 0
  #file: AppendedFile

  constructor(layout: LogLayout, folder: string) {
    this.#layout = layout
    this.#folder = folder
    this.position = { file: this.#part(0), offset: 0, limit: layout.rotation?.bytes }
    this.#file = this.#open()
  }

  get size(): number {
    return this.#file.size
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#file.append(bytes)
  }

  cutTo(size: number): void {
    this.#file.cutTo(size)
  }

  beginNext(): void {
    this.#file.close()
    if (this.#layout.rotation?.keep === 2) this.#rename(this.#numbered(0), this.#numbered(1))
    else this.#before++
    this.position.file = this.#part(this.#before)
    this.position.offset = 0
    this.#file = this.#open()
  }

  /** Names while it was written, and in the end. */
  close(): readonly (readonly [during: string, final: string])[] {
    this.#file.close()
    if (this.#layout.rotation?.keep !== 'all') return []
    return Array.from({ length: this.#before + 1 }, (_, part) => {
      const names = [this.#part(part), this.#numbered(this.#before - part)] as const
      this.#rename(...names)
      return names
    })
  }

  #open(): AppendedFile {
    return AppendedFile.create(join(this.#layout.directory, this.position.file))
  }

  #rename(from: string, to: string): void {
    renameSync(join(this.#layout.directory, from), join(this.#layout.directory, to))
  }

  /** The file number `part` from the oldest, while it is written. */
  #part(part: number): string {
    return this.#layout.rotation?.keep === 'all' ? this.#named(`nsdebuglog.part-${part}.log`) : this.#numbered(0)
  }

  /** The file number `n` from the newest. */
  #numbered(n: number): string {
    return this.#named(logFileName(n))
  }

  /** Names in truth files have `/` on every system. */
  #named(name: string): string {
    return `${this.#folder === '' ? '' : `${this.#folder}/`}${name}${this.#layout.suffix}`
  }
}
