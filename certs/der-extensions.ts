// Pure: the extensions of a certificate or a revocation list (RFC 5280 4.2, 5.2), read from DER.

import { contextTag, DER_TAG, type DerElement, derContent, derElement, derMembers } from './der.js'

/** One extension. */
export interface DerExtension {
  /** Content of its OBJECT IDENTIFIER, hexadecimal: `551d1f` is 2.5.29.31. */
  readonly id: string
  /** Whoever does not know it must not go by the certificate or list. */
  readonly critical: boolean
  /** What its OCTET STRING holds. */
  readonly value: DerElement
}

/** The extensions in an `[n] EXPLICIT` element; undefined when they are malformed, none when there is no such element. */
export function derExtensions(tagged: DerElement | undefined): readonly DerExtension[] | undefined {
  if (tagged === undefined) return []
  const [list, more] = derMembers(tagged) ?? []
  if (list?.tag !== DER_TAG.sequence || more !== undefined) return undefined
  const read = derMembers(list)?.map(extensionOf)
  return read?.every((extension) => extension !== undefined) ? read : undefined
}

function extensionOf(element: DerElement): DerExtension | undefined {
  const [id, ...others] = derMembers(element) ?? []
  const flag = others[0]?.tag === DER_TAG.boolean ? others.shift() : undefined
  const [wrapped, more] = others
  if (id?.tag !== DER_TAG.oid || wrapped?.tag !== DER_TAG.octetString || more !== undefined) return undefined
  const value = derElement(derContent(wrapped))
  if (value === undefined) return undefined
  return { id: derContent(id).toString('hex'), critical: flag !== undefined && derContent(flag)[0] !== 0, value }
}

/** The members of a certificate's or a list's signed content, by their places; the tagged ones by `[number]`. */
export interface SignedFields {
  readonly fields: readonly DerElement[]
  tagged(number: number): DerElement | undefined
}

/** Divides the members of a TBSCertificate or a TBSCertList into untagged and tagged ones. */
export function signedFields(content: DerElement | undefined): SignedFields {
  const members = derMembers(content) ?? []
  return {
    fields: members.filter(({ tag }) => tag < contextTag(0, true)),
    tagged: (number) => members.find(({ tag }) => tag === contextTag(number)),
  }
}
