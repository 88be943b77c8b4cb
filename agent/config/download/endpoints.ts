// Pure: the endpoints of the add-on host and what each gives (client-behaviour 1.1).

import type { AnswerKind } from './answer.js'

/** What a client shows to get its configuration, from nsbranding.json. */
export interface AddonKeys {
  readonly orgKey: string
  readonly userKey: string
  /** Operating system in the endpoints' spelling. Only `win` is public (of the upgrade check). */
  readonly os: string
}

/** One request; posted when it goes with a body. */
export interface AddonRequest {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly answer: AnswerKind
}

/** A request for one file. An optional file that the host does not have (HTTP status 404) is left out. */
export interface FileRequest extends AddonRequest {
  readonly file: string
  readonly optional?: true
}

/** Cap of a downloaded configuration since R87 is "1 MB" (DW steering-configuration); that it is 2^20 bytes is our reading. */
export const MAX_DOWNLOAD_BYTES = 1_048_576

/** The parameters whose values are secrets. */
const KEY_PARAMETERS = ['orgkey', 'userkey', 'hashkey'] as const

/** The secrets of a request. */
export function keysOf({ query }: AddonRequest): readonly string[] {
  return KEY_PARAMETERS.flatMap((name) => query[name] ?? [])
}

/** Enrolment: answers with nsbranding.json. */
export function brandingRequest(orgKey: string, email: string): AddonRequest {
  return { path: '/config/user/getbrandingbyemail', query: { orgkey: orgKey, email }, answer: 'json' }
}

/** Which version of the configuration the tenant has. */
export function versionRequest({ orgKey }: AddonKeys): AddonRequest {
  return { path: '/config/org/version', query: { orgkey: orgKey }, answer: 'json' }
}

/** Where client statuses are posted to. */
export function statusRequest({ orgKey, userKey }: AddonKeys): AddonRequest {
  return { path: '/v2/update/clientstatus', query: { orgkey: orgKey, userkey: userKey }, answer: 'json' }
}

/** The configuration's files, in the order they are fetched; nsbypass.json and nsoverlap.json are not mandatory. */
export function configurationRequests({ orgKey, userKey, os }: AddonKeys): readonly FileRequest[] {
  const org = { orgkey: orgKey }
  const user = { ...org, userkey: userKey, os }
  const client = { ...org, hashkey: userKey, tenantconfig: '1' }
  return [
    { file: 'nsconfig.json', path: '/v2/config/org/clientconfig', query: client, answer: 'json' },
    { file: 'nssteering.json', path: '/v1/steering/domains', query: user, answer: 'json' },
    { file: 'nsbypass.json', path: '/steering/pinnedapps', query: user, answer: 'json', optional: true },
    { file: 'nsexception.json', path: '/steering/exceptions', query: user, answer: 'json' },
    { file: 'nsoverlap.json', path: '/config/getoverlappingdomainlist', query: org, answer: 'json', optional: true },
  ]
}

/** The certificates, by the names they have in the client's directory. */
export function certificateRequests({ orgKey, userKey }: AddonKeys): readonly FileRequest[] {
  const org = { orgkey: orgKey }
  const user = { ...org, hashkey: userKey }
  return [
    { file: 'nscacert.pem', path: '/config/ca/cert', query: user, answer: 'pem' },
    { file: 'nstenantcert.pem', path: '/config/org/cert', query: org, answer: 'pem' },
    { file: 'nsusercert.p12', path: '/v2/config/user/cert', query: user, answer: 'pkcs12' },
  ]
}
