// Pure: every message the log can hold, from the tables of the reference and, marked so, of our own invention. One
// definition for the live agent, the generator and the readers.

import { ENDPOINT_MESSAGES } from './catalogue/endpoint.js'
import { FLOW_MESSAGES } from './catalogue/flow.js'
import { MODE_MESSAGES } from './catalogue/mode.js'
import { POP_MESSAGES } from './catalogue/pop.js'
import { POSTURE_MESSAGES } from './catalogue/posture.js'
import { STARTUP_MESSAGES } from './catalogue/startup.js'
import { SYSTEM_MESSAGES } from './catalogue/system.js'
import { TUNNEL_MESSAGES } from './catalogue/tunnel.js'
import type { MessageForm } from './message-form.js'

const MESSAGES = [
  ...FLOW_MESSAGES,
  ...TUNNEL_MESSAGES,
  ...ENDPOINT_MESSAGES,
  ...POP_MESSAGES,
  ...STARTUP_MESSAGES,
  ...MODE_MESSAGES,
  ...POSTURE_MESSAGES,
  ...SYSTEM_MESSAGES,
]

/** One of the catalogue's messages, with its own literal types. */
export type CatalogueMessage = (typeof MESSAGES)[number]

/** The names of the events. */
export type EventType = CatalogueMessage['event']

/** All forms of all messages, most frequent first; of several forms of one event the fuller first. */
export const CATALOGUE: readonly (MessageForm & { readonly event: EventType })[] = MESSAGES
