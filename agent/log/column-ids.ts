// Pure: the pid and tid columns. One pid for a run of the service, one tid for each of its workers: in real logs all
// lines of one flow come from one thread, whatever their component (reference 1.7), and several threads write in the
// same millisecond.

import type { MessageGroup } from './message-form.js'
import type { Profile } from './profile.js'

/** The pid column, and the tid column of the worker that writes a group of messages. */
export interface ColumnIds {
  readonly pid: number
  tidOf(group: MessageGroup): number
}

// Distances from pid to tid, multiples of 4 as Windows has them; the sizes mean nothing.
const SERVICE_WORKER = 0x1c
const TUNNEL_WORKER = 0x2c8
const FLOW_WORKER = 0x4f4

const WORKERS: Readonly<Partial<Record<MessageGroup, number>>> = {
  flow: FLOW_WORKER,
  tunnel: TUNNEL_WORKER,
  pop: TUNNEL_WORKER,
}

/**
 * The ids a service with the process id `pid` writes in `profile`. On Windows profiles the pid is turned into one
 * Windows could have given: a multiple of 4 with at most four hexadecimal digits.
 */
export function columnIds(pid: number, profile: Profile): ColumnIds {
  const column = profile.idsInFours ? (pid % 0x3fff) * 4 + 4 : pid
  return { pid: column, tidOf: (group) => column + (WORKERS[group] ?? SERVICE_WORKER) }
}
