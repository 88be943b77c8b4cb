/**
 * Keeps a captured namespace at hand for as long as the agent runs: opens one, opens another should its holder die
 * (programs of the old one fail closed), and knows why there is none where the system allows none.
 */

import { messageOf } from '../errors.js'
import { NamespaceDoor, type NamespaceDoorOptions, type OpenNamespace } from './namespace-door.js'

/** Whether programs can be captured, and how to join. */
export type CaptureStatus =
  | ({ readonly available: true; readonly connections: number } & OpenNamespace)
  | { readonly available: false; readonly reason: string }

/** The door's options, but for what the keeper itself answers. */
export type CaptureKeeperOptions = Omit<NamespaceDoorOptions, 'lost'> & { readonly warn: (line: string) => void }

/** Pause before a lost namespace is made anew, ms. */
const REOPEN_MS = 200

/** Owner of the one namespace of an agent. */
export class CaptureKeeper {
  readonly #options: CaptureKeeperOptions
  #door: NamespaceDoor | undefined
  #open: OpenNamespace | undefined
  #reason = 'it is not open yet'
  #closed = false
  #reopen: NodeJS.Timeout | undefined
  #settled: Promise<void> = Promise.resolve()

  constructor(options: CaptureKeeperOptions) {
    this.#options = options
  }

  get status(): CaptureStatus {
    return this.#open === undefined
      ? { available: false, reason: this.#reason }
      : { available: true, connections: this.#door?.connections ?? 0, ...this.#open }
  }

  /** Settles when `status` holds for a while: at once, but while a lost namespace is being made anew. */
  get settled(): Promise<void> {
    return this.#settled
  }

  /** Tries to open the namespace; that there can be none is a state, not an error. */
  async open(): Promise<void> {
    const door = new NamespaceDoor({ ...this.#options, lost: (reason) => this.#lost(reason) })
    this.#door = door
    try {
      const open = await door.open()
      if (this.#closed) door.close()
      else this.#open = open
    } catch (error) {
      this.#reason = messageOf(error)
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#reopen)
    this.#door?.close()
    this.#open = undefined
    this.#reason = 'the agent is stopping'
  }

  #lost(reason: string): void {
    this.#open = undefined
    this.#reason = reason
    if (this.#closed) return
    this.#options.warn(
      `steerlab: the captured namespace was lost (${reason}); programs in it are cut off, a new one is made`,
    )
    this.#settled = new Promise((resolve) => {
      this.#reopen = setTimeout(() => void this.open().then(resolve), REOPEN_MS)
    })
  }
}
