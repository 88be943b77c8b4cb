// Pure: what the catalogue says of one message. Text, component and level belong to the message; the place (file and
// line) to the build: the same message moves between builds (reference 2.15).

import type { Level } from './record.js'

/** How sure a text or place is: printed from a real log, concluded from public material, or ours. */
export type Certainty = 'observed' | 'inferred' | 'invented'

/** The operating system a client was built for. */
export type Platform = 'windows' | 'macos' | 'linux'

/** The names of the built-in profiles. */
export type ProfileName = 'macos-2018' | 'windows-2019' | 'windows-2021' | 'windows-r114' | 'macos-r126' | 'linux-r140'

/** What a message can be about. */
export const MESSAGE_GROUPS = [
  'startup',
  'pop',
  'tunnel',
  'flow',
  'dns',
  'mode',
  'private-access',
  'posture',
  'system',
] as const

/** What a message is about. */
export type MessageGroup = (typeof MESSAGE_GROUPS)[number]

/** One message: an event, and how it reads in the releases that have it. An event may have several, each for its time. */
export interface MessageForm {
  readonly event: string
  readonly group: MessageGroup
  readonly component: string
  readonly level: Level
  /** In the language of template.ts. */
  readonly template: string
  /** How sure the text is. */
  readonly certainty: Certainty
  /** Source tag and row of the reference, and what of component and level is concluded. */
  readonly source: string
  /** Base name of the source file. */
  readonly file: string
  /** Line in the builds around release 114: seen there, or ours. */
  readonly line: number
  /** Lines seen in real logs, by the profile they belong to. */
  readonly seen?: Readonly<Partial<Record<ProfileName, number>>>
  /** First and last client release that has it; both included, left out = no bound known. */
  readonly since?: number
  readonly until?: number
  /** Builds that have it; left out = all. */
  readonly platforms?: readonly Platform[]
  /** Set where a record goes on over lines of its own, without a stamp. */
  readonly opensBlock?: true
}
