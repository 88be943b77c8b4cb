/** An open file that grows at its end, and can be cut back to where it was. */

import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'

const { O_APPEND, O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = constants

/** Bytes go out synchronously: into the page cache a MiB takes a tenth of what it takes to make them. */
export class AppendedFile {
  readonly #fd: number
  #size: number

  /** A descriptor that is open for writing at its end. */
  constructor(fd: number) {
    this.#fd = fd
    this.#size = fstatSync(fd).size
  }

  /** A new file in the place of one that may be there, but for `mustBeNew`. Throws the system's error. */
  static create(path: string, mustBeNew = false): AppendedFile {
    return new AppendedFile(openSync(path, O_WRONLY | O_CREAT | O_APPEND | (mustBeNew ? O_EXCL : O_TRUNC)))
  }

  /** Bytes it has. */
  get size(): number {
    return this.#size
  }

  /** Writes all of the bytes, or throws the system's error with some of them written. */
  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const written = writeSync(this.#fd, bytes, done)
      done += written
      this.#size += written
    }
  }

  /** Cuts the file back to a size it had. Throws the system's error; a device keeps what it was given. */
  cutTo(size: number): void {
    if (size === this.#size) return
    if (fstatSync(this.#fd).isFile()) ftruncateSync(this.#fd, size)
    this.#size = size
  }

  close(): void {
    closeSync(this.#fd)
  }
}
