// Pure: how the client's log tells that a request failed.

import type { LogEvent } from '../log/event.js'
import { curlText } from './https-failure.js'

/** What of a failure the log needs; of an answer that came, `httpStatus`. */
export interface ToldFailure {
  readonly failure: string
  /** How libcurl would have ended; 0 where the transfer was fine and its content is not. */
  readonly curlCode: number
  readonly httpStatus?: number
}

/** The line of a failure, if there is one: none when we are stopping, none when only the content was wrong. */
export function failureEvents({ failure, curlCode: code, httpStatus }: ToldFailure): readonly LogEvent[] {
  if (failure === 'closed' || code === 0) return []
  // A client that reads the error JSON of an answer cannot have libcurl fail on its status (22): it logs the status.
  if (httpStatus !== undefined) return [{ type: 'http-refused', code: httpStatus }]
  return [{ type: 'download-failed', code, error: curlText(code) }]
}
