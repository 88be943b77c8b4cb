// Pure: long work in steps, so that it can be done between other things: a generator that pauses every millisecond or so.

/** Work in steps; whoever drives it may do something else between them. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Does all steps at one go. */
export function allSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Does the steps in slices of `sliceMs`, with `pause` between them; `now` gives ms. */
export async function inSlices<Result>(
  steps: Steps<Result>,
  sliceMs: number,
  now: () => number,
  pause: () => Promise<unknown>,
): Promise<Result> {
  for (let sliceEnd = now() + sliceMs; ; ) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (now() < sliceEnd) continue
    await pause()
    sliceEnd = now() + sliceMs
  }
}
