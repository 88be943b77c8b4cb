// Pure: which profile a log is of. Every line says something: how it looks, who wrote it, which form of which message it
// is, and, strongest, the place in the sources, which hardly two builds share.

import type { EventType } from '../catalogue.js'
import type { Profile } from '../profile.js'
import { formExists } from '../profile.js'
import { PROFILES } from '../profiles.js'
import type { Recognised } from '../recognise.js'
import type { ParsedLine } from '../record.js'
import { programOf } from './program-of.js'

/** What each agreement of a line with a profile counts. The place outweighs a column that differs, not a whole style. */
const POINTS = { precision: 3, levels: 3, eol: 1, process: 1, programs: 1, form: 2, place: 5 } as const

/** Adds up what the lines of a log have in common with each profile. */
export class ProfileGuess {
  readonly #candidates: readonly Candidate[]
  #records = 0

  constructor(profiles: readonly Profile[] = Object.values(PROFILES)) {
    this.#candidates = profiles.map((profile) => new Candidate(profile))
  }

  /** Takes a record into account, with the event it tells if it is known. */
  add(parsed: ParsedLine, recognised: Recognised | undefined): void {
    this.#records++
    // Windows names programs with their extension; a line without a name says nothing.
    const program = recognised === undefined ? '' : programOf(recognised)
    const exe = program === '' ? undefined : program.endsWith('.exe')
    for (const candidate of this.#candidates) candidate.compare(parsed, recognised, exe)
  }

  /** The name of the profile most alike, the first of several as much alike; undefined before the first record. */
  best(): string | undefined {
    if (this.#records === 0) return undefined
    return this.#candidates.reduce((best, other) => (other.points > best.points ? other : best)).name
  }
}

class Candidate {
  readonly name: string
  points = 0
  readonly #profile: Profile
  readonly #windows: boolean

  constructor(profile: Profile) {
    this.name = profile.name
    this.#profile = profile
    this.#windows = profile.platform === 'windows'
  }

  compare({ record, style }: ParsedLine, recognised: Recognised | undefined, exe: boolean | undefined): void {
    const profile = this.#profile
    if (style.precision === profile.style.precision) this.points += POINTS.precision
    if (style.levels === profile.style.levels) this.points += POINTS.levels
    if (style.eol === profile.style.eol) this.points += POINTS.eol
    if (record.process === profile.process) this.points += POINTS.process
    if (exe === this.#windows) this.points += POINTS.programs
    if (recognised === undefined || !formExists(recognised.form, profile)) return
    this.points += POINTS.form
    const place = profile.messages.get(recognised.form.event as EventType)
    if (place?.line === record.line && place.file === record.file) this.points += POINTS.place
  }
}
