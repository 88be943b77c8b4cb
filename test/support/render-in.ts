/** An event in the words of a profile: what the writer and the generator each make their lines of. */

import type { LogEvent } from '../../agent/log/event.js'
import type { Profile } from '../../agent/log/profile.js'
import type { LogRecord } from '../../agent/log/record.js'
import { render } from '../../agent/log/render.js'

/** What an event says in a profile; time and ids are the writer's. */
export type Rendered = Pick<LogRecord, 'level' | 'file' | 'line' | 'component' | 'message'>

/** Undefined where that build has no such message. */
export function renderIn(profile: Profile, event: LogEvent): Rendered | undefined {
  const found = profile.messages.get(event.type)
  if (found === undefined) return undefined
  const { level, file, line, component, form } = found
  return { level, file, line, component, message: render(event, form.template) }
}
