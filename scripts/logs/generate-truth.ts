/** The truth file beside generated logs. */

import { createReadStream, renameSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { messageOf, userMistake } from '../../agent/errors.js'
import { AppendedFile } from './appended-file.js'

/** Every truth line begins with its file's name (truth.ts). */
const FILE = /^\{"file":"([^"]+)"/

/** Lines that are renamed at once, characters. */
const BATCH = 1024 * 1024

/** A file of JSON lines. */
export class TruthFile {
  readonly #path: string
  #file: AppendedFile

  /** An existing file is a user's mistake, `truth-exists`, but for `force`; a place that cannot be written to is `truth-unusable`. */
  constructor(path: string, force: boolean) {
    this.#path = path
    try {
      this.#file = AppendedFile.create(path, !force)
    } catch (error) {
      const { code = messageOf(error) } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') throw userMistake('truth-exists', `${path} is there already; --force replaces it`, error)
      throw userMistake('truth-unusable', `${path} cannot be written to (${code})`, error)
    }
  }

  get size(): number {
    return this.#file.size
  }

  /** Throws the system's error. */
  append(lines: string): void {
    this.#file.append(Buffer.from(lines))
  }

  cutTo(size: number): void {
    this.#file.cutTo(size)
  }

  /** Ends the file, and gives logs their final names in it. Rejects with the system's error, the file as it was. */
  async close(names: ReadonlyMap<string, string>): Promise<void> {
    this.#file.close()
    if (names.size === 0) return
    const renamed = `${this.#path}.renamed`
    const file = AppendedFile.create(renamed)
    try {
      let batch = ''
      for await (const line of createInterface({ input: createReadStream(this.#path) })) {
        batch += `${line.replace(FILE, (_, name: string) => `{"file":"${names.get(name) ?? name}"`)}\n`
        if (batch.length < BATCH) continue
        file.append(Buffer.from(batch))
        batch = ''
      }
      file.append(Buffer.from(batch))
    } catch (error) {
      rmSync(renamed)
      throw error
    } finally {
      file.close()
    }
    renameSync(renamed, this.#path)
  }
}
