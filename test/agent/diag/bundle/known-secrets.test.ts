/** Known secrets in texts and streams, however the stream is cut. */

import fc from 'fast-check'
import t from 'tap'
import { KnownSecrets, soughtForms, withoutKnown } from '../../../../agent/diag/bundle/known-secrets.js'
import { HIDDEN } from '../../../../agent/diag/bundle/redact.js'

function streamed(known: KnownSecrets, chunks: readonly Buffer[]): string {
  return Buffer.concat([...chunks.map((chunk) => known.push(chunk)), known.end()]).toString()
}

void t.test('a secret is sought as it is, in an address and in JSON; short ones are not', async (t) => {
  t.strictSame(soughtForms(['a secret/"one"', 'a secret/"one"', 'short', '1234567']), [
    'a%20secret%2F%22one%22',
    'a secret/\\"one\\"',
    'a secret/"one"',
  ])
  t.strictSame(soughtForms(['broken \ud800 pair'])[0], 'broken%20%EF%BF%BD%20pair', 'half a character is no fault')
})

void t.test('JSON values lose them wherever they stand', async (t) => {
  const forms = soughtForms(['secret-one', '12345678'])
  const value = { a: ['x secret-one y', 12345678, 123456789, true, null], 'secret-one': 'secret-on' }
  t.strictSame(withoutKnown(value, forms), {
    a: [`x ${HIDDEN} y`, HIDDEN, 123456789, true, null],
    [HIDDEN]: 'secret-on',
  })
  t.strictSame(withoutKnown(value, []), value)
})

void t.test('a stream loses them, and of two at one place the longer', async (t) => {
  const known = new KnownSecrets(soughtForms(['password1', 'password1-long']))
  const text = 'a password1-long b password1 password1password1 password'
  t.equal(streamed(known, [Buffer.from(text)]), `a ${HIDDEN} b ${HIDDEN} ${HIDDEN}${HIDDEN} password`)
  t.equal(known.hidden, 4)
  t.equal(streamed(new KnownSecrets([]), [Buffer.from(text)]), text, 'without secrets all of it comes')
})

void t.test('cut anywhere it hides as it does whole', async () => {
  const forms = soughtForms(['secret-one', 'secret-one-and-two', 'geheimnis ü'])
  const piece = fc.constantFrom('secret-', 'secret-one', 'secret-one-and-two', 'geheimnis ü', 'x', '\n', 'one')
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 })
  const property = fc.property(fc.array(piece, { maxLength: 40 }), sizes, (pieces, cuts) => {
    const bytes = Buffer.from(pieces.join(''))
    const chunks: Buffer[] = []
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = cuts[i % cuts.length]!
      chunks.push(bytes.subarray(at, at + size))
      at += size
    }
    const text = streamed(new KnownSecrets(forms), chunks)
    return !forms.some((form) => text.includes(form)) && text.replaceAll(HIDDEN, '').length <= bytes.length
  })
  fc.assert(property, { numRuns: 500 })
})
