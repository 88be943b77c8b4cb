/**
 * An add-on host whose requests the log tells as the catalogue has it. Releases before R92.1 wrote the path with the keys
 * in it; no profile of ours does.
 */

import type { EventLog } from '../../log/event.js'
import type { Addon, AddonAnswer } from './addon-client.js'
import { curlText } from './failure.js'

/** Reports each fetch before it is made, each status before it is posted, and what fails. */
export function loggedAddon(addon: Addon, log: EventLog): Addon {
  const { host } = addon
  return {
    host,
    async ask(request, posted) {
      if (posted === undefined) log.report({ type: 'config-download', host, url: `https://${host}/` })
      else log.report({ type: 'client-status', json: JSON.stringify(posted) })
      const answer = await addon.ask(request, posted)
      reportFailure(answer, log)
      return answer
    },
  }
}

function reportFailure(answer: AddonAnswer, log: EventLog): void {
  if (!('failure' in answer) || answer.failure === 'closed' || answer.curlCode === 0) return
  const { curlCode: code, httpStatus } = answer
  if (httpStatus === undefined) log.report({ type: 'download-failed', code, error: curlText(code) })
  // A client that reads the error JSON of an answer cannot have libcurl fail on its status (22): it logs the status.
  else log.report({ type: 'http-refused', code: httpStatus })
}
