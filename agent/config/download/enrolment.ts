/** Enrolment: whom an organisation's key and an e-mail address make of this client, as nsbranding.json says. */

import { hostName } from '../../../certs/host-name.js'
import { checkFile } from '../check.js'
import type { Branding } from '../schema/nsbranding.js'
import type { Addon } from './addon-client.js'
import { type AddonFailure, textOfAnswer } from './answer.js'
import { brandingRequest } from './endpoints.js'

/** What an enrolled client downloads with. */
export interface Enrolment {
  /** The add-on host, `AddonManagerHost`. */
  readonly host: string
  readonly orgKey: string
  readonly userKey: string
}

/** What a branding without its keys lacks. */
const INCOMPLETE = 'the branding lacks OrgKey, UserKey or an AddonManagerHost that is a host name'

/** Asks for the branding of a user. Answers with the text of nsbranding.json, checked, with all an enrolment needs. */
export async function enrol(
  addon: Addon,
  orgKey: string,
  email: string,
): Promise<{ readonly branding: string; readonly enrolment: Enrolment } | AddonFailure> {
  const answer = await addon.ask(brandingRequest(orgKey, email))
  if ('failure' in answer) return answer
  const branding = textOfAnswer(answer.body)
  const checked = checkFile('nsbranding.json', branding)
  if ('problems' in checked) return malformed(checked.problems[0] ?? INCOMPLETE)
  // The value has passed the schema of this file.
  const enrolment = enrolmentOf(checked.value as Branding)
  return enrolment === undefined ? malformed(INCOMPLETE) : { branding, enrolment }
}

/** The enrolment a branding holds; undefined when it is none, as in a lab that was never enrolled. */
export function enrolmentOf({ AddonManagerHost = '', OrgKey = '', UserKey = '' }: Branding): Enrolment | undefined {
  const host = hostName(AddonManagerHost)
  if (host === undefined || !('dns' in host) || OrgKey === '' || UserKey === '') return undefined
  return { host: host.dns, orgKey: OrgKey, userKey: UserKey }
}

function malformed(detail: string): AddonFailure {
  return { failure: 'malformed', detail, curlCode: 0 }
}
