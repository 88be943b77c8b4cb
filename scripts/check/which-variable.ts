// Pure: which one of several environment variables does it, found with few runs: the likely ones each by itself, and then
// halves of the rest.

/** What is searched. */
export interface VariableSearch {
  /** The variables that do it all together. */
  readonly candidates: readonly string[]
  /** Those to be tried first. */
  readonly likely: readonly string[]
  /** Runs the program with only these set. */
  readonly works: (variables: readonly string[]) => Promise<boolean>
}

/** Likely variables that are tried each by itself: more would cost as much as the search. */
const TRIED_ALONE = 2

/**
 * The variable; undefined when no single one does it. At most `TRIED_ALONE` runs and, for n candidates, log2(n) + 1 more.
 * Rejects as `works` does.
 */
export async function whichVariable({ candidates, likely, works }: VariableSearch): Promise<string | undefined> {
  const first = likely.filter((variable) => candidates.includes(variable)).slice(0, TRIED_ALONE)
  for (const variable of first) if (await works([variable])) return variable
  let left = candidates.filter((variable) => !first.includes(variable))
  let isProved = false
  while (left.length > 1) {
    const half = left.slice(0, Math.ceil(left.length / 2))
    isProved = await works(half)
    left = isProved ? half : left.slice(half.length)
  }
  if (left.length === 0 || (!isProved && !(await works(left)))) return undefined
  return left[0]
}
