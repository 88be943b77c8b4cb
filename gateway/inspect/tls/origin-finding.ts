// Pure: what is wrong with an origin's TLS, told by the error codes of node:tls (OpenSSL's X509_V_ERR_* names, and
// ERR_TLS_CERT_ALTNAME_INVALID of node's own check of names).

import type { OriginTrait } from './origin-memory.js'

const CHAIN: Readonly<Record<string, Pick<OriginTrait, 'setting' | 'reason'>>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: { setting: 'selfSigned', reason: 'self-signed' },
  SELF_SIGNED_CERT_IN_CHAIN: { setting: 'untrustedRoot', reason: 'untrusted-root' },
  // An intermediate came whose own issuer nobody knows.
  UNABLE_TO_GET_ISSUER_CERT: { setting: 'untrustedRoot', reason: 'untrusted-root' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { setting: 'untrustedRoot', reason: 'untrusted-root' },
  // A leaf came alone, and no root has signed it: the link between is missing.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { setting: 'incompleteChain', reason: 'incomplete-chain' },
  ERR_TLS_CERT_ALTNAME_INVALID: { setting: 'hostMismatch', reason: 'host-mismatch' },
  HOSTNAME_MISMATCH: { setting: 'hostMismatch', reason: 'host-mismatch' },
  CERT_HAS_EXPIRED: { setting: 'expired', reason: 'expired' },
  CERT_NOT_YET_VALID: { setting: 'expired', reason: 'expired' },
  CERT_REVOKED: { setting: 'revoked', reason: 'revoked' },
}

const WORDS: Readonly<Record<string, string>> = {
  'self-signed': 'has signed its certificate itself',
  'untrusted-root': 'has a certificate of an authority that is not trusted',
  'incomplete-chain': 'sends a certificate without the intermediate that signed it',
  'host-mismatch': 'has a certificate for another name',
  expired: 'has a certificate that is not valid now',
  revoked: 'has a certificate that was revoked',
}

/** What the verification of an origin's certificate found; `code` as `TLSSocket.authorizationError` names it. */
export function certificateFinding(code: string, host: string): OriginTrait {
  const found = CHAIN[code] ?? CHAIN.UNABLE_TO_GET_ISSUER_CERT
  const { setting, reason } = found as Pick<OriginTrait, 'setting' | 'reason'>
  return { setting, reason, why: `${host} ${WORDS[reason]} (${code}).` }
}

/** TLS alerts by which a server says that a client certificate is missing (RFC 8446 6.2); older ones send 40 or 42. */
const WANTS_CERTIFICATE = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'

/** What a handshake that failed, or a connection that died before it was of use, says of the origin. */
export function handshakeFinding({ code = '', message }: NodeJS.ErrnoException, host: string): OriginTrait {
  if (code === WANTS_CERTIFICATE)
    return {
      setting: 'clientCertificate',
      reason: 'client-certificate',
      why: `${host} asks for a client certificate, which only the client has.`,
    }
  const said = code === '' ? message : code
  return {
    setting: 'handshakeError',
    reason: 'handshake-error',
    why: `No TLS handshake with ${host} (${said.slice(0, 100)}).`,
  }
}
