/**
 * One DTLS connection inside OpenSSL, without network or timers: datagrams of the peer go in, datagrams for the
 * peer and plain texts come out. The only owner of its SSL*: after `free` every method does nothing, and no method calls
 * out, so nothing can free it while OpenSSL works.
 */

import { X509Certificate } from 'node:crypto'
import { SteerError } from '../../errors.js'
import type { DtlsContext } from './dtls-context.js'
import { packDatagrams } from './dtls-record.js'
import { opensslError, withNative } from './native-scope.js'
import type { OpenSslCalls, Pointer } from './openssl.js'

/** What a connection is doing. */
export type EngineState = 'handshake' | 'open' | 'ended'

/** How a connection ended: `closed` by the peer's close_notify, `certificate` when one side did not accept the other's. */
export interface EngineEnd {
  readonly kind: 'closed' | 'certificate' | 'handshake' | 'broken'
  readonly detail: string
}

// Numbers of <openssl/ssl.h>, <openssl/bio.h> and <openssl/x509v3.h>, the same in all of OpenSSL 3.
const SET_MTU = 17
const SET_SERVER_NAME = 55
const HANDLE_TIMEOUT = 74
const BIO_PENDING = 10
const NO_PARTIAL_WILDCARDS = 4
const NEVER_CHECK_SUBJECT = 0x20
const ERROR_WANT_READ = 2
const ERROR_WANT_WRITE = 3
const ERROR_ZERO_RETURN = 6

/** Alerts by which a peer refuses our certificate (RFC 5246 7.2.2); OpenSSL's reason is 1000 + alert. */
const CERTIFICATE_ALERTS = new Set([42, 43, 44, 45, 46, 48].map((alert) => 1000 + alert))

/** Where OpenSSL writes plain texts, one at a time; a record holds at most 2^14 bytes (RFC 6347 4.1). */
const plainText = Buffer.alloc(16_384)

/** One connection. First `connect` or `accept`, once. */
export class DtlsEngine {
  readonly #calls: OpenSslCalls
  readonly #maxDatagram: number
  /** Owns both BIOs. */
  #ssl: Pointer
  readonly #incoming: Pointer
  readonly #outgoing: Pointer
  #state: EngineState = 'handshake'
  #end: EngineEnd | undefined

  /** `maxDatagram`: largest UDP payload to make, at least 256 bytes. Throws SteerError `dtls-memory`. */
  constructor(context: DtlsContext, maxDatagram: number) {
    const { calls } = context.openssl
    const ssl = context.newSsl()
    const incoming = calls.BIO_new(calls.BIO_s_mem())
    const outgoing = calls.BIO_new(calls.BIO_s_mem())
    if (ssl === null || incoming === null || outgoing === null) {
      calls.SSL_free(ssl)
      calls.BIO_free(incoming)
      calls.BIO_free(outgoing)
      throw new SteerError('dtls-memory', 'OpenSSL has no memory for a DTLS connection')
    }
    calls.SSL_set_bio(ssl, incoming, outgoing)
    calls.SSL_ctrl(ssl, SET_MTU, maxDatagram, null)
    this.#calls = calls
    this.#maxDatagram = maxDatagram
    this.#ssl = ssl
    this.#incoming = incoming
    this.#outgoing = outgoing
  }

  get state(): EngineState {
    return this.#state
  }

  /** Why it ended, once it has by itself. */
  get end(): EngineEnd | undefined {
    return this.#end
  }

