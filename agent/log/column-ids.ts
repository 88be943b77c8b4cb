// Pure: the pid and tid columns. One pid for a run of the service, one tid for each of its workers: in real logs the
// lines of one component come from one thread, and several threads write in the same millisecond.

import type { Profile } from './profile.js'

/** The pid column and the tid column of each component's worker. */
export interface ColumnIds {
  readonly pid: number
  tidOf(component: string): number
}

// Distances from pid to tid, multiples of 4 as Windows has them; the sizes mean nothing.
const SERVICE_WORKER = 0x1c
const TUNNEL_WORKER = 0x2c8
const BYPASS_WORKER = 0x4f4

const WORKERS: ReadonlyMap<string, number> = new Map([
  ['nsTunnel', TUNNEL_WORKER],
  ['nsssl', TUNNEL_WORKER],
  ['BypassAppMgr', BYPASS_WORKER],
  ['ExceptiontMgr', BYPASS_WORKER],
])

/**
 * The ids a service with the process id `pid` writes in `profile`. On Windows profiles the pid is turned into one
 * Windows could have given: a multiple of 4 with at most four hexadecimal digits.
 */
export function columnIds(pid: number, profile: Profile): ColumnIds {
  const column = profile.idsInFours ? (pid % 0x3fff) * 4 + 4 : pid
  return { pid: column, tidOf: (component) => column + (WORKERS.get(component) ?? SERVICE_WORKER) }
}
