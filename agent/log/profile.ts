// Pure: a profile is one platform and release of the client: how its lines look, which messages it has, and where in its
// sources each stands.

import { CATALOGUE, type EventType } from './catalogue.js'
import type { Certainty, MessageForm, Platform } from './message-form.js'
import type { Level, LineStyle } from './record.js'

/** What sets a platform and release apart from others. */
export interface ProfileTraits {
  readonly name: string
  readonly platform: Platform
  /** The client's release, e.g. 114: decides which messages exist. */
  readonly release: number
  readonly style: LineStyle
  /** The process column of the service. */
  readonly process: string
  /** Windows gives process and thread ids in multiples of 4. */
  readonly idsInFours: boolean
  /** Sources grow: a line number that is not public is the one of release 114 times this. */
  readonly growth: number
  /** Places that are this profile's own, over those of the catalogue. */
  readonly places?: Readonly<Partial<Record<EventType, Place>>>
}

/** Where a message stands and how severe it is, as far as a profile says other than the catalogue. */
export interface Place {
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly component?: string | undefined
  readonly level?: Level | undefined
}

/** One message in one build. */
export interface ProfileMessage {
  readonly form: MessageForm
  readonly file: string
  readonly line: number
  readonly component: string
  readonly level: Level
  /** How sure the line number is: seen in this build, seen in the file's other builds, or ours. */
  readonly certainty: Certainty
}

/** A platform and release of the client. */
export interface Profile extends ProfileTraits {
  /** The messages this build has. */
  readonly messages: ReadonlyMap<EventType, ProfileMessage>
}

/** The profile of a set of traits. */
export function makeProfile(traits: ProfileTraits): Profile {
  const messages = new Map<EventType, ProfileMessage>()
  for (const form of CATALOGUE) {
    if (messages.has(form.event) || !formExists(form, traits)) continue
    messages.set(form.event, messageIn(form, traits, traits.places?.[form.event] ?? {}))
  }
  return { ...traits, messages }
}

/** Whether a build has a message in this form. */
export function formExists(form: MessageForm, { release, platform }: ProfileTraits): boolean {
  const { since = 0, until = Number.POSITIVE_INFINITY, platforms } = form
  return since <= release && release <= until && (platforms === undefined || platforms.includes(platform))
}

function messageIn(form: MessageForm, { name, growth }: ProfileTraits, place: Place): ProfileMessage {
  const seen: Readonly<Record<string, number | undefined>> = form.seen ?? {}
  const line = place.line ?? seen[name]
  return {
    form,
    file: place.file ?? form.file,
    line: line ?? Math.round(form.line * growth),
    component: place.component ?? form.component,
    level: place.level ?? form.level,
    certainty: line !== undefined ? 'observed' : form.seen !== undefined ? 'inferred' : 'invented',
  }
}
