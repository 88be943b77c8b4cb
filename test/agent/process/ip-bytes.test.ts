import net from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { ipBytes, mappedBytes } from '../../../agent/process/ip-bytes.js'

const cases: readonly (readonly [string, string | undefined])[] = [
  ['127.0.0.1', '7f000001'],
  ['0.0.0.0', '00000000'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2606:2800:220:1::1946', '26062800022000010000000000001946'],
  ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ['::ffff:1.2.3.4', '01020304'],
  ['1.2.3', undefined],
  ['localhost', undefined],
  ['', undefined],
]
for (const [text, hex] of cases) {
  void t.test(`${JSON.stringify(text)} is ${hex ?? 'no address'}`, async (t) => {
    const bytes = ipBytes(text)
    t.equal(bytes && Buffer.from(bytes).toString('hex'), hex)
  })
}

void t.test('a mapped address is ::ffff: and the four bytes', async (t) => {
  const bytes = mappedBytes(ipBytes('1.2.3.4')!)
  t.equal(Buffer.from(bytes).toString('hex'), '00000000000000000000ffff01020304')
})

void t.test('the bytes of an address are those that Node reads back as that address', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const bytes = [...(ipBytes(text) ?? [])]
      const groups = Array.from({ length: 8 }, (_, n) => ((bytes[2 * n]! << 8) | bytes[2 * n + 1]!).toString(16))
      const shown = bytes.length === 4 ? bytes.join('.') : groups.join(':')
      return canonical(shown) === canonical(text).replace(/^::ffff:(?=\d+\.)/, '')
    }),
    { numRuns: 10_000 },
  )
})

function canonical(address: string): string {
  return new net.SocketAddress({ address, family: net.isIPv6(address) ? 'ipv6' : 'ipv4' }).address
}
