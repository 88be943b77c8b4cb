/** Signed content: whole, and signed by the key it says. */

import { verify } from 'node:crypto'
import forge from 'node-forge'
import t from 'tap'
import { derContent, derElement, derMembers, derWhole } from '../../certs/der.js'
import { generateKeys } from '../../certs/keys.js'
import { signatureAlgorithm, signedDer } from '../../certs/signed-der.js'
import { primitive, sequence } from '../../certs/x509-fields.js'

void t.test('content, algorithm and a signature that verifies', async (t) => {
  for (const kind of ['rsa-2048', 'ec-p256'] as const) {
    const { privateKey, publicKey } = await generateKeys(kind)
    const signed = signedDer(sequence(primitive(forge.asn1.Type.UTF8, 'hello')), privateKey)
    const [content, algorithm, signature] = derMembers(derElement(signed)) ?? []
    if (!content || !algorithm || !signature) throw new Error('three members')
    const bits = derContent(signature).subarray(1)
    t.ok(verify('sha256', derWhole(content), publicKey, bits), kind)
    t.notOk(verify('sha256', Buffer.from('other'), publicKey, bits), `${kind}: other content`)
    const named = forge.asn1.toDer(signatureAlgorithm(privateKey)).getBytes()
    t.equal(derWhole(algorithm).toString('latin1'), named, kind)
  }
})
