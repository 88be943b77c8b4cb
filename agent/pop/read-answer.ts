// Pure: the JSON a service answered with, read by a schema. Every message of the schema says what is allowed.

import type * as z from 'zod'
import { checkJson } from '../config/check.js'
import type { HttpsAnswer } from '../outbound/https-client.js'
import { type HttpsFailure, refusalOf } from '../outbound/https-failure.js'

/** The value of an answer, or why it has none: its status, or the first thing in it that is wrong. */
export function readAnswer<Schema extends z.ZodType>(
  { status, body }: Pick<HttpsAnswer, 'status' | 'body'>,
  schema: Schema,
): { readonly value: z.output<Schema> } | HttpsFailure {
  const refused = refusalOf(status)
  if (refused !== undefined) return refused
  const checked = checkJson('answer', schema, new TextDecoder().decode(body))
  // The value has passed the schema.
  return 'value' in checked ? { value: checked.value as z.output<Schema> } : malformed(checked.problems[0] ?? '')
}

/** The failure of a transfer that was fine and brought something else than what was asked for. */
export function malformed(detail: string): HttpsFailure {
  return { failure: 'malformed', detail, curlCode: 0 }
}
