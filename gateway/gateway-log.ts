/**
 * The gateway's own log: one JSON object a line, appended to a file. What the agent's nsdebuglog cannot say is here: who
 * opened a session, who was refused and why, which origins failed.
 */

import { jsonLinesFile } from './json-lines-file.js'

/** One thing the gateway saw; `event` names it. */
export interface GatewayEntry {
  readonly event: string
  readonly [field: string]: string | number | boolean | undefined
}

/** Takes an entry; never throws. */
export type GatewayLog = (entry: GatewayEntry) => void

/** A log that appends to `file`, bounded as json-lines-file.ts says. */
export function fileGatewayLog(file: string, now: () => Date): GatewayLog {
  const append = jsonLinesFile(file)
  return (entry) => append({ time: now().toISOString(), ...entry })
}
