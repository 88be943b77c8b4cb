// Pure: pieces of long strings, kept for long.

/**
 * A copy of its own: a piece of a string keeps the whole string, here a whole block of a file, in memory, and so does what
 * was put together with `+` or a template.
 */
export function detached(text: string): string {
  return JSON.parse(JSON.stringify(text))
}
