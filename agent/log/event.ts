// Pure: what the log can say, as typed events. Agent and generator report events, never text; the words belong to the
// catalogue, file names and line numbers to a profile.

import type { CatalogueMessage } from './catalogue.js'
import type { FieldsOf } from './template.js'

type EventOf<Message> = Message extends { readonly event: infer Type; readonly template: infer Template extends string }
  ? { readonly type: Type } & FieldsOf<Template>
  : never

/** One thing that happened, as the nsdebuglog tells it. Fields that early forms leave out are missing in some shapes. */
export type LogEvent = EventOf<CatalogueMessage>

/** The events of one type. */
export type EventNamed<Type extends LogEvent['type']> = Extract<LogEvent, { readonly type: Type }>

/** `TLS` or `DTLS`, printed between component and text by every tunnel message. */
export type TunnelTransport = 'TLS' | 'DTLS'

/** Where events go; the writer is the one implementation, tests collect them in an array. */
export interface EventLog {
  report(event: LogEvent): void
}
