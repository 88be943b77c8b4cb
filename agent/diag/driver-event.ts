// Pure: what the driver log tells of a flow, from its door to its end, one line an event. The real driver's log is not
// public: events and form are ours.

import type { DoorName } from '../capture/door.js'
import { authority } from '../steering/address.js'
import type { Endpoint } from '../steering/flow.js'

/** One thing that happened to a flow; `flow` is its number, the same in all its events. */
export type DriverEvent =
  | {
      readonly type: 'accepted'
      readonly flow: number
      readonly door: DoorName
      readonly source: Endpoint
      /** `ip` is '' where the door was given a name. */
      readonly destination: Endpoint
      /** The name the door was given, '' where none. */
      readonly host: string
    }
  | { readonly type: 'owner'; readonly flow: number; readonly process: string; readonly pid?: number | undefined }
  | {
      readonly type: 'decided'
      readonly flow: number
      /** As `steerlab flows` says it: `tunnel nsProxy`, `bypass pinned`. */
      readonly verdict: string
      readonly host: string
      /** File and path. */
      readonly rule: string
    }
  | { readonly type: 'opened'; readonly flow: number }
  | {
      readonly type: 'closed'
      readonly flow: number
      /** Bytes the program sent, and got. */
      readonly sent: number
      readonly received: number
      /** Why, when it did not simply end: `blocked`, `reset`. */
      readonly failure?: string | undefined
    }

/** One line without its end: `2026-11-23T14:42:41.123Z #7 accepted namespace 10.0.0.2:4242 -> 1.2.3.4:443`. `time`: ms since 1970. */
export function driverLine(event: DriverEvent, time: number): string {
  return `${new Date(time).toISOString()} #${event.flow} ${event.type}${details(event)}`.replace(CONTROLS, '?')
}

/** Names of hosts and programs are somebody else's text: they must not make lines of their own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x1f\x7f]/g

function details(event: DriverEvent): string {
  switch (event.type) {
    case 'accepted': {
      const { door, source, destination, host } = event
      const to = destination.ip === '' ? `${host}:${destination.port}` : authority(destination)
      return ` ${door} ${authority(source)} -> ${to}`
    }
    case 'owner':
      return ` ${event.process}${event.pid === undefined ? '' : ` pid ${event.pid}`}`
    case 'decided':
      return ` ${event.verdict} ${event.host === '' ? '-' : event.host} by ${event.rule}`
    case 'opened':
      return ''
    case 'closed': {
      const { sent, received, failure } = event
      return ` sent ${sent} received ${received}${failure === undefined ? '' : ` ${failure}`}`
    }
  }
}
