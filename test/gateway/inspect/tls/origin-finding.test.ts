import t from 'tap'
import { certificateFinding, handshakeFinding } from '../../../../gateway/inspect/tls/origin-finding.js'

void t.test('what the verification of a certificate found', async (t) => {
  const cases: ReadonlyArray<readonly [code: string, setting: string, reason: string]> = [
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'selfSigned', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrustedRoot', 'untrusted-root'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrustedRoot', 'untrusted-root'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'incompleteChain', 'incomplete-chain'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'hostMismatch', 'host-mismatch'],
    ['CERT_HAS_EXPIRED', 'expired', 'expired'],
    ['CERT_NOT_YET_VALID', 'expired', 'expired'],
    ['CERT_SIGNATURE_FAILURE', 'untrustedRoot', 'untrusted-root'],
  ]
  for (const [code, setting, reason] of cases) {
    const found = certificateFinding(code, 'box.com')
    t.match(found, { setting, reason }, code)
    t.match(found.why, new RegExp(`^box\\.com (has|sends) .*\\(${code}\\)\\.$`))
  }
})

void t.test('what a failed handshake says', async (t) => {
  const failed = (code: string) => handshakeFinding(Object.assign(new Error('words'), { code }), 'box.com')
  t.match(failed('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), { setting: 'clientCertificate' })
  t.match(failed('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), { setting: 'handshakeError', reason: 'handshake-error' })
  t.match(handshakeFinding(new Error('it hung up'), 'box.com').why, /it hung up/)
})
