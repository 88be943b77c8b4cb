/**
 * The functions of OpenSSL 3 that DTLS needs, through the optional package koffi: those inside the node binary, or where
 * a node has none inside, the system's `libssl.so.3`. OpenSSL never calls back into JavaScript: that aborts the process
 * on some versions of Node (koffi issue 261).
 */

import type Koffi from 'koffi'

/** The address of a native object; `null` where C says NULL. */
export type Pointer = bigint | null

/** Bytes that C reads or writes during a call. */
type Bytes = Uint8Array | null

/** C's prototypes; numbers are `int` or `long` unless said. SSL_ctrl and BIO_ctrl are behind most of OpenSSL's macros. */
export interface OpenSslCalls {
  OPENSSL_version_major(): number
  OpenSSL_version(kind: number): string
  ERR_get_error(): number | bigint
  ERR_clear_error(): void
  ERR_reason_error_string(code: number | bigint): string | null
  X509_verify_cert_error_string(result: number): string

  BIO_new(method: Pointer): Pointer
  BIO_s_mem(): Pointer
  BIO_read(bio: Pointer, into: Bytes, length: number): number
  BIO_write(bio: Pointer, bytes: Bytes, length: number): number
  BIO_ctrl(bio: Pointer, command: number, number: number, pointer: Bytes): number
  BIO_free(bio: Pointer): number
  BIO_ADDR_new(): Pointer
  BIO_ADDR_free(address: Pointer): void

  PEM_read_bio_X509(bio: Pointer, into: null, callback: null, argument: null): Pointer
  PEM_read_bio_PrivateKey(bio: Pointer, into: null, callback: null, argument: Bytes): Pointer
  i2d_X509_bio(bio: Pointer, certificate: Pointer): number
  X509_free(certificate: Pointer): void
  EVP_PKEY_free(key: Pointer): void
  d2i_PKCS12_bio(bio: Pointer, into: null): Pointer
  PKCS12_parse(pkcs12: Pointer, passphrase: string, key: [Pointer], certificate: [Pointer], others: [Pointer]): number
  PKCS12_free(pkcs12: Pointer): void
  OPENSSL_sk_shift(stack: Pointer): Pointer
  OPENSSL_sk_free(stack: Pointer): void

  DTLS_client_method(): Pointer
  DTLS_server_method(): Pointer
  SSL_CTX_new(method: Pointer): Pointer
  SSL_CTX_free(context: Pointer): void
  SSL_CTX_ctrl(context: Pointer, command: number, number: number, pointer: Pointer): number
  SSL_CTX_set_options(context: Pointer, options: number): number | bigint
  SSL_CTX_set_cipher_list(context: Pointer, ciphers: string): number
  SSL_CTX_set_verify(context: Pointer, mode: number, callback: null): void
  SSL_CTX_use_certificate(context: Pointer, certificate: Pointer): number
  SSL_CTX_use_PrivateKey(context: Pointer, key: Pointer): number
  SSL_CTX_check_private_key(context: Pointer): number
  SSL_CTX_add_client_CA(context: Pointer, certificate: Pointer): number
  SSL_CTX_get_cert_store(context: Pointer): Pointer
  SSL_CTX_set_cookie_verify_cb(context: Pointer, callback: Pointer): void
  X509_STORE_add_cert(store: Pointer, certificate: Pointer): number

  SSL_new(context: Pointer): Pointer
  SSL_free(ssl: Pointer): void
  SSL_set_bio(ssl: Pointer, from: Pointer, to: Pointer): void
  SSL_ctrl(ssl: Pointer, command: number, number: number, pointer: Bytes): number
  SSL_set_connect_state(ssl: Pointer): void
  SSL_set_accept_state(ssl: Pointer): void
  SSL_set_hostflags(ssl: Pointer, flags: number): void
  SSL_set1_host(ssl: Pointer, name: string): number
  SSL_get_verify_result(ssl: Pointer): number
  SSL_get1_peer_certificate(ssl: Pointer): Pointer
  DTLSv1_listen(ssl: Pointer, address: Pointer): number
  DTLS_get_data_mtu(ssl: Pointer): number
  SSL_do_handshake(ssl: Pointer): number
  SSL_read(ssl: Pointer, into: Bytes, length: number): number
  SSL_write(ssl: Pointer, bytes: Bytes, length: number): number
  SSL_shutdown(ssl: Pointer): number
  SSL_get_error(ssl: Pointer, result: number): number
}

