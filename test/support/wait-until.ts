/** Waiting for what no event tells. */

/** Looks every few milliseconds until it is true; rejects after `withinMs`. */
export async function waitUntil(isTrue: () => boolean | Promise<boolean>, withinMs = 5000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${isTrue}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Waits until a number has not changed for `stillMs`. */
export async function untilStill(value: () => number, stillMs = 60): Promise<void> {
  for (let last = Number.NaN; last !== value(); ) {
    last = value()
    await new Promise((resolve) => setTimeout(resolve, stillMs))
  }
}
