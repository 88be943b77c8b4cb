/** The profile a command line names: a built-in one, or a file of the user's own. */

import { userMistake } from '../../agent/errors.js'
import type { ProfileName } from '../../agent/log/message-form.js'
import type { Profile } from '../../agent/log/profile.js'
import { readProfile } from '../../agent/log/profile-file.js'
import { PROFILE_NAMES, PROFILES } from '../../agent/log/profiles.js'
import { readOwnFile } from './own-file.js'

/** Reads nothing for a built-in name. Throws a user's mistake: `unknown-profile` or `profile-invalid`. */
export async function chooseProfile(nameOrPath: string): Promise<Profile> {
  if (Object.hasOwn(PROFILES, nameOrPath)) return PROFILES[nameOrPath as ProfileName]
  const read = readProfile(nameOrPath, await readOwnFile(nameOrPath, 'profile', PROFILE_NAMES))
  if ('profile' in read) return read.profile
  throw userMistake('profile-invalid', [`The profile ${nameOrPath} cannot be used:`, ...read.problems].join('\n'))
}
