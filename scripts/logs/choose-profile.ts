/** The profile a command line names: a built-in one, or a file of the user's own. */

import { readFile } from 'node:fs/promises'
import { messageOf, userMistake } from '../../agent/errors.js'
import type { ProfileName } from '../../agent/log/message-form.js'
import type { Profile } from '../../agent/log/profile.js'
import { readProfile } from '../../agent/log/profile-file.js'
import { PROFILE_NAMES, PROFILES } from '../../agent/log/profiles.js'

/** Reads nothing for a built-in name. Throws a user's mistake: `unknown-profile` or `profile-invalid`. */
export async function chooseProfile(nameOrPath: string): Promise<Profile> {
  if (Object.hasOwn(PROFILES, nameOrPath)) return PROFILES[nameOrPath as ProfileName]
  const text = await textOf(nameOrPath)
  // Windows editors put a byte order mark first, which JSON does not know.
  const read = readProfile(nameOrPath, text.startsWith('\ufeff') ? text.slice(1) : text)
  if ('profile' in read) return read.profile
  throw userMistake('profile-invalid', [`The profile ${nameOrPath} cannot be used:`, ...read.problems].join('\n'))
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? 'is neither a profile nor a file' : `cannot be read (${code ?? messageOf(error)})`
    const sentence = `${JSON.stringify(path)} ${what}; the built-in profiles are ${PROFILE_NAMES.join(', ')}`
    throw userMistake('unknown-profile', sentence, error)
  }
}
