/**
 * Hears of changes of the network by looking: neither Node nor an unprivileged process without a netlink socket is told.
 * A look takes about 0.2 ms. Keeps nobody alive.
 */

import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { hostResolvConf } from '../capture/private-files.js'
import {
  type NetworkChange,
  type NetworkFacts,
  type NetworkState,
  networkChange,
  networkFingerprint,
} from './network-state.js'
import { type Schedule, scheduleQuietly } from './schedule.js'

/** Whom to tell, and in tests what to look at and when. */
export interface NetworkWatchOptions {
  changed(change: NetworkChange): void
  readonly read?: () => NetworkFacts
  readonly schedule?: Schedule
}

/** Between two looks, ms. */
const LOOK_MS = 2000

/** A change is made in steps (address, route, nameservers); it is told when it has held for so long, ms. */
const SETTLE_MS = 500

/** Watches the network from its construction on. */
export class NetworkWatch {
  readonly #changed: (change: NetworkChange) => void
  readonly #read: () => NetworkFacts
  readonly #schedule: Schedule
  /** The network as it was told last. */
  #told: NetworkState
  /** Another one, seen once. */
  #seen: NetworkState
  #cancel: () => void

  constructor({ changed, read = readNetwork, schedule = scheduleQuietly }: NetworkWatchOptions) {
    this.#changed = changed
    this.#read = read
    this.#schedule = schedule
    this.#told = networkFingerprint(read())
    this.#seen = this.#told
    this.#cancel = schedule(LOOK_MS, this.#look)
  }

  /** The address traffic leaves from; 0.0.0.0 without a network. */
  get sourceIp(): string {
    return this.#told.sourceIp
  }

  close(): void {
    this.#cancel()
  }

  readonly #look = (): void => {
    const now = networkFingerprint(this.#read())
    const change = networkChange(this.#told, now)
    const settled = networkChange(this.#seen, now) === undefined
    this.#seen = now
    this.#cancel = this.#schedule(change === undefined || settled ? LOOK_MS : SETTLE_MS, this.#look)
    if (change === undefined || !settled) return
    this.#told = now
    this.#changed(change)
  }
}

/** What the system says of the network this process is in. What cannot be read is left out. */
export function readNetwork(): NetworkFacts {
  const nameservers = hostResolvConf().nameservers.map(({ ip }) => ip)
  return { interfaces: orElse(networkInterfaces, {}), routes: orElse(readRoutes, ''), nameservers }
}

function readRoutes(): string {
  return readFileSync('/proc/net/route', 'utf8')
}

function orElse<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read()
  } catch {
    return otherwise
  }
}
