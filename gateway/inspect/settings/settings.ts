// Pure: how the gateway inspects: `<home>/gateway/inspect.json`, its schema and its defaults. The error settings and their
// defaults are the documented ones (client-behaviour 4, "managing error settings"); `expired`, `clientCertificate` and
// `encryptedClientHello` are ours, for cases the public table does not name.

import type * as z from 'zod'
import { matching, oneOf, only } from '../../../agent/config/schema/strict-values.js'
import { listOf, truth } from '../../../agent/config/schema/values.js'
import { hostEntry } from '../policy/host-list.js'

/** What to do with a flow that is not as it should be: pass it on unread, or refuse it (with the block page where one can be shown). */
const errorAction = oneOf(['bypass', 'block'])

const CATEGORY = matching(/\S/, 'the name of a category')

/** The schema of inspect.json. */
export const inspectSettingsSchema = only({
  /** false: everything is passed on unread. */
  inspect: truth.default(true),
  /** TLS flows to these are passed on unread (SSL decryption policy, "Do Not Decrypt"). */
  doNotDecrypt: only({
    hosts: listOf(hostEntry, 'a list of host names').default([]),
    categories: listOf(CATEGORY, 'a list of categories').default([]),
  }).prefault({}),
  errors: only({
    noSni: errorAction.default('bypass'),
    malformedTls: errorAction.default('bypass'),
    selfSigned: errorAction.default('block'),
    untrustedRoot: errorAction.default('block'),
    hostMismatch: errorAction.default('block'),
    incompleteChain: errorAction.default('bypass'),
    handshakeError: errorAction.default('bypass'),
    expired: errorAction.default('block'),
    revoked: errorAction.default('bypass'),
    clientCertificate: errorAction.default('bypass'),
    encryptedClientHello: errorAction.default('bypass'),
    /** Here `bypass` is not unread: such requests are judged for both hosts, and the stricter verdict holds (judging.ts). */
    domainFronting: errorAction.default('bypass'),
    malformedHttp: errorAction.default('block'),
    notHttp: errorAction.default('bypass'),
  }).prefault({}),
  /** Key of the leaf certificates: `rsa-2048` is the real product's, and costs a handshake about a millisecond more. */
  leafKey: oneOf(['ec-p256', 'rsa-2048']).default('ec-p256'),
  /** Whether HTTP/2 is spoken where client and origin both can; false: HTTP/1.1 only, as the real product does unless asked. */
  http2: truth.default(true),
  /** Look certificates up in the revocation lists they name. */
  checkRevocation: truth.default(true),
  /** Headers added to requests. */
  forwarded: only({
    xForwardedFor: truth.default(false),
    via: truth.default(false),
  }).prefault({}),
})

/** inspect.json, checked, with every default filled in. */
export type InspectSettings = Readonly<z.infer<typeof inspectSettingsSchema>>

/** The conditions that have a setting. */
export type ErrorSetting = keyof InspectSettings['errors']

/** What holds without a file. */
export const DEFAULT_INSPECT_SETTINGS: InspectSettings = inspectSettingsSchema.parse({})
