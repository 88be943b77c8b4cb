/** Generated logs on standard output, one endpoint after the other. */

import { fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type { Position } from '../../agent/synth/chunks.js'
import { AppendedFile } from './appended-file.js'
import type { GeneratedLog, GeneratedLogs } from './generate-log.js'

/** One log for all endpoints. */
export class StandardOutput implements GeneratedLogs, GeneratedLog {
  readonly position: Position = { file: '-', offset: 0 }
  /** A file can be cut back, and its stream would not notice a disk that is nearly full: Node ignores short writes. */
  readonly #file: AppendedFile | undefined
  readonly #stream: Writable

  /** The stream, and the descriptor behind it. */
  constructor(stream: Writable, descriptor: number) {
    this.#file = fstatSync(descriptor).isFile() ? new AppendedFile(descriptor) : undefined
    this.#stream = stream
    // Each write is told of its own error.
    stream.on('error', () => {})
  }

  get size(): number {
    return this.#file?.size ?? 0
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#file !== undefined) return this.#file.append(bytes)
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
  }

  cutTo(size: number): void {
    this.#file?.cutTo(size)
  }

  logOf(): GeneratedLog {
    return this
  }

  /** Not called: standard output has no limit. */
  beginNext(): void {}

  close(): ReadonlyMap<string, string> {
    return new Map()
  }
}
