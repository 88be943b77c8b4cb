// Pure: DER (X.690) as a sequence of elements, read in place. node-forge makes an object of every element and a new text
// of all bytes; a revocation list has tens of thousands of elements, and what was signed is bytes of the original.

/** One element: tag byte and where its parts are in `bytes`. */
export interface DerElement {
  readonly bytes: Buffer
  readonly tag: number
  /** Of the tag. */
  readonly start: number
  /** Of the content. */
  readonly content: number
  readonly end: number
}

/** Tag bytes. */
export const DER_TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const

/** The tag byte of `[number]`: with elements inside, or (`plain`) with bytes. */
export function contextTag(number: number, plain = false): number {
  return (plain ? 0x80 : 0xa0) | number
}

/** Lengths of more than four bytes are beyond all we read. */
const MOST_LENGTH_BYTES = 4

/** The element that begins at `start` and must end at or before `limit`; undefined when there is no whole one. */
export function derElement(bytes: Buffer, start = 0, limit = bytes.length): DerElement | undefined {
  if (start + 2 > limit) return undefined
  const tag = bytes.readUInt8(start)
  // Tag numbers over 30 go on in further bytes; X.509 has none.
  if ((tag & 0x1f) === 0x1f) return undefined
  const first = bytes.readUInt8(start + 1)
  if (first < 0x80) return element(bytes, tag, start, start + 2, first, limit)
  const lengthBytes = first & 0x7f
  // None: the indefinite length, which DER does not have.
  if (lengthBytes === 0 || lengthBytes > MOST_LENGTH_BYTES || start + 2 + lengthBytes > limit) return undefined
  const length = bytes.readUIntBE(start + 2, lengthBytes)
  return element(bytes, tag, start, start + 2 + lengthBytes, length, limit)
}

function element(bytes: Buffer, tag: number, start: number, content: number, length: number, limit: number) {
  const end = content + length
  return end > limit ? undefined : { bytes, tag, start, content, end }
}

/** The elements inside of one; undefined when they do not fill it, or when there is no such element. */
export function derMembers(parent: DerElement | undefined): readonly DerElement[] | undefined {
  if (parent === undefined) return undefined
  const members: DerElement[] = []
  for (let at = parent.content; at < parent.end; ) {
    const member = derElement(parent.bytes, at, parent.end)
    if (member === undefined) return undefined
    members.push(member)
    at = member.end
  }
  return members
}

/** The element's content, not copied. */
export function derContent({ bytes, content, end }: DerElement): Buffer {
  return bytes.subarray(content, end)
}

/** The element with tag and length, not copied. */
export function derWhole({ bytes, start, end }: DerElement): Buffer {
  return bytes.subarray(start, end)
}
