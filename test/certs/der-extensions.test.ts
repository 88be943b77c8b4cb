/** Extensions as they may be written, and as they may not. */

import t from 'tap'
import { derContent, derElement } from '../../certs/der.js'
import { derExtensions, signedFields } from '../../certs/der-extensions.js'

const element = (hex: string) => derElement(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

/** [3] { SEQUENCE { one } }. */
function tagged(one: string) {
  const bytes = Buffer.from(one.replaceAll(' ', ''), 'hex')
  return derElement(Buffer.concat([Buffer.of(0xa3, bytes.length + 2, 0x30, bytes.length), bytes]))
}

const CASES: readonly [why: string, one: string, read: object | undefined][] = [
  ['ordinary', '30 0b 0603551d1f 04 04 0402 6869', { id: '551d1f', critical: false }],
  ['critical', '30 0e 0603551d1c 0101ff 04 04 0402 6869', { id: '551d1c', critical: true }],
  ['said not to be critical, which DER leaves out', '30 0e 0603551d1c 010100 04 04 0402 6869', { critical: false }],
  ['no value', '30 05 0603551d1f', undefined],
  ['a value that is no octets', '30 09 0603551d1f 0402 6869', undefined],
  ['no name', '30 06 04 04 0402 6869', undefined],
  ['something after the value', '30 0d 0603551d1f 04 04 0402 6869 0500', undefined],
  ['no sequence', '0500', undefined],
]

void t.test('one extension', async (t) => {
  for (const [why, one, read] of CASES) {
    const extensions = derExtensions(tagged(one))
    if (read === undefined) t.equal(extensions, undefined, why)
    else t.match(extensions, [read], why)
    const value = extensions?.[0]?.value
    if (value !== undefined) t.equal(derContent(value).toString(), 'hi', why)
  }
})

void t.test('none, and several', async (t) => {
  const one = '30 0b 0603551d1f 04 04 0402 6869'
  t.strictSame(derExtensions(undefined), [], 'there is no such member')
  t.equal(derExtensions(tagged(one + one))?.length, 2)
  t.equal(derExtensions(tagged(`${one}0500`)), undefined, 'one of them is none')
  t.equal(derExtensions(element('a3 02 0500')), undefined, 'no list')
})

void t.test('members by place and by number', async (t) => {
  const { fields, tagged } = signedFields(element('30 0b a003020102 020105 8201 61'))
  t.strictSame(
    fields.map(({ tag }) => tag),
    [0x02],
    'untagged',
  )
  t.equal(tagged(0)?.tag, 0xa0)
  t.equal(tagged(2), undefined, 'that one has bytes inside, not elements')
  t.strictSame(signedFields(undefined).fields, [])
})
