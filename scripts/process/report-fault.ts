/** The edge where a fault is reported, once. */

import { messageOf, SteerError } from '../../agent/errors.js'

/** Says the fault on standard error and gives the exit code: a known one in its sentence, anything else with its stack. */
export function reportFault(error: unknown): number {
  const known = error instanceof SteerError
  process.stderr.write(`steerlab: ${known || !(error instanceof Error) ? messageOf(error) : (error.stack ?? '')}\n`)
  return known ? error.exitCode : 1
}
