// Pure: a profile of the user's own, as a JSON file: a built-in one, and what is different. It is checked like the
// client's files: every problem with file, line, path and what is allowed.

import * as z from 'zod'
import { checkJson } from '../config/check.js'
import { matching, oneOf, only, wholeNumber } from '../config/schema/strict-values.js'
import { CATALOGUE, type EventType } from './catalogue.js'
import { makeProfile, type Place, type Profile } from './profile.js'
import { PROFILE_NAMES, PROFILES } from './profiles.js'
import { LEVELS } from './record.js'

const NAME = 'a name of letters, digits, dots, - and _ that no built-in profile has'
const name = matching(/^[\w.-]{1,64}$/, NAME).refine((word) => !Object.hasOwn(PROFILES, word), { error: NAME })

// What a column may hold is what record.ts reads.
const column = matching(/^[^\s\p{C}]{1,64}$/u, 'a word without white space')
const place = only({
  file: matching(/^\w{1,64}\.(?:cpp|mm)$/, 'the base name of a .cpp or .mm file').optional(),
  line: wholeNumber(0, 999_999_999).optional(),
  component: column.optional(),
  level: oneOf(LEVELS).optional(),
})

const EVENTS: ReadonlySet<string> = new Set(CATALOGUE.map(({ event }) => event))
const EVENT = 'the name of an event that `steerlab logs catalogue` lists'

const traits = only({
  name,
  base: oneOf(PROFILE_NAMES),
  platform: oneOf(['windows', 'macos', 'linux']).optional(),
  release: wholeNumber(1, 9999).optional(),
  precision: z.literal([3, 6], { error: '3 or 6' }).optional(),
  levels: oneOf(['word', 'number']).optional(),
  eol: oneOf(['CRLF', 'LF']).optional(),
  process: column.optional(),
  idsInFours: z.boolean({ error: 'true or false, without quotes' }).optional(),
  places: z
    .record(
      z.string().refine((event) => EVENTS.has(event)),
      place,
      { error: ({ code }) => (code === 'invalid_key' ? EVENT : 'an object of events and their places') },
    )
    .optional(),
})

type Places = Readonly<Partial<Record<EventType, Place>>>

const schema = traits.superRefine((mine, { addIssue }) => {
  const { messages, platform, release } = profileOf(mine)
  for (const event of Object.keys(mine.places ?? {}))
    if (!messages.has(event as EventType))
      addIssue({
        code: 'custom',
        path: ['places', event],
        message: `an event that release ${release} on ${platform} has`,
      })
})

/** The profile of a file's text, or one line for each problem, in which the file is called `label`. */
export function readProfile(
  label: string,
  text: string,
): { readonly profile: Profile } | { readonly problems: readonly string[] } {
  const checked = checkJson(label, schema, text)
  return 'problems' in checked ? checked : { profile: profileOf(checked.value as z.infer<typeof traits>) }
}

function profileOf(mine: z.infer<typeof traits>): Profile {
  const base = PROFILES[mine.base]
  const { precision = base.style.precision, levels = base.style.levels } = mine
  const eol = mine.eol === undefined ? base.style.eol : mine.eol === 'LF' ? '\n' : '\r\n'
  const { platform = base.platform, release = base.release, process = base.process } = mine
  const { idsInFours = base.idsInFours, places = {} } = mine
  const own = { ...base, name: mine.name, platform, release, process, idsInFours, style: { precision, levels, eol } }
  return makeProfile({ ...own, places: placesOver(base, places) })
}

/** The places seen in the base's logs, which the catalogue knows by the base's name only, and over them the user's. */
function placesOver(base: Profile, places: Places): Places {
  const seen = [...base.messages].filter(([, { certainty }]) => certainty === 'observed')
  const events = new Set([...seen.map(([event]) => event), ...(Object.keys(places) as EventType[])])
  const lines: Places = Object.fromEntries(seen.map(([event, { line }]) => [event, { line }]))
  return Object.fromEntries([...events].map((event) => [event, { ...lines[event], ...places[event] }]))
}
