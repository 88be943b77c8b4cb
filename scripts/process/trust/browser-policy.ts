/** The managed policy of Chromium and Chrome: the one of every captured browser, and trust in a few authorities. */

import type { PrivateFile } from '../../../agent/capture/namespace-messages.js'
import { browserPolicyPlaces, writeBrowserPolicy } from '../../../agent/capture/private-files.js'
import type { Authority } from './authority.js'
import { contentDirectory } from './content-files.js'

/** What stands where browsers look for policy. */
export function browserPolicyMounts(authorities: readonly Authority[], directory: string): readonly PrivateFile[] {
  const certificates = authorities.map(({ pem }) => pem)
  const places = browserPolicyPlaces()
  if (places.length === 0) return []
  const source = contentDirectory(directory, `browser\n${certificates.join('')}`, (staging) =>
    writeBrowserPolicy(staging, certificates),
  )
  return places.map((path) => ({ path, source }))
}
