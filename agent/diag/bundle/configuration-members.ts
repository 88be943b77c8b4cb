/**
 * The client's configuration files as members: every JSON file of its directory, without its secrets. What cannot be
 * read as JSON cannot be cleaned, and so is left out.
 */

import { join } from 'node:path'
import { withoutMark } from '../../config/byte-order-mark.js'
import { readFromDisk } from '../../config/load.js'
import { namesIn } from './directory-names.js'
import { soughtForms } from './known-secrets.js'
import { type Found, jsonMember, type LeftOut, type Member, whyNot } from './member.js'
import { redact } from './redact.js'

/** The files, and how the secrets that were in them look elsewhere (`soughtForms`). */
export interface FoundConfiguration extends Found {
  readonly forms: readonly string[]
}

/** Names that any unzip takes. */
const PLAIN_NAME = /^\w[\w.-]{0,100}$/

/** The JSON files of a directory. Never rejects. */
export async function configurationMembers(directory: string): Promise<FoundConfiguration> {
  const { names, leftOut: unread } = namesIn(directory)
  const leftOut: LeftOut[] = [...unread]
  const files: { readonly name: string; readonly path: string; readonly value: unknown }[] = []
  const secrets: string[] = []
  for (const name of names.filter((name) => name.endsWith('.json'))) {
    const path = join(directory, name)
    const skip = (why: string): unknown => leftOut.push({ what: path, why })
    if (!PLAIN_NAME.test(name)) {
      skip('its name has odd characters')
      continue
    }
    try {
      const value: unknown = JSON.parse(withoutMark(await readFromDisk(path)))
      secrets.push(...redact(value).secrets)
      files.push({ name, path, value })
    } catch (error) {
      skip(error instanceof SyntaxError ? 'it is no JSON, so that its secrets cannot be found' : whyNot(error))
    }
  }
  const forms = soughtForms(secrets)
  const members = files.map(({ name, path, value }): Member => jsonMember(name, path, value, forms))
  return { members, leftOut, forms }
}
