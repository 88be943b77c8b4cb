/**
 * SSL_CTX: what all connections of one side have in common. DTLS 1.2 only, ECDHE with AES-GCM, no renegotiation, no
 * resumption; the peer's certificate must come from the authorities given, and from no others.
 */

import { type NativeScope, opensslFault, withNative } from './native-scope.js'
import type { OpenSsl, OpenSslCalls, Pointer } from './openssl.js'

/** Credentials of an agent. */
export interface ClientCredentials {
  /** Authorities the gateway's certificate may come from, PEM. */
  readonly ca: string
  /** User certificate, key and issuers, PKCS#12. */
  readonly pfx: Buffer
  readonly passphrase: string
}

/** Credentials of a gateway; all PEM. */
export interface ServerCredentials {
  readonly key: string
  /** Server certificate, then its issuers. */
  readonly cert: string
  /** Authorities the user certificates may come from. */
  readonly clientCa: string
}

const DTLS_1_2 = 0xfefd
const CIPHERS =
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384'

// Numbers of <openssl/ssl.h>, the same in all of OpenSSL 3.
const SET_MIN_VERSION = 123
const SET_MAX_VERSION = 124
const SET_SESSION_CACHE = 44
const ADD_CHAIN_CERTIFICATE = 89
const VERIFY_PEER = 1
const FAIL_WITHOUT_CERTIFICATE = 2
/** NO_QUERY_MTU: we say it, a memory BIO knows none. NO_TICKET, NO_RENEGOTIATION. */
const OPTIONS = (1 << 12) | (1 << 14) | (1 << 30)

/** Owns one SSL_CTX. Connections made from it hold it by themselves: it may be freed while they live. */
export class DtlsContext {
  readonly openssl: OpenSsl
  #context: Pointer

  constructor(openssl: OpenSsl, context: Pointer) {
    this.openssl = openssl
    this.#context = context
  }

  /** A new SSL*, which is the caller's to free; NULL when memory is short or the context is freed. */
  newSsl(): Pointer {
    return this.#context === null ? null : this.openssl.calls.SSL_new(this.#context)
  }

