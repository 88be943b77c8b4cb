/**
 * The statuses that clients posted: `<tenant directory>/clientstatus.jsonl`, one JSON object a line, `time`, `user` and
 * what was posted.
 */

import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ClientStatus } from './client-status.js'

/** Size at which the file is renamed to `clientstatus.1.jsonl`, in bytes. */
const MAX_BYTES = 10 * 1024 * 1024

/** Keeps the statuses of one tenant. */
export class ClientStatusFile {
  readonly #path: string
  #turn: Promise<unknown> = Promise.resolve()

  constructor(tenantDirectory: string) {
    this.#path = join(tenantDirectory, 'clientstatus.jsonl')
  }

  /** Appends a status. Rejects with the system's error. */
  append(time: Date, user: string, status: ClientStatus): Promise<void> {
    const line = `${JSON.stringify({ time: time.toISOString(), user, ...status })}\n`
    const written = this.#turn.then(() => this.#write(line))
    this.#turn = written.catch(() => undefined)
    return written
  }

  async #write(line: string): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    const size = await stat(this.#path).then(
      (file) => file.size,
      () => 0,
    )
    if (size > MAX_BYTES) await rename(this.#path, this.#path.replace(/\.jsonl$/, '.1.jsonl'))
    await appendFile(this.#path, line, { mode: 0o600 })
  }
}
