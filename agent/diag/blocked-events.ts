// Pure: the tray's View Blocked Events: which certificate-pinned apps were refused, and when last (client-behaviour 5.2).

import type { FlowRecord } from '../flow-history.js'
import { accessTimeText } from './details-text.js'

/** One app that was refused. */
export interface BlockedEvent {
  /** Its name in nsbypass.json. */
  readonly app: string
  /** Its last refused flow, ms since 1970. */
  readonly time: number
}

/** The apps refused among these flows (oldest first), the one refused last at the end. */
export function blockedEvents(flows: readonly FlowRecord[]): readonly BlockedEvent[] {
  const last = new Map<string, number>()
  for (const { time, verdict } of flows) {
    if (verdict.action !== 'block' || verdict.app === undefined) continue
    // Taken out first, so that the map's order is the order of the last times.
    last.delete(verdict.app)
    last.set(verdict.app, time)
  }
  return [...last].map(([app, time]) => ({ app, time }))
}

/** What `show-blocked-event` prints. Whether the brackets are the line's or a custom app's own is not public: there is one pair. */
export function blockedText(events: readonly BlockedEvent[]): string {
  return events
    .map(({ app, time }) => {
      const name = app.replace(/^\[(.*)\]$/, '$1')
      return `App Name: [${name}], Last Access Time: ${accessTimeText(new Date(time))}\n`
    })
    .join('')
}
