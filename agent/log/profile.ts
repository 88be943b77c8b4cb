// Pure: a profile is one platform and release of the client: how its lines look and where in its sources each message
// stands. `render` turns an event into what a line says, in that profile.

import type { LogEvent } from './event.js'
import type { Certainty, EventType, MessageForm } from './message-forms.js'
import type { LineStyle, LogRecord } from './record.js'

/** The names of the built-in profiles. */
export type ProfileName = 'windows-2019' | 'windows-r114' | 'macos-r126' | 'linux-r140'

/** One message in one build: its form, and the place its line names. */
export interface ProfileMessage {
  readonly form: MessageForm
  readonly file: string
  readonly line: number
  /** How sure the place is; `invented` = this build's place is not public, the one here is ours and stays. */
  readonly certainty: Certainty
  /** Source tag of the place. */
  readonly source: string
}

/** A platform and release of the client. */
export interface Profile {
  readonly name: ProfileName
  readonly style: LineStyle
  /** The process column of the service. */
  readonly process: string
  /** Windows gives process and thread ids in multiples of 4. */
  readonly idsInFours: boolean
  readonly messages: Readonly<Record<EventType, ProfileMessage>>
}

/** What an event says in a profile; time and ids are the writer's. */
export type Rendered = Pick<LogRecord, 'level' | 'file' | 'line' | 'component' | 'message'>

/** An event in the words of a profile. The message never breaks its line, whatever the fields hold. */
export function render(event: LogEvent, profile: Profile): Rendered {
  const { form, file, line } = profile.messages[event.type]
  return { level: form.level, file, line, component: form.component, message: oneLine(fill(form.template, event)) }
}

// A line break by any reader's reckoning: C0 and C1 controls (NEL among them), Unicode's line and paragraph separators.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

function oneLine(message: string): string {
  return message.replace(UNPRINTABLE, '?')
}

/** A template cut at its placeholders: text, field path, text, ..., text. */
interface Compiled {
  readonly texts: readonly string[]
  readonly fields: readonly (readonly string[])[]
}

const compiled = new Map<string, Compiled>()

function fill(template: string, event: LogEvent): string {
  const { texts, fields } = compile(template)
  let message = texts[0]!
  for (const [i, field] of fields.entries()) message += valueAt(event, field) + texts[i + 1]!
  return message
}

function compile(template: string): Compiled {
  const known = compiled.get(template)
  if (known !== undefined) return known
  // A split by a pattern with a group gives texts and groups in turn.
  const parts = template.split(/\{([\w.]+)\}/)
  const made = {
    texts: parts.filter((_, i) => i % 2 === 0),
    fields: parts.filter((_, i) => i % 2 === 1).map((field) => field.split('.')),
  }
  compiled.set(template, made)
  return made
}

function valueAt(event: LogEvent, path: readonly string[]): string {
  let value: unknown = event
  for (const key of path) value = (value as Record<string, unknown>)[key]
  return String(value)
}
