// Pure: ephemeral ports as each system allots them: Windows and macOS count up through 49152 to 65535 (IANA's dynamic
// range), Linux spreads even ports over 32768 to 60999 (ip_local_port_range; connect() takes the even ones first).

import type { Platform } from '../log/message-form.js'
import type { Random } from './random.js'

const DYNAMIC = { first: 49_152, count: 16_384 }
const LINUX = { first: 32_768, count: 28_232 }

/** Gives the ports of one computer, one after the other. */
export class SourcePorts {
  readonly #platform: Platform
  readonly #random: Random
  #next: number

  constructor(platform: Platform, random: Random) {
    this.#platform = platform
    this.#random = random
    this.#next = random.below(DYNAMIC.count)
  }

  /** The port of the next connection. */
  next(): number {
    if (this.#platform === 'linux') return LINUX.first + 2 * this.#random.below(LINUX.count / 2)
    // Others on the machine take ports too: listeners, connections that the client does not see.
    this.#next = (this.#next + (this.#platform === 'windows' ? 1 + this.#random.below(3) : 1)) % DYNAMIC.count
    return DYNAMIC.first + this.#next
  }
}
