// Pure: the control channel's protocol: one JSON object a line over a Unix socket (mode 0600) in the home directory.
// A request is {"method": ..., "params": ...}; each gets one answer line, {"ok": true, "result": ...} or {"ok": false, "error": ...}.
// A `lease` is answered like the rest and then lasts as long as its connection: an agent started for the duration ends
// with its last lease. protocol.md tells all methods, requests.ts checks what they are asked with.

import { z } from 'zod'

/** Longest request line, in bytes. */
export const MAX_REQUEST_BYTES = 4096

/** What can be asked. */
export const CONTROL_METHODS = [
  'status',
  'map',
  'flows',
  'pop',
  'update',
  'enable',
  'disable',
  'details',
  'log',
  'blocked',
  'driver-log',
  'capture',
  'speed-test',
  'fault',
  'lease',
] as const

/** One of these. */
export type ControlMethod = (typeof CONTROL_METHODS)[number]

/** A request; what `params` must be is the method's matter. */
export interface ControlRequest {
  readonly method: ControlMethod
  readonly params?: unknown
}

const request = z.object({ method: z.enum(CONTROL_METHODS), params: z.unknown().optional() })

/** One answer line. */
export type ControlAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: string; readonly code?: string; readonly exitCode?: 1 | 2 }

/** Reads a request line; `undefined` when it is none. */
export function readRequest(line: string): ControlRequest | undefined {
  try {
    return request.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
