// Pure: the ground truth beside a generated log, a JSON object a line: where the line is, what it says, and the flow it
// belongs to.

import type { LogEvent } from '../log/event.js'
import type { Profile } from '../log/profile.js'
import { carried, templateOf } from '../log/render.js'
import type { FieldValue } from '../log/template.js'

/** One line of a truth file. */
export interface TruthLine {
  /** The log the line is in, from the output's directory, by its last name (live: the one it was written under); '-' on standard output. */
  readonly file: string
  /** Byte of the file at which the line begins. */
  readonly offset: number
  /** `2026-11-02T08:03:11.123456`, the wall clock's reading. */
  readonly time: string
  /** The event's name; `unreadable` for a line that is damaged beyond reading. */
  readonly event: LogEvent['type'] | 'unreadable'
  /** What the line prints of the event. */
  readonly fields: Readonly<Record<string, FieldValue>>
  /** Endpoint, day and number of the flow, e.g. `0/2026-11-02/17`; null for lines of the client itself. */
  readonly flow: string | null
  /** What was done to the line, where something was. */
  readonly damage?: 'truncated' | 'interleaved' | 'torn' | undefined
}

/** The fields of an event that its line prints in a profile. */
export function printedFields(profile: Profile, event: LogEvent): Record<string, FieldValue> {
  const form = profile.messages.get(event.type)?.form
  const values = event as unknown as Readonly<Record<string, FieldValue | undefined>>
  const fields = form === undefined ? [] : templateOf(form.template).fields
  return Object.fromEntries(fields.map((field) => [field.name, carried(field, values[field.name])]))
}