/** Result and parameters of each, in C. `_Out_` is koffi's word for a pointer that is written to. */
const PROTOTYPES: Readonly<Record<keyof OpenSslCalls, readonly [result: string, ...parameters: string[]]>> = {
  OPENSSL_version_major: ['uint'],
  OpenSSL_version: ['str', 'int'],
  ERR_get_error: ['ulong'],
  ERR_clear_error: ['void'],
  ERR_reason_error_string: ['str', 'ulong'],
  X509_verify_cert_error_string: ['str', 'long'],

  BIO_new: ['void *', 'void *'],
  BIO_s_mem: ['void *'],
  BIO_read: ['int', 'void *', 'void *', 'int'],
  BIO_write: ['int', 'void *', 'void *', 'int'],
  BIO_ctrl: ['long', 'void *', 'int', 'long', 'void *'],
  BIO_free: ['int', 'void *'],
  BIO_ADDR_new: ['void *'],
  BIO_ADDR_free: ['void', 'void *'],

  PEM_read_bio_X509: ['void *', 'void *', 'void *', 'void *', 'void *'],
  PEM_read_bio_PrivateKey: ['void *', 'void *', 'void *', 'void *', 'void *'],
  i2d_X509_bio: ['int', 'void *', 'void *'],
  X509_free: ['void', 'void *'],
  EVP_PKEY_free: ['void', 'void *'],
  d2i_PKCS12_bio: ['void *', 'void *', 'void *'],
  PKCS12_parse: ['int', 'void *', 'str', '_Out_ void **', '_Out_ void **', '_Out_ void **'],
  PKCS12_free: ['void', 'void *'],
  OPENSSL_sk_shift: ['void *', 'void *'],
  OPENSSL_sk_free: ['void', 'void *'],

  DTLS_client_method: ['void *'],
  DTLS_server_method: ['void *'],
  SSL_CTX_new: ['void *', 'void *'],
  SSL_CTX_free: ['void', 'void *'],
  SSL_CTX_ctrl: ['long', 'void *', 'int', 'long', 'void *'],
  SSL_CTX_set_options: ['uint64', 'void *', 'uint64'],
  SSL_CTX_set_cipher_list: ['int', 'void *', 'str'],
  SSL_CTX_set_verify: ['void', 'void *', 'int', 'void *'],
  SSL_CTX_use_certificate: ['int', 'void *', 'void *'],
  SSL_CTX_use_PrivateKey: ['int', 'void *', 'void *'],
  SSL_CTX_check_private_key: ['int', 'void *'],
  SSL_CTX_add_client_CA: ['int', 'void *', 'void *'],
  SSL_CTX_get_cert_store: ['void *', 'void *'],
  SSL_CTX_set_cookie_verify_cb: ['void', 'void *', 'void *'],
  X509_STORE_add_cert: ['int', 'void *', 'void *'],

  SSL_new: ['void *', 'void *'],
  SSL_free: ['void', 'void *'],
  SSL_set_bio: ['void', 'void *', 'void *', 'void *'],
  SSL_ctrl: ['long', 'void *', 'int', 'long', 'void *'],
  SSL_set_connect_state: ['void', 'void *'],
  SSL_set_accept_state: ['void', 'void *'],
  SSL_set_hostflags: ['void', 'void *', 'uint'],
  SSL_set1_host: ['int', 'void *', 'str'],
  SSL_get_verify_result: ['long', 'void *'],
  SSL_get1_peer_certificate: ['void *', 'void *'],
  DTLSv1_listen: ['int', 'void *', 'void *'],
  DTLS_get_data_mtu: ['size_t', 'void *'],
  SSL_do_handshake: ['int', 'void *'],
  SSL_read: ['int', 'void *', 'void *', 'int'],
  SSL_write: ['int', 'void *', 'void *', 'int'],
  SSL_shutdown: ['int', 'void *'],
  SSL_get_error: ['int', 'void *', 'int'],
}

/** OpenSSL, loaded. */
export interface OpenSsl {
  readonly calls: OpenSslCalls
  /** Such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string
  /** The address of `int SSL_is_dtls(SSL *)`, which says 1: see dtls-context.ts. */
  readonly alwaysOne: Pointer
}

/** Why DTLS cannot be used here, one sentence. */
export interface Unavailable {
  readonly unavailable: string
}

/** The numbers of `SSL_ctrl` and the option bits that dtls-context.ts and dtls-engine.ts use are those of this version. */
const MAJOR_VERSION = 3

/** Where OpenSSL may be, in this order; null is this process. */
const LIBRARIES = [null, 'libssl.so.3']

let loaded: Promise<OpenSsl | Unavailable> | undefined

/** Loads OpenSSL once per process. */
export function loadOpenSsl(): Promise<OpenSsl | Unavailable> {
  loaded ??= import('koffi').then(
    (koffi) => openSslFrom(koffi.default, LIBRARIES),
    () => ({ unavailable: 'the optional package koffi is not installed' }),
  )
  return loaded
}

/** Why DTLS cannot be used here, a sentence such as `the optional package koffi is not installed`; undefined = it can. */
export async function dtlsUnavailable(): Promise<string | undefined> {
  const openssl = await loadOpenSsl()
  return 'unavailable' in openssl ? openssl.unavailable : undefined
}

/** The first of `libraries` that is OpenSSL 3 with all functions. */
export function openSslFrom(
  koffi: Pick<typeof Koffi, 'load'>,
  libraries: readonly (string | null)[],
): OpenSsl | Unavailable {
  for (const name of libraries) {
    try {
      // `deep`: a library must not bind to half an OpenSSL inside the node binary.
      const library = koffi.load(name, { deep: name !== null })
      const calls = Object.fromEntries(
        Object.entries(PROTOTYPES).map(([call, [result, ...parameters]]) => [
          call,
          library.func(call, result, parameters),
        ]),
      ) as unknown as OpenSslCalls
      if (calls.OPENSSL_version_major() !== MAJOR_VERSION) continue
      return { calls, version: calls.OpenSSL_version(0), alwaysOne: library.symbol('SSL_is_dtls') }
    } catch {
      // The library is missing, or a function of it: the next one.
    }
  }
  return { unavailable: `neither this node nor the system has OpenSSL ${MAJOR_VERSION} with DTLS` }
}
