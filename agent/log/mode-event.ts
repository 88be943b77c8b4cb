// Pure: the lines that say where the client is and what it steers (reference 2.9).

import { isDeepStrictEqual } from 'node:util'
import type { Location, Situation } from '../steering/flow.js'
import type { Policy, TrafficMode } from '../steering/policy.js'
import type { LogEvent } from './event.js'

/** The numbers of the log: 3 and 1 are public (TAB), 0 for cloud apps and for nothing at all are ours. */
const MODE_NUMBERS: Readonly<Record<TrafficMode, number>> = { all: 3, web: 1, 'cloud-apps': 0, none: 0 }

/** What the client says when it has learnt where it is; `told` is the location as the log names it. */
export function modeEvents(
  policy: Policy,
  location: Location,
  told: 'remote' | 'on-prem' | 'N/A',
): readonly [LogEvent, LogEvent] {
  const { mode, steersDns } = policy.halves[location]
  const all = mode === 'all'
  const dnsMode = steersDns ? 1 : 0
  return [
    { type: 'client-location', location: told, trafficMode: MODE_NUMBERS[mode], dnsMode },
    {
      type: 'dynamic-steering',
      webMode: mode === 'none' ? 0 : 1,
      firewallMode: all ? 1 : 0,
      dnsMode,
      steeringNone: mode === 'none' ? 'true' : 'false',
    },
  ]
}

/** What a client steers by, and where it is. */
interface Steering {
  readonly policy: Policy
  readonly situation: Pick<Situation, 'location'>
}

/** What it says when that has changed from `before`; at the start there is none. */
export function modeChanges(now: Steering, before?: Steering): readonly LogEvent[] {
  const events = ({ policy, situation: { location } }: Steering) =>
    modeEvents(policy, location, location === 'on-prem' ? 'on-prem' : 'remote')
  return before !== undefined && isDeepStrictEqual(events(now), events(before)) ? [] : events(now)
}
