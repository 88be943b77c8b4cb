// Pure: the control channel's protocol: one JSON object a line over a Unix socket (mode 0600) in the home directory.
// A request is {"method": ...}; each gets one answer line, {"ok": true, "result": ...} or {"ok": false, "error": ...}.
// A `lease` is answered like the rest and then lasts as long as its connection: an agent started for the duration ends
// with its last lease.

import { z } from 'zod'

/** Longest request line, in bytes. */
export const MAX_REQUEST_BYTES = 4096

const request = z.object({ method: z.enum(['status', 'map', 'flows', 'update', 'lease']) })

/** What can be asked. */
export type ControlMethod = z.infer<typeof request>['method']

/** One answer line. */
export type ControlAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: string }

/** Reads a request line; `undefined` when it is none. */
export function readRequest(line: string): ControlMethod | undefined {
  try {
    return request.safeParse(JSON.parse(line)).data?.method
  } catch {
    return undefined
  }
}
