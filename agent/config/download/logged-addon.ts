/**
 * An add-on host whose requests the log tells as the catalogue has it. Releases before R92.1 wrote the path with the keys
 * in it; no profile of ours does.
 */

import type { EventLog } from '../../log/event.js'
import { failureEvents } from '../../outbound/told-failure.js'
import type { Addon } from './addon-client.js'

/** Reports each fetch before it is made, each status before it is posted, and what fails. */
export function loggedAddon(addon: Addon, log: EventLog): Addon {
  const { host } = addon
  return {
    host,
    async ask(request, posted) {
      if (posted === undefined) log.report({ type: 'config-download', host, url: `https://${host}/` })
      else log.report({ type: 'client-status', json: JSON.stringify(posted) })
      const answer = await addon.ask(request, posted)
      if ('failure' in answer) for (const event of failureEvents(answer)) log.report(event)
      return answer
    },
  }
}
