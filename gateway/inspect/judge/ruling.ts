// Pure: what becomes of a request that no policy is asked about: a setting refuses it, or the gateway itself answers.

import type { OwnAnswer } from '../exchange.js'
import { blockPage } from '../pages/block-page.js'
import { NOTSKOPE_HOST, steeredPage } from '../pages/notskope-page.js'
import type { PolicyVerdict } from '../policy/policy.js'
import type { ErrorSetting } from '../settings/settings.js'
import type { TransactionAction } from '../transaction.js'
import type { JudgedRequest } from './judged-request.js'

/** A verdict that is fixed before the request is read. */
export interface Ruling {
  readonly verdict: PolicyVerdict
  /** What the transaction says was done. */
  readonly action: TransactionAction
  /** The answer in the origin's place. */
  readonly answer: (request: JudgedRequest) => OwnAnswer
}

/** The conditions as the block page names them. */
const CONDITIONS: Readonly<Record<ErrorSetting, string>> = {
  noSni: 'No server name in TLS',
  malformedTls: 'Malformed TLS',
  selfSigned: 'Self-signed certificate',
  untrustedRoot: 'Untrusted root certificate',
  hostMismatch: 'Certificate of another host',
  incompleteChain: 'Incomplete certificate chain',
  handshakeError: 'TLS handshake error',
  expired: 'Expired certificate',
  revoked: 'Revoked certificate',
  clientCertificate: 'Client certificate asked for',
  encryptedClientHello: 'Encrypted ClientHello',
  domainFronting: 'Domain fronting',
  malformedHttp: 'Malformed HTTP',
  notHttp: 'Not HTTP',
}

/** A setting that says `block`: every request gets the block page. `why` in a sentence. */
export function blockedBySetting(setting: ErrorSetting, why: string): Ruling {
  const verdict: PolicyVerdict = { action: 'block', rule: `${CONDITIONS[setting]} (errors.${setting})`, reason: why }
  return { verdict, action: 'refused', answer: (request) => blockAnswer(request, verdict) }
}

/** http(s)://notskope.com: the gateway answers. */
export const NOTSKOPE_RULING: Ruling = {
  verdict: { action: 'allow', rule: NOTSKOPE_HOST, reason: 'The gateway answers for this host.' },
  action: 'allow',
  answer: ({ connection, time, id: requestId, accept }) =>
    steeredPage(connection.flow, { decrypted: connection.scheme === 'https', time, requestId }, accept),
}

/** The block page for a request under a verdict. */
export function blockAnswer(request: JudgedRequest, { rule, reason, message }: PolicyVerdict): OwnAnswer {
  const { host, url, category, time, id: requestId, accept, connection } = request
  const { user } = connection.flow
  return blockPage({ rule, reason, message, host, url, category, user, time, requestId }, accept)
}
