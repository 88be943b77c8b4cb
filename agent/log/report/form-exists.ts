// Pure: whether a build has a message form. A profile's table holds one form for each event; a build may write several.

import type { MessageForm } from '../message-form.js'
import type { Profile } from '../profile.js'

/** Whether `profile` can write `form`: the one it prefers, or another of its release and platform. */
export function formExists(form: MessageForm, { release, platform }: Profile): boolean {
  const { since = 0, until = Number.POSITIVE_INFINITY, platforms } = form
  return since <= release && release <= until && (platforms === undefined || platforms.includes(platform))
}
