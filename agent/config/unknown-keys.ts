// Pure: keys of the client's files that the schemas do not know. They are kept, for the real files have many; whoever
// mistyped one should be told all the same.

import * as z from 'zod'

/** The JSON paths of the unknown keys of a value that has passed its schema, at most `limit`. */
export function unknownKeys(schema: z.ZodType, value: unknown, limit = 100): readonly PropertyKey[][] {
  const found: PropertyKey[][] = []
  visit(schema, value, [])
  return found

  function visit(type: unknown, part: unknown, path: readonly PropertyKey[]): void {
    if (found.length >= limit) return
    if (type instanceof z.ZodOptional) return visit(type.unwrap(), part, path)
    if (type instanceof z.ZodArray && Array.isArray(part)) {
      // Of a long list of texts none can have keys.
      if (typeof part[0] !== 'object') return
      return part.forEach((entry, index) => {
        visit(type.element, entry, [...path, index])
      })
    }
    if (!(type instanceof z.ZodObject) || typeof part !== 'object' || part === null) return
    for (const [key, member] of Object.entries(part)) {
      if (Object.hasOwn(type.shape, key)) visit(type.shape[key], member, [...path, key])
      else if (found.length < limit) found.push([...path, key])
    }
  }
}
