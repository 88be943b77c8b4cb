// Pure: what a TLS ClientHello tells before anything is encrypted: the server's name and the application protocols.
// Structure by RFC 8446 4.1.2 (older versions agree), records by 5.1, server_name by RFC 6066 3, ALPN by RFC 7301 3.1.

import { wireName } from './wire-name.js'

/** What a hello says in clear. */
export interface ClientHello {
  /** '' when there is no usable name: none sent, an IP address, or not plain ASCII. */
  readonly sni: string
  readonly alpn: readonly string[]
  /** Whether there is an encrypted hello inside, or a decoy of one: browsers send those to everybody (RFC 9849 6.2). */
  readonly ech: boolean
}

/** A client that needs more than this for its first message is not a TLS client we want to wait for, in bytes. */
const MAX_BYTES = 64 * 1024

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const RECORD_HEADER = 5
const MESSAGE_HEADER = 4
const MAX_RECORD = 16_384
const SERVER_NAME = 0
const HOST_NAME = 0
const ALPN = 16
const ENCRYPTED_CLIENT_HELLO = 0xfe0d
const VERSION_AND_RANDOM = 2 + 32
/** Thrown inside this file when a length points outside its field. */
class Malformed extends Error {}

/** `bytes` is everything the client has sent so far; the hello may span several TLS records. */
export function parseClientHello(bytes: Uint8Array): ClientHello | 'need-more' | 'not-tls' {
  try {
    const message = reassemble(bytes.subarray(0, MAX_BYTES))
    if (message !== undefined) return readHello(new Fields(message))
    return bytes.length < MAX_BYTES ? 'need-more' : 'not-tls'
  } catch (error) {
    if (error instanceof Malformed) return 'not-tls'
    throw error
  }
}

/** The body of the first handshake message, taken out of its records; undefined while incomplete. */
function reassemble(bytes: Uint8Array): Uint8Array | undefined {
  const message = new Uint8Array(bytes.length)
  let filled = 0
  for (let at = 0; at < bytes.length; ) {
    const [type, major, , lengthHigh, lengthLow] = bytes.subarray(at, at + RECORD_HEADER)
    if (type !== HANDSHAKE || (major !== undefined && major !== 3)) throw new Malformed()
    if (lengthHigh === undefined || lengthLow === undefined) return undefined
    const length = lengthHigh * 256 + lengthLow
    if (length === 0 || length > MAX_RECORD) throw new Malformed()
    at += RECORD_HEADER
    const fragment = bytes.subarray(at, at + length)
    at += length
    message.set(fragment, filled)
    filled += fragment.length
    const body = bodyOf(message.subarray(0, filled))
    if (body !== undefined) return body
  }
  return undefined
}

function bodyOf(message: Uint8Array): Uint8Array | undefined {
  const [type, high, middle, low] = message
  if (type !== undefined && type !== CLIENT_HELLO) throw new Malformed()
  if (high === undefined || middle === undefined || low === undefined) return undefined
  const length = high * 65_536 + middle * 256 + low
  if (length > MAX_BYTES) throw new Malformed()
  return message.length < MESSAGE_HEADER + length
    ? undefined
    : message.subarray(MESSAGE_HEADER, MESSAGE_HEADER + length)
}

function readHello(hello: Fields): ClientHello {
  hello.take(VERSION_AND_RANDOM)
  hello.vector(1) // session id
  hello.vector(2) // cipher suites
  hello.vector(1) // compression methods
  let sni = ''
  let alpn: string[] = []
  let ech = false
  if (hello.atEnd) return { sni, alpn, ech }
  const extensions = hello.vector(2)
  if (!hello.atEnd) throw new Malformed()
  while (!extensions.atEnd) {
    const type = extensions.number(2)
    const data = extensions.vector(2)
    if (type === SERVER_NAME) sni = readServerName(data)
    else if (type === ALPN) alpn = readProtocols(data)
    else if (type === ENCRYPTED_CLIENT_HELLO) ech = true
  }
  return { sni, alpn, ech }
}

function readServerName(data: Fields): string {
  const names = data.vector(2)
  while (!names.atEnd) {
    const type = names.number(1)
    const name = names.vector(2).text()
    if (type === HOST_NAME) return wireName(name)
  }
  return ''
}

function readProtocols(data: Fields): string[] {
  const list = data.vector(2)
  const protocols: string[] = []
  while (!list.atEnd) protocols.push(list.vector(1).text())
  return protocols.filter((protocol) => !isGrease(protocol))
}

/** A name sent only so that servers stay tolerant (RFC 8701): two equal bytes 0x?a. */
function isGrease(protocol: string): boolean {
  return protocol.length === 2 && protocol[0] === protocol[1] && (protocol.charCodeAt(0) & 0x0f) === 0x0a
}

/** Reads fields one after the other, and throws Malformed where one is cut short. */
class Fields {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  take(length: number): Uint8Array {
    const from = this.#at
    if (from + length > this.#bytes.length) throw new Malformed()
    this.#at += length
    return this.#bytes.subarray(from, this.#at)
  }

  number(size: 1 | 2): number {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0)
  }

  /** A field that says its own length, in `size` bytes. */
  vector(size: 1 | 2): Fields {
    return new Fields(this.take(this.number(size)))
  }

  text(): string {
    return Buffer.from(this.#bytes).toString('latin1')
  }
}
