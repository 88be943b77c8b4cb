// Pure: how a client turned our certificate down, told by the error its handshake ended with: the evidence `steerlab
// check` and the transaction log show.

/** Alert names as in RFC 8446 6, lower case, such as `unknown_ca`; or how it ended without one. */
export type ClientAlert = string

/** The client closed in the middle of the handshake, after it had our certificate. */
export const CLOSED = 'closed'

/**
 * The client finished the handshake and closed without a request: what a pin, or a check of its own, looks like. So do the
 * spare connections of browsers, which nobody can tell apart.
 */
export const CLOSED_UNUSED = 'closed_without_request'

/** The client went silent. */
export const TIMED_OUT = 'timed_out'

// node:tls: ERR_SSL_TLSV1_ALERT_UNKNOWN_CA, ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE, ERR_SSL_TLSV13_ALERT_...
const ALERT = /_ALERT_([A-Z_]+)$/
const OWN_FAULT = /^ERR_SSL_([A-Z0-9_]+)$/

/** The alert an error of a TLS server socket stands for; what is no alert keeps OpenSSL's word for it, such as `no_shared_cipher`. */
export function clientAlert({ code = '' }: NodeJS.ErrnoException): ClientAlert {
  const [, word] = ALERT.exec(code) ?? OWN_FAULT.exec(code) ?? []
  return word?.toLowerCase() ?? CLOSED
}

const ABOUT_CERTIFICATE = new Set([
  'unknown_ca',
  'bad_certificate',
  'certificate_unknown',
  'certificate_expired',
  'unsupported_certificate',
  'certificate_revoked',
  'access_denied',
])

/** One sentence. */
export function refusalInWords(alert: ClientAlert): string {
  if (alert === CLOSED) return 'The client hung up during the handshake, without a word.'
  if (alert === CLOSED_UNUSED)
    return 'The client finished the handshake and left without a request: it pins, does not trust the tenant, or needed no connection after all.'
  if (alert === TIMED_OUT) return 'The client did not finish the handshake in time.'
  if (ABOUT_CERTIFICATE.has(alert))
    return `The client did not accept the certificate of the tenant's authority (${alert}).`
  return `The client's handshake failed (${alert}).`
}
