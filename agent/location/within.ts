/**
 * A deadline for work that cannot be trusted to end. What is still under way when an answer is there, or when time is up,
 * hears so by its signal and lets go of what it holds.
 */

import { setMaxListeners } from 'node:events'

/** What `work` says, or undefined when it took longer than `ms` or `outer` was aborted. Rejects only as `work` does. */
export async function within<Result>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (over: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  if (outer?.aborted) return undefined
  const stop = new AbortController()
  // Each connection of the work listens; more than ten would be a warning.
  setMaxListeners(0, stop.signal)
  const end = () => stop.abort()
  const ended = new Promise<undefined>((resolve) => stop.signal.addEventListener('abort', () => resolve(undefined)))
  const timer = setTimeout(end, ms)
  outer?.addEventListener('abort', end)
  try {
    return await Promise.race([work(stop.signal), ended])
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', end)
    end()
  }
}
