// Pure: what makes one log differ from another: programs, hosts, rules and faults beside those of a normal day. Built-in
// scenarios (scenarios.ts) and a user's file (scenario-file.ts) are both this.

import type { PinnedApp } from '../config/schema/nsbypass.js'
import type { App } from './app.js'
import type { Site } from './sites.js'

/** What can go wrong, and what a user can do. */
export const FAULT_KINDS = [
  'edns-timeout',
  'dtls-blocked',
  'pop-flap',
  'captive-portal',
  'keepalive-loss',
  'user-disable',
  'network-change',
  'sleep',
  'dns-blind',
] as const

/** One kind of fault. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** A fault of a day. */
export interface Fault {
  readonly kind: FaultKind
  /** Minute of the day it begins; drawn from the hours of work when left out. */
  readonly at?: number | undefined
  /** Minutes it lasts. */
  readonly minutes: number
}

/** Shares of lines that are damaged on their way to the disk, 0 to 1, and what happens to the file. */
export interface Damage {
  readonly truncated: number
  readonly interleaved: number
  /** Minutes the clock is set back in the middle of the day; 0 = it is not. */
  readonly clockBackMinutes: number
  /** Bytes after which the file is rotated; undefined = never. */
  readonly rotateBytes?: number | undefined
}

/** Everything a scenario says. */
export interface Scenario {
  readonly name: string
  /** One sentence: what the log shows. */
  readonly describe: string
  readonly trafficMode?: 'web' | 'all' | undefined
  /** Exception host names, before those of the configuration. */
  readonly exceptions: readonly string[]
  /** Exception addresses and ranges. */
  readonly addresses: readonly string[]
  /** Certificate-pinned apps, before those of the configuration. */
  readonly pinned: readonly PinnedApp[]
  readonly hosts: readonly Site[]
  readonly apps: readonly App[]
  /** Users the endpoints belong to, by turns; made-up ones when empty. */
  readonly users: readonly string[]
  readonly faults: readonly Fault[]
  readonly damage?: Damage | undefined
}
