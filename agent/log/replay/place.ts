// Pure: where the endpoint was while a log was written, as far as its own lines say: location, class of the device,
// addresses.

import type { DeviceClass, Location } from '../../steering/flow.js'
import { detached } from '../detached.js'
import type { Recognised } from '../recognise.js'

/** What lines have said so far; undefined or '' = nothing yet. */
export interface Place {
  readonly location: Location | undefined
  readonly device: DeviceClass | undefined
  /** The endpoint's addresses, kept for configurations with source locations only. */
  readonly source4: string
  readonly source6: string
}

/** Nothing is said yet. */
export const UNKNOWN_PLACE: Place = { location: undefined, device: undefined, source4: '', source6: '' }

/** The place after a message that is no flow: the same one for nearly all. */
export function placeAfter(place: Place, recognised: Recognised): Place {
  switch (recognised.form.event) {
    case 'client-location':
    case 'device-classification':
    case 'client-status':
    case 'preferred-source-ip':
    case 'tunnel-source-ip':
    case 'network-changed':
      return afterEvent(place, recognised)
    default:
      return place
  }
}

function afterEvent(place: Place, { event }: Recognised): Place {
  switch (event.type) {
    case 'client-location':
      return { ...place, location: LOCATIONS[event.location] }
    case 'device-classification':
      return { ...place, device: deviceClass(event.status) }
    case 'client-status': {
      const status = classInStatus(event.json)
      return status === undefined ? place : { ...place, device: deviceClass(status) }
    }
    case 'preferred-source-ip':
    case 'tunnel-source-ip':
      return withSource(place, event.ip)
    case 'network-changed':
      return withSource(place, event.to)
    default:
      return place
  }
}

/** The place with the endpoint's address of that family. */
export function withSource(place: Place, ip: string): Place {
  const family = ip.includes(':') ? 'source6' : 'source4'
  return place[family] === ip ? place : { ...place, [family]: detached(ip) }
}

/** `N/A` stands in logs of configurations that do not ask where the client is. */
const LOCATIONS: Readonly<Record<string, Location | undefined>> = { remote: 'off-prem', 'on-prem': 'on-prem' }

function deviceClass(status: string): DeviceClass {
  return status === 'managed' || status === 'unmanaged' ? status : 'unknown'
}

/** `{"client_status":{"device_classification_status":...}}` (reference 2.10, row 80). */
function classInStatus(json: string): string | undefined {
  try {
    const status: unknown = JSON.parse(json)?.client_status?.device_classification_status
    return typeof status === 'string' ? status : undefined
  } catch {
    return undefined
  }
}
