// Pure: a parsed file of the client's before anything is known about it.

/** An object of whatever the file holds. */
export type FileValue = Readonly<Record<string, unknown>>

/** Whether a JSON value is an object with keys. */
export function isObject(value: unknown): value is FileValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
