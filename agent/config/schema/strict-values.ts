// Pure: values of the user's own files (profiles, scenarios), which only the user writes. Unlike in the client's files, a
// key we do not know is a mistake there. Every schema carries, as its one error message, what is allowed.

import * as z from 'zod'

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  const quoted = words.map((word) => `"${word}"`)
  return z.enum(words, { error: `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}` })
}

/** A text of a pattern. */
export function matching(pattern: RegExp, allowed: string) {
  return z.string({ error: allowed }).regex(pattern, { error: allowed })
}

/** A whole number between two, both included. */
export function wholeNumber(least: number, most: number) {
  const error = `a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

/** A number between two, both included. */
export function numberFrom(least: number, most: number) {
  const error = `a number from ${least} to ${most}`
  return z.number({ error }).min(least, { error }).max(most, { error })
}

/** An object with these keys and no others. */
export function only<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `one of the keys ${keys}` : `an object with ${keys}`),
  })
}
