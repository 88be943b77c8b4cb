/** DER, read in place: what is an element, and what is none. node-forge, strict, as the oracle. */

import fc from 'fast-check'
import forge from 'node-forge'
import t from 'tap'
import { contextTag, derContent, derElement, derMembers, derWhole } from '../../certs/der.js'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

const CASES: readonly [why: string, bytes: string, content: string | undefined][] = [
  ['a short length', '04 02 6869', '6869'],
  ['an empty element', '05 00', ''],
  ['a long length', `04 81 80 ${'aa'.repeat(128)}`, 'aa'.repeat(128)],
  ['what follows does not belong to it', '04 01 61 ff', '61'],
  ['nothing', '', undefined],
  ['a tag alone', '04', undefined],
  ['content cut off', '04 03 6869', undefined],
  ['a length cut off', '04 82 01', undefined],
  ['a length of five bytes', '04 85 0000000001 61', undefined],
  ['the indefinite length', '30 80 0000', undefined],
  ['a tag number of several bytes', '1f 81 01 00', undefined],
]

void t.test('one element', async (t) => {
  for (const [why, bytes, content] of CASES) {
    const element = derElement(hex(bytes))
    t.equal(element && derContent(element).toString('hex'), content, why)
  }
  t.equal(derElement(hex('04 02 6869'), 0, 3), undefined, 'beyond the limit')
})

void t.test('the members of an element fill it', async (t) => {
  const members = derMembers(derElement(hex('30 06 020105 0401 61')))
  t.strictSame(
    members?.map((member) => derWhole(member).toString('hex')),
    ['020105', '040161'],
  )
  t.strictSame(derMembers(derElement(hex('30 00'))), [], 'none')
  t.equal(derMembers(derElement(hex('30 04 020105 04'))), undefined, 'the last one is cut off')
  t.equal(derMembers(undefined), undefined, 'of nothing')
})

void t.test('tags of members by number', async (t) => {
  t.strictSame([contextTag(0), contextTag(3), contextTag(6, true)], [0xa0, 0xa3, 0x86])
})

void t.test('bytes of anybody: an element has the bounds that node-forge finds, or is none', async () => {
  const anything = fc.uint8Array({ maxLength: 64 })
  const nearly = fc.tuple(fc.constantFrom(0x02, 0x04, 0x0c, 0x30, 0xa0), fc.nat(8), anything)
  const bytes = fc.oneof(
    anything,
    nearly.map(([tag, length, rest]) => Uint8Array.from([tag, length, ...rest])),
  )
  fc.assert(
    fc.property(bytes, (input) => {
      const buffer = Buffer.from(input)
      const element = derElement(buffer)
      derMembers(element)?.forEach(derContent)
      if (element === undefined) return true
      const whole = derWhole(element)
      return whole.equals(buffer.subarray(0, whole.length)) && derContent(element).length <= 64
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (texts) => {
      const { create, Class, Type, toDer } = forge.asn1
      const octets = (text: Uint8Array) =>
        create(Class.UNIVERSAL, Type.OCTETSTRING, false, Buffer.from(text).toString('latin1'))
      const der = toDer(create(Class.UNIVERSAL, Type.SEQUENCE, true, texts.map(octets))).getBytes()
      const members = derMembers(derElement(Buffer.from(der, 'latin1')))
      return members?.length === texts.length && texts.every((text, n) => sameBytes(members[n], text))
    }),
  )
})

function sameBytes(element: Parameters<typeof derContent>[0] | undefined, bytes: Uint8Array): boolean {
  return element !== undefined && derContent(element).equals(bytes)
}
