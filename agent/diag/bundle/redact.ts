// Pure: takes the secrets out of a JSON value. What has a secret's name loses its value, and so do values that are
// secrets by their looks. It hides too much rather than too little: a bundle is mailed to people who must not log in.

import { X509Certificate } from 'node:crypto'
import { isSecretName } from '../../config/secret-name.js'

/** What stands in place of a secret. */
export const HIDDEN = '[redacted]'

/** A value without its secrets. */
export interface Redacted {
  readonly value: unknown
  /** Where something was hidden, as `failClose.masterPassword` or `users[0].UserKey`, in the value's order. */
  readonly paths: readonly string[]
  /** The texts that were hidden, for a search of other places. */
  readonly secrets: readonly string[]
}

const PRIVATE_KEY_PEM = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/
/** Three parts in base64url, the first of them a JSON object (RFC 7519). */
const WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/
/** Base64 of what begins as a DER sequence; the shortest private key has 48 bytes. */
const BASE64_SEQUENCE = /^\s*M[A-P][A-Za-z0-9+/\s]{58,}={0,2}\s*$/
/** The password of an address: `socks5://user:password@host`. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi

/** A JSON value without its secrets. Throws RangeError for one that nests too deep for the stack. */
export function redact(value: unknown): Redacted {
  const paths: string[] = []
  const secrets: string[] = []
  const hide = (secret: string, path: string): void => {
    paths.push(path)
    secrets.push(secret)
  }
  return { value: withoutSecrets(value, '', false, hide), paths, secrets }
}

type Hide = (secret: string, path: string) => void

/** `isSecret`: something around the value has a secret's name. Truths and nothing are no secrets. */
function withoutSecrets(value: unknown, path: string, isSecret: boolean, hide: Hide): unknown {
  if (Array.isArray(value)) return value.map((item, i) => withoutSecrets(item, `${path}[${i}]`, isSecret, hide))
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => {
      const memberPath = path === '' ? name : `${path}.${name}`
      return [name, withoutSecrets(member, memberPath, isSecret || isSecretName(name), hide)]
    })
    return Object.fromEntries(members)
  }
  if (isSecret && (typeof value === 'number' || (typeof value === 'string' && value !== ''))) {
    hide(String(value), path)
    return HIDDEN
  }
  return typeof value === 'string' ? withoutSecretLooks(value, path, hide) : value
}

function withoutSecretLooks(text: string, path: string, hide: Hide): string {
  if (PRIVATE_KEY_PEM.test(text) || WEB_TOKEN.test(text) || isDerOfNoCertificate(text)) {
    hide(text, path)
    return HIDDEN
  }
  return text.replace(URL_PASSWORD, (_, before: string, password: string) => {
    hide(password, path)
    return `${before}${HIDDEN}`
  })
}

/** Whether a text is a whole DER sequence in base64 other than a certificate: a key, in the clear or encrypted. */
function isDerOfNoCertificate(text: string): boolean {
  if (!BASE64_SEQUENCE.test(text)) return false
  const der = Buffer.from(text, 'base64')
  if (sequenceLength(der) !== der.length) return false
  try {
    return new X509Certificate(der).raw.length === 0
  } catch {
    return true
  }
}

/** Length of a DER sequence with its header (X.690 8.1.3). */
function sequenceLength(der: Buffer): number {
  const first = der[1]!
  if (first < 0x80) return 2 + first
  const bytes = first - 0x80
  return bytes === 0 || bytes > 4 ? 0 : 2 + bytes + der.readUIntBE(2, bytes)
}
