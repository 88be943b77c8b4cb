// Pure: what the files say of the endpoint itself. The lab's own file may settle what a real client would detect.

import { ORDINARY_SITUATION, type Situation } from '../steering/flow.js'
import type { Configuration } from './configuration.js'

/** The situation of an endpoint with these files and its tunnel up. */
export function situationOf({ lab: { endpoint = {} } }: Pick<Configuration, 'lab'>): Situation {
  const { location, managed, country } = endpoint
  const device = managed === undefined ? ORDINARY_SITUATION.device : managed ? 'managed' : 'unmanaged'
  return { ...ORDINARY_SITUATION, location: location ?? ORDINARY_SITUATION.location, device, country: country ?? '' }
}
