/**
 * The gateway's own log: one JSON object a line, appended to a file. What the agent's nsdebuglog cannot say is here: who
 * opened a session, who was refused and why, which origins failed.
 */

import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** One thing the gateway saw; `event` names it. */
export interface GatewayEntry {
  readonly event: string
  readonly [field: string]: string | number | boolean
}

/** Takes an entry; never throws. */
export type GatewayLog = (entry: GatewayEntry) => void

/** Size at which the file is renamed to `*.1.log`, in bytes. */
const MAX_BYTES = 10 * 1024 * 1024

/** A log that appends to `file` (mode 0600), lines of one turn in one write. A disk that refuses loses lines, not flows. */
export function fileGatewayLog(file: string, now: () => Date): GatewayLog {
  let lines: string[] = []
  let size = -1
  const flush = (): void => {
    const text = lines.join('')
    lines = []
    try {
      if (size < 0) {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
        size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
      }
      if (size > MAX_BYTES) {
        renameSync(file, file.replace(/\.log$/, '.1.log'))
        size = 0
      }
      appendFileSync(file, text, { mode: 0o600 })
      size += text.length
    } catch {
      size = -1
    }
  }
  return (entry) => {
    if (lines.length === 0) setImmediate(flush)
    lines.push(`${JSON.stringify({ time: now().toISOString(), ...entry })}\n`)
  }
}