  /** May be called again. */
  free(): void {
    if (this.#context !== null) this.openssl.calls.SSL_CTX_free(this.#context)
    this.#context = null
  }
}

/** The agent's side. Throws SteerError `dtls-credentials` when a credential cannot be read. */
export function clientContext(openssl: OpenSsl, { ca, pfx, passphrase }: ClientCredentials): DtlsContext {
  const { calls } = openssl
  return newContext(openssl, calls.DTLS_client_method(), (making) => {
    trust(making, ca)
    calls.SSL_CTX_set_verify(making.context, VERIFY_PEER, null)
    usePkcs12(making, pfx, passphrase)
  })
}

/** The gateway's side. Throws SteerError `dtls-credentials` when a credential cannot be read. */
export function serverContext(openssl: OpenSsl, { key, cert, clientCa }: ServerCredentials): DtlsContext {
  const { calls, alwaysOne } = openssl
  return newContext(openssl, calls.DTLS_server_method(), (making) => {
    const { context } = making
    for (const authority of trust(making, clientCa)) calls.SSL_CTX_add_client_CA(context, authority)
    calls.SSL_CTX_set_verify(context, VERIFY_PEER | FAIL_WITHOUT_CERTIFICATE, null)
    usePem(making, key, cert)
    // DTLSv1_listen asks a C function whether the cookie is right. Ours was looked at before OpenSSL saw the hello, so
    // any C function that says 1 will do; OpenSSL's own SSL_is_dtls does, for every DTLS connection.
    calls.SSL_CTX_set_cookie_verify_cb(context, alwaysOne)
  })
}

/** A context that is being made, and what owns all that is needed only for that. */
interface Making {
  readonly calls: OpenSslCalls
  readonly context: Pointer
  readonly scope: NativeScope
}

function newContext(openssl: OpenSsl, method: Pointer, fill: (making: Making) => void): DtlsContext {
  const { calls } = openssl
  const context = calls.SSL_CTX_new(method)
  const made = new DtlsContext(openssl, context)
  try {
    if (context === null) throw opensslFault(calls, 'memory')
    calls.SSL_CTX_ctrl(context, SET_MIN_VERSION, DTLS_1_2, null)
    calls.SSL_CTX_ctrl(context, SET_MAX_VERSION, DTLS_1_2, null)
    calls.SSL_CTX_ctrl(context, SET_SESSION_CACHE, 0, null)
    calls.SSL_CTX_set_options(context, OPTIONS)
    if (calls.SSL_CTX_set_cipher_list(context, CIPHERS) !== 1) throw opensslFault(calls, 'the ciphers')
    withNative(calls, (scope) => fill({ calls, context, scope }))
    return made
  } catch (error) {
    made.free()
    throw error
  }
}

/** Believes the certificates of `pem`, and answers them. */
function trust(making: Making, pem: string): Pointer[] {
  const { calls, context } = making
  const store = calls.SSL_CTX_get_cert_store(context)
  const authorities = readCertificates(making, pem, 'the authority')
  for (const authority of authorities) calls.X509_STORE_add_cert(store, authority)
  return authorities
}

function usePem(making: Making, key: string, cert: string): void {
  const { calls, scope } = making
  const [own, ...issuers] = readCertificates(making, cert, 'the server certificate')
  // An encrypted key would be asked for on the terminal; with a passphrase at hand, though an empty one, it is not.
  const read = calls.PEM_read_bio_PrivateKey(memoryBio(making, Buffer.from(key)), null, null, Buffer.from('\0'))
  use(making, own!, scope.own(read, calls.EVP_PKEY_free, 'the server key'), issuers)
}

function usePkcs12(making: Making, pfx: Buffer, passphrase: string): void {
  const { calls, scope } = making
  const what = 'the user certificate'
  const pkcs12 = scope.own(calls.d2i_PKCS12_bio(memoryBio(making, pfx), null), calls.PKCS12_free, what)
  const [parsedKey, parsedOwn, parsedOthers]: [[Pointer], [Pointer], [Pointer]] = [[null], [null], [null]]
  const isParsed = calls.PKCS12_parse(pkcs12, passphrase, parsedKey, parsedOwn, parsedOthers) === 1
  const key = scope.keep(parsedKey[0], calls.EVP_PKEY_free)
  const own = scope.keep(parsedOwn[0], calls.X509_free)
  const others = scope.keep(parsedOthers[0], calls.OPENSSL_sk_free)
  const issuers: Pointer[] = []
  const nextIssuer = () => scope.keep(others === null ? null : calls.OPENSSL_sk_shift(others), calls.X509_free)
  for (let issuer = nextIssuer(); issuer !== null; issuer = nextIssuer()) issuers.push(issuer)
  if (!isParsed || key === null || own === null) throw opensslFault(calls, what)
  use(making, own, key, issuers)
}

/** The context holds what it is given by itself: all these calls count references. */
function use({ calls, context }: Making, own: Pointer, key: Pointer, issuers: readonly Pointer[]): void {
  const done =
    calls.SSL_CTX_use_certificate(context, own) === 1 &&
    calls.SSL_CTX_use_PrivateKey(context, key) === 1 &&
    calls.SSL_CTX_check_private_key(context) === 1 &&
    issuers.every((issuer) => calls.SSL_CTX_ctrl(context, ADD_CHAIN_CERTIFICATE, 1, issuer) === 1)
  if (!done) throw opensslFault(calls, 'certificate and key')
}

/** At least one certificate, or it throws. */
function readCertificates(making: Making, pem: string, what: string): Pointer[] {
  const { calls, scope } = making
  const bio = memoryBio(making, Buffer.from(pem))
  const read = () => calls.PEM_read_bio_X509(bio, null, null, null)
  const certificates = [scope.own(read(), calls.X509_free, what)]
  for (let next = read(); next !== null; next = read()) certificates.push(scope.own(next, calls.X509_free, what))
  // The end of the text is an error to OpenSSL.
  calls.ERR_clear_error()
  return certificates
}

function memoryBio({ calls, scope }: Making, bytes: Buffer): Pointer {
  const bio = scope.own(calls.BIO_new(calls.BIO_s_mem()), calls.BIO_free, 'memory')
  calls.BIO_write(bio, bytes, bytes.length)
  return bio
}
