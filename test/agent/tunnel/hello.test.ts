/** What is said in JSON over the tunnel is believed only when all of it is right. */

import fc from 'fast-check'
import t from 'tap'
import { readAgentHello, readGatewayHello, readOpenRequest } from '../../../agent/tunnel/hello.js'

const AGENT = { protocol: 1, client: 'steerlab 0.1.0', device: 'laptop', window: 262_144 }
const GATEWAY = { protocol: 1, pop: 'US-LAB1', session: 0, egressIp: '', window: 131_072 }
const OPEN = { host: 'box.com', ip: '74.112.186.144', port: 443, process: 'curl', via: 'nsProxy' }

type Reader = (payload: Uint8Array) => unknown

const READERS: readonly [name: string, read: Reader, good: object, bad: readonly object[]][] = [
  [
    'the agent’s HELLO',
    readAgentHello,
    AGENT,
    [
      { protocol: 2 },
      { protocol: '1' },
      { client: 'x'.repeat(201) },
      { device: undefined },
      { window: 131_071 },
      { window: 16 * 1024 * 1024 + 1 },
      { window: 200_000.5 },
    ],
  ],
  [
    'the gateway’s HELLO',
    readGatewayHello,
    GATEWAY,
    [{ protocol: 0 }, { pop: 'x'.repeat(65) }, { session: -1 }, { session: 1.5 }, { egressIp: 4 }, { window: 0 }],
  ],
  [
    'OPEN',
    readOpenRequest,
    OPEN,
    [{ host: 'x'.repeat(256) }, { ip: null }, { port: 0 }, { port: 65_536 }, { port: '443' }, { via: 'direct' }],
  ],
  [
    'OPEN of a speed test',
    readOpenRequest,
    { ...OPEN, speedTest: { direction: 'upload', bytes: 1 } },
    [0, 1.5, '1', undefined].map((bytes) => ({ speedTest: { direction: 'upload', bytes } })),
  ],
]

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value))

for (const [name, read, good, bad] of READERS)
  void t.test(name, async (t) => {
    t.strictSame(read(bytesOf(good)), good)
    t.strictSame(read(bytesOf({ ...good, unknown: 1 })), good, 'what a later version adds is left out')
    for (const change of bad) t.equal(read(bytesOf({ ...good, ...change })), undefined, JSON.stringify(change))
    for (const text of ['', '{', 'null', '[]', '"x"', '{"protocol":1}'])
      t.equal(read(Buffer.from(text)), undefined, text || 'nothing')
  })

void t.test('the bounds themselves are allowed', async (t) => {
  t.ok(readAgentHello(bytesOf({ ...AGENT, window: 131_072, client: 'x'.repeat(200), device: 'x'.repeat(255) })))
  t.ok(readGatewayHello(bytesOf({ ...GATEWAY, window: 16 * 1024 * 1024, pop: 'x'.repeat(64) })))
  t.ok(readOpenRequest(bytesOf({ ...OPEN, ip: '', port: 65_535, host: 'x'.repeat(255), via: 'app-fw' })))
})

void t.test('10,000 random and mutated payloads throw nothing', async (t) => {
  const mutated = fc.tuple(fc.constantFrom(AGENT, GATEWAY, OPEN), fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
    const bytes = bytesOf(value)
    bytes[at % bytes.length] = byte
    return bytes
  })
  const input = fc.oneof(
    mutated,
    fc.uint8Array({ maxLength: 100 }),
    fc.json().map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(input, (bytes) => READERS.every(([, read]) => ['undefined', 'object'].includes(typeof read(bytes)))),
    { numRuns: 10_000 },
  )
  t.pass()
})
