/**
 * Checks the files of a directory beside the event loop, in a thread that is started with the first check and kept. It
 * keeps nobody alive. A thread that dies is started again by the next check.
 */

import { Worker } from 'node:worker_threads'
import { messageOf } from '../errors.js'
import type { FoundTexts, SetFindings } from './check-set.js'

/** Checks one set at a time. */
export class BackgroundCheck {
  #worker: Worker | undefined

  /** Starts the thread ahead of the first check. */
  prepare(): void {
    this.#thread()
  }

  /** What `checkSet` finds; a thread that fails is a problem like any other. Not to be called before the last call has ended. */
  check(found: FoundTexts): Promise<SetFindings> {
    const worker = this.#thread()
    return new Promise((resolve) => {
      const end = (findings: SetFindings): void => {
        worker.off('message', end)
        worker.off('error', failed)
        worker.off('exit', gone)
        worker.unref()
        resolve(findings)
      }
      const failed = (error: unknown): void => end({ problems: [`the files cannot be checked: ${messageOf(error)}`] })
      const gone = (): void => failed(new Error('the checking thread has ended'))
      worker.on('message', end)
      worker.on('error', failed)
      worker.on('exit', gone)
      worker.ref()
      worker.postMessage(found)
    })
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = new Worker(new URL('./check-thread.js', import.meta.url))
    worker.unref()
    // Who waits for an answer hears of it too.
    worker.on('error', () => {})
    worker.on('exit', () => {
      this.#worker = undefined
    })
    this.#worker = worker
    return worker
  }
}
