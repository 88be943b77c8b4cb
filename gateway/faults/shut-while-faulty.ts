/**
 * Keeps a door open, except while a fault shuts it. Faults come and go at any moment, also while the door is still
 * moving: so it moves one step at a time, each towards what holds by then.
 */

import type { FaultSource } from './fault.js'

/** Something that can be shut, and opened again as it was. */
export interface Door {
  /** Rejects when it cannot be opened now; it is tried again. */
  open(): Promise<void>
  /** Resolves when nothing of it is left open; never rejects. */
  shut(): Promise<void>
}

/** Pause before a door that could not be opened is tried again, ms. */
const RETRY_MS = 250

/**
 * Shuts `door`, which is open, while `isShut` says so of the fault that holds; resolves when it is as it should be.
 * Gives the function that shuts it for good and resolves when it is shut: harmless in every state, also twice.
 */
export async function shutWhileFaulty(
  door: Door,
  fault: FaultSource<{ readonly kind: string }>,
  isShut: (kind: string) => boolean,
): Promise<() => Promise<void>> {
  let open = true
  let closed = false
  let retry: NodeJS.Timeout | undefined
  let steps = Promise.resolve()
  const step = async () => {
    clearTimeout(retry)
    const { current } = fault
    const wanted = !closed && !(current !== undefined && isShut(current.kind))
    if (open === wanted) return
    open = wanted
    if (!wanted) return door.shut()
    await door.open().catch(() => {
      open = false
      retry = setTimeout(next, RETRY_MS).unref()
    })
  }
  const next = () => {
    steps = steps.then(step)
    return steps
  }
  fault.onChange(next)
  await next()
  return () => {
    closed = true
    return next()
  }
}
