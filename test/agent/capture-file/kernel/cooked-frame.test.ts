/** Cooked frames of both versions: the IP packet of each, once. */

import fc from 'fast-check'
import t from 'tap'
import { COOKED, ipInCooked } from '../../../../agent/capture-file/kernel/cooked-frame.js'
import { cooked, type LinkFacts } from '../../../support/cooked-packets.js'

const PACKET = Buffer.from('an IP packet')
const ETHERNET = 1

const cases: ReadonlyArray<readonly [sentence: string, facts: LinkFacts, there: boolean]> = [
  ['IPv4', {}, true],
  ['IPv6', { etherType: 0x86dd }, true],
  ['ARP', { etherType: 0x0806 }, false],
  ['on loopback, as it arrives', { type: 0 }, true],
  ['on loopback, as it leaves', { type: 4 }, false],
  ['on Ethernet, as it arrives', { hardware: ETHERNET, type: 0 }, true],
  ['on Ethernet, as it leaves', { hardware: ETHERNET, type: 4 }, true],
]

for (const version of [1, 2] as const)
  for (const [sentence, facts, there] of cases)
    void t.test(`version ${version}: ${sentence}`, async (t) => {
      const linkType = version === 1 ? COOKED.v1 : COOKED.v2
      const packet = ipInCooked(linkType, cooked(version, PACKET, facts))
      t.equal(packet?.toString(), there ? 'an IP packet' : undefined)
    })

void t.test('any bytes are no reason to throw', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, isV2) => {
      const packet = ipInCooked(isV2 ? COOKED.v2 : COOKED.v1, Buffer.from(bytes))
      return packet === undefined || packet.length <= bytes.length - 16
    }),
  )
  t.pass('none did')
})
