// Pure: Java's own key store format, JKS version 2, in which Debian and Java 8 keep the roots (`cacerts`): a header, entries
// (tag, alias, time, certificate), and SHA-1 over a password, a saying and all of it (sun.security.provider.JavaKeyStore).
// One is never made, only added to.

import { createHash, X509Certificate } from 'node:crypto'
import type { TrustedCertificate } from './trust-store.js'

const MAGIC = 0xfeedfeed
const VERSION = 2

/** Magic, version, number of entries: four bytes each, big-endian. */
const HEADER_BYTES = 12

const DIGEST_BYTES = 20

/** Every `cacerts` has it; Java checks the digest only for those who give a password. */
const PASSWORD = 'changeit'

/** Tag of an entry that is a certificate without a key. */
const TRUSTED = 2

/** A store with these certificates too, as old as they say they are; undefined for what is no JKS. */
export function addToJavaKeyStore(store: Buffer, certificates: readonly TrustedCertificate[]): Buffer | undefined {
  if (store.length < HEADER_BYTES + DIGEST_BYTES) return undefined
  if (store.readUInt32BE(0) !== MAGIC || store.readUInt32BE(4) !== VERSION) return undefined
  const header = Buffer.from(store.subarray(0, HEADER_BYTES))
  header.writeUInt32BE(store.readUInt32BE(8) + certificates.length, 8)
  const entries = certificates.map(({ pem, alias }) => {
    const { raw, validFrom } = new X509Certificate(pem)
    const time = Buffer.alloc(8)
    time.writeBigInt64BE(BigInt(Date.parse(validFrom)))
    return Buffer.concat([uint32(TRUSTED), text(alias), time, text('X.509'), uint32(raw.length), raw])
  })
  const content = Buffer.concat([header, store.subarray(HEADER_BYTES, -DIGEST_BYTES), ...entries])
  const digest = createHash('sha1')
    .update(Buffer.from(PASSWORD, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(content)
    .digest()
  return Buffer.concat([content, digest])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** DataOutput.writeUTF: two bytes of length first. For ASCII. */
function text(value: string): Buffer {
  const bytes = Buffer.alloc(2 + value.length)
  bytes.writeUInt16BE(value.length)
  bytes.write(value, 2, 'latin1')
  return bytes
}