  /** Begins as the client of `servername`, which the server's certificate must have among its alternative names. */
  connect(servername: string): void {
    if (this.#ssl === null) return
    this.#calls.SSL_set_connect_state(this.#ssl)
    this.#calls.SSL_set_hostflags(this.#ssl, NO_PARTIAL_WILDCARDS | NEVER_CHECK_SUBJECT)
    this.#calls.SSL_set1_host(this.#ssl, servername)
    this.#calls.SSL_ctrl(this.#ssl, SET_SERVER_NAME, 0, Buffer.from(`${servername}\0`))
    this.#handshake()
  }

  /** Begins as the server of a client whose hello brought the right cookie. */
  accept(hello: Uint8Array): void {
    if (this.#ssl === null) return
    this.#calls.SSL_set_accept_state(this.#ssl)
    this.#calls.BIO_write(this.#incoming, hello, hello.length)
    // Without this OpenSSL would wait for a hello with the message number 0. The address it would fill in is unknown to a
    // memory BIO.
    const address = this.#calls.BIO_ADDR_new()
    const isAccepted = this.#calls.DTLSv1_listen(this.#ssl, address) === 1
    this.#calls.BIO_ADDR_free(address)
    if (isAccepted) this.#handshake()
    else this.#ended('handshake')
  }

  /** Takes a datagram of the peer; answers the plain texts in it, each in memory of its own. */
  receive(datagram: Uint8Array): Buffer[] {
    const plainTexts: Buffer[] = []
    if (this.#ssl === null || this.#state === 'ended') return plainTexts
    this.#calls.BIO_write(this.#incoming, datagram, datagram.length)
    if (this.#state === 'handshake') this.#handshake()
    while (this.#state === 'open') {
      this.#calls.ERR_clear_error()
      const length = this.#calls.SSL_read(this.#ssl, plainText, plainText.length)
      if (length > 0) plainTexts.push(Buffer.from(plainText.subarray(0, length)))
      else if (this.#isWaiting(length)) break
    }
    return plainTexts
  }

  /** Encrypts one datagram, of `maxBytes` at most; while not open it is dropped. */
  write(bytes: Uint8Array): void {
    if (this.#state !== 'open' || bytes.length === 0) return
    this.#calls.ERR_clear_error()
    const written = this.#calls.SSL_write(this.#ssl, bytes, bytes.length)
    if (written <= 0) this.#isWaiting(written)
  }

  /** Takes what is to be sent to the peer, datagram by datagram. */
  takeOutgoing(): Uint8Array[] {
    if (this.#ssl === null) return []
    const pending = this.#calls.BIO_ctrl(this.#outgoing, BIO_PENDING, 0, null)
    if (pending <= 0) return []
    const records = Buffer.allocUnsafe(pending)
    this.#calls.BIO_read(this.#outgoing, records, pending)
    return packDatagrams(records, this.#maxDatagram)
  }

  /** Makes the last flight anew, when OpenSSL's time for an answer is over: 1 s, 2 s more, 4 s more ... */
  handleTimeout(): void {
    if (this.#ssl === null || this.#state === 'ended') return
    this.#calls.ERR_clear_error()
    if (this.#calls.SSL_ctrl(this.#ssl, HANDLE_TIMEOUT, 0, null) < 0) this.#ended('handshake')
  }

  /** Largest plain text of one datagram, bytes, once open. */
  get maxBytes(): number {
    return this.#state === 'open' ? this.#calls.DTLS_get_data_mtu(this.#ssl) : 0
  }

  /** The common name in the peer's certificate, '' when it has none. */
  get peerName(): string {
    if (this.#ssl === null) return ''
    const calls = this.#calls
    return withNative(calls, ({ own }) => {
      const certificate = own(
        calls.SSL_get1_peer_certificate(this.#ssl),
        calls.X509_free,
        'the certificate of the peer',
      )
      const bio = own(calls.BIO_new(calls.BIO_s_mem()), calls.BIO_free, 'memory')
      calls.i2d_X509_bio(bio, certificate)
      const der = Buffer.alloc(calls.BIO_ctrl(bio, BIO_PENDING, 0, null))
      calls.BIO_read(bio, der, der.length)
      return String(new X509Certificate(der).toLegacyObject().subject?.CN ?? '')
    })
  }

  /** Says close_notify to the peer. */
  shutdown(): void {
    if (this.#state !== 'open') return
    this.#calls.SSL_shutdown(this.#ssl)
    this.#state = 'ended'
  }

  /** Gives the memory back; may be called again. */
  free(): void {
    if (this.#ssl !== null) this.#calls.SSL_free(this.#ssl)
    this.#ssl = null
    this.#state = 'ended'
  }

  #handshake(): void {
    this.#calls.ERR_clear_error()
    const result = this.#calls.SSL_do_handshake(this.#ssl)
    if (result === 1) this.#state = 'open'
    else this.#isWaiting(result)
  }

  /** Whether a call that did nothing only waits for datagrams; else the connection has ended. */
  #isWaiting(result: number): boolean {
    const error = this.#calls.SSL_get_error(this.#ssl, result)
    if (error === ERROR_WANT_READ || error === ERROR_WANT_WRITE) return true
    if (error === ERROR_ZERO_RETURN) this.#ended('closed')
    else this.#ended(this.#state === 'handshake' ? 'handshake' : 'broken')
    return false
  }

  #ended(kind: 'closed' | 'handshake' | 'broken'): void {
    const { reason, text } = opensslError(this.#calls)
    this.#state = 'ended'
    const verified = this.#calls.SSL_get_verify_result(this.#ssl)
    if (kind === 'closed') this.#end = { kind, detail: 'the peer closed the connection' }
    else if (verified !== 0)
      this.#end = { kind: 'certificate', detail: this.#calls.X509_verify_cert_error_string(verified) }
    else this.#end = { kind: CERTIFICATE_ALERTS.has(reason) ? 'certificate' : kind, detail: text }
  }
}
