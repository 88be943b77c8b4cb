import t from 'tap'
import { blockMemory } from '../../../agent/capture-file/block-memory.js'
import { LINKTYPE_ETHERNET, linkHeaderBytes, writeLinkHeader } from '../../../agent/capture-file/link-header.js'

const OURS = '020000000001'
const THEIRS = '020000000002'

for (const [sentence, firstByte, outbound, expected] of [
  ['IPv4 that leaves', 0x45, true, `${THEIRS}${OURS}0800`],
  ['IPv4 that comes', 0x4f, false, `${OURS}${THEIRS}0800`],
  ['IPv6 that leaves', 0x60, true, `${THEIRS}${OURS}86dd`],
  ['IPv6 that comes', 0x6f, false, `${OURS}${THEIRS}86dd`],
] as const)
  void t.test(`${sentence}: destination, source, type, and not a byte more`, async (t) => {
    const memory = blockMemory(20)
    memory.bytes.fill(0xa5)
    memory.bytes[3 + 14] = firstByte
    writeLinkHeader(memory, 3, outbound)
    const after = Buffer.of(firstByte).toString('hex')
    t.equal(Buffer.from(memory.bytes).toString('hex'), `a5a5a5${expected}${after}a5a5`)
  })

void t.test('frames of Ethernet have 14 bytes ahead of IP, those of RAW none', async (t) => {
  t.strictSame([LINKTYPE_ETHERNET, 101].map(linkHeaderBytes), [14, 0])
})
