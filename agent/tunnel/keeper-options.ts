// Pure: what a tunnel keeper is made of.

import type { EventLog } from '../log/event.js'
import type { Platform } from '../log/message-form.js'
import type { TargetSelector } from '../pop/target.js'
import type { LifeSettings } from './life-state.js'
import type { TunnelChange, TunnelOpener } from './tunnel.js'

/** What a keeper is made of. */
export interface TunnelKeeperOptions {
  readonly selector: TargetSelector
  readonly opener: TunnelOpener
  readonly settings: () => KeeperSettings
  readonly log: EventLog
  readonly platform: Platform
  /** A session is in use, or none is any more. */
  readonly changed: (change: TunnelChange) => void
  readonly random: () => number
}

/** What may change while it runs. */
export interface KeeperSettings extends Omit<LifeSettings, 'random'> {
  /** How soon to look again after a selection by other than the preferred method, ms. */
  readonly degradedMs: number
  /** How long old flows may stay on a session that is left, ms. */
  readonly drainMs: number
}
