/** All files of one version of the configuration: when the tenant changes it in the middle, the download starts over. */

import type { Addon, AddonAnswer } from './addon-client.js'
import { type AddonFailure, readObject, textOfAnswer } from './answer.js'
import {
  type AddonKeys,
  certificateRequests,
  configurationRequests,
  type FileRequest,
  versionRequest,
} from './endpoints.js'

/** A version, whole. A file the tenant does not have is not among the files. */
export interface VersionDownload {
  readonly version: string
  /** JSON texts by the names of the client's files. */
  readonly files: Readonly<Record<string, string>>
  /** `nscacert.pem`, `nstenantcert.pem` and `nsusercert.p12`. */
  readonly certificates: Readonly<Record<string, Buffer>>
}

/** How often a download starts before it is left for later. */
const MOST_ROUNDS = 3

/** A version is shown to people and kept in a file: one short line. */
const VERSION = /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/

/** Asks which version the tenant has. */
export async function askVersion(addon: Addon, keys: AddonKeys): Promise<{ readonly version: string } | AddonFailure> {
  const answer = await addon.ask(versionRequest(keys))
  if ('failure' in answer) return answer
  const version = readObject(answer.body)?.['config_version']
  if (typeof version === 'string' && VERSION.test(version)) return { version }
  return { failure: 'malformed', detail: 'config_version is not one line of at most 64 characters', curlCode: 0 }
}

/** Downloads `version`, which the tenant had a moment ago, or the one that came in its place meanwhile. */
export async function downloadVersion(
  addon: Addon,
  keys: AddonKeys,
  version: string,
): Promise<VersionDownload | AddonFailure> {
  let wanted = version
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fetched = await fetchAll(addon, keys, wanted)
    if ('failure' in fetched) return fetched
    const after = await askVersion(addon, keys)
    if ('failure' in after) return after
    if (!('changed' in fetched) && after.version === wanted) return fetched
    wanted = after.version
  }
  return { failure: 'unsettled', detail: `it changed during each of ${MOST_ROUNDS} downloads`, curlCode: 0 }
}

async function fetchAll(
  addon: Addon,
  keys: AddonKeys,
  version: string,
): Promise<VersionDownload | AddonFailure | { readonly changed: true }> {
  const files: Record<string, string> = {}
  const certificates: Record<string, Buffer> = {}
  for (const request of [...configurationRequests(keys), ...certificateRequests(keys)]) {
    const answer = await addon.ask(request)
    if (isAbsent(request, answer)) continue
    if ('failure' in answer) return { ...answer, detail: `${request.file}: ${answer.detail}` }
    if (answer.version !== undefined && answer.version !== version) return { changed: true }
    if (request.answer === 'json') files[request.file] = textOfAnswer(answer.body)
    else certificates[request.file] = answer.body
  }
  return { version, files, certificates }
}

function isAbsent({ optional }: FileRequest, answer: AddonAnswer): boolean {
  return optional === true && 'failure' in answer && answer.httpStatus === 404
}
