import fc from 'fast-check'
import t from 'tap'
import { parseClientHello } from '../../../agent/steering/client-hello.js'
import { commandHello, handshakeOf, inRecords, nodeHello } from '../../support/client-hellos.js'

const REAL = {
  node: await nodeHello('box.com', ['h2', 'http/1.1']),
  openssl: await commandHello('openssl', (port) => [
    's_client',
    '-connect',
    `127.0.0.1:${port}`,
    '-servername',
    'Box.com',
    '-alpn',
    'h2',
  ]),
  'openssl with TLS 1.2': await commandHello('openssl', (port) => [
    's_client',
    '-tls1_2',
    '-connect',
    `127.0.0.1:${port}`,
    '-servername',
    'box.com',
  ]),
  'openssl without a name': await commandHello('openssl', (port) => [
    's_client',
    '-connect',
    `127.0.0.1:${port}`,
    '-noservername',
  ]),
  curl: await commandHello('curl', (port) => [
    '-q',
    '-sk',
    '--connect-to',
    `box.com:443:127.0.0.1:${port}`,
    'https://box.com/',
  ]),
  'node with 20 KB of protocols': await nodeHello(
    'box.com',
    Array.from({ length: 100 }, (_, i) => `${i}${'x'.repeat(200)}`),
  ),
}

/** A hello made by hand; `extensions` is what follows the compression methods. */
function hello(...extensions: readonly Buffer[]): Buffer {
  const body = Buffer.concat([
    Buffer.from('0303', 'hex'),
    Buffer.alloc(32),
    Buffer.from('00', 'hex'),
    Buffer.from('00021301', 'hex'),
    Buffer.from('0100', 'hex'),
    ...(extensions.length === 0 ? [] : [sized(2, Buffer.concat(extensions))]),
  ])
  return inRecords(Buffer.concat([Buffer.from([1]), sized(3, body)]), 16_384)
}
const sized = (size: number, bytes: Buffer) => {
  const length = Buffer.alloc(size)
  length.writeUIntBE(bytes.length, 0, size)
  return Buffer.concat([length, bytes])
}
const extension = (type: number, data: Buffer) => Buffer.concat([Buffer.from([type >> 8, type & 255]), sized(2, data)])
const named = (name: string, type = 0) => Buffer.concat([Buffer.from([type]), sized(2, Buffer.from(name, 'latin1'))])
const serverName = (...names: readonly Buffer[]) => extension(0, sized(2, Buffer.concat(names)))
const protocols = (...names: readonly string[]) =>
  extension(16, sized(2, Buffer.concat(names.map((name) => sized(1, Buffer.from(name, 'latin1'))))))

void t.test('hellos of real clients', async (t) => {
  t.strictSame(parseClientHello(REAL.node), { sni: 'box.com', alpn: ['h2', 'http/1.1'], ech: false }, 'node')
  t.strictSame(parseClientHello(REAL.openssl), { sni: 'box.com', alpn: ['h2'], ech: false }, 'openssl, with capitals')
  t.strictSame(
    parseClientHello(REAL['openssl with TLS 1.2']),
    { sni: 'box.com', alpn: [], ech: false },
    'openssl, TLS 1.2',
  )
  t.strictSame(
    parseClientHello(REAL['openssl without a name']),
    { sni: '', alpn: [], ech: false },
    'openssl without SNI',
  )
  t.match(parseClientHello(REAL.curl), { sni: 'box.com' }, 'curl')
  const big = REAL['node with 20 KB of protocols']
  t.ok(big.readUInt16BE(3) < big.length - 5, 'the big one comes in several records')
  t.match(parseClientHello(big), { sni: 'box.com', alpn: { length: 100 } }, 'node, in several records')
})

void t.test('they read the same in any cut, and only once whole', async (t) => {
  for (const [client, bytes] of Object.entries(REAL)) {
    const expected = parseClientHello(bytes)
    for (const size of [1, 3, 4, 5, 100, 16_384]) {
      const cut = inRecords(handshakeOf(bytes), size)
      t.strictSame(cut.length < 65_536 ? parseClientHello(cut) : expected, expected, `${client} in records of ${size}`)
    }
    if (bytes.length > 4_096) continue
    const early = Array.from(bytes.keys()).filter(
      (length) => parseClientHello(bytes.subarray(0, length)) !== 'need-more',
    )
    t.strictSame(early, [], `${client} byte by byte`)
    t.strictSame(parseClientHello(Buffer.concat([bytes, Buffer.from('junk')])), expected, `${client} with bytes behind`)
  }
})

void t.test('hellos made by hand', async (t) => {
  const cases: readonly [why: string, bytes: Buffer, sni: string, alpn: readonly string[], ech?: boolean][] = [
    ['no extensions at all', hello(), '', []],
    [
      'an unknown (GREASE) extension before',
      hello(extension(0x0a0a, Buffer.alloc(3)), serverName(named('box.com'))),
      'box.com',
      [],
    ],
    ['a GREASE protocol is left out', hello(protocols('\x8a\x8a', 'h2')), '', ['h2']],
    ['an empty server_name list', hello(serverName()), '', []],
    ['another type of name first', hello(serverName(named('x', 7), named('box.com'))), 'box.com', []],
    ['a trailing dot', hello(serverName(named('box.com.'))), 'box.com', []],
    [
      'an encrypted one inside',
      hello(extension(0xfe0d, Buffer.alloc(9)), serverName(named('box.com'))),
      'box.com',
      [],
      true,
    ],
    ['the extension next to that one', hello(extension(0xfe0c, Buffer.alloc(9))), '', []],
    ['an IPv4 address is no name', hello(serverName(named('192.0.2.1'))), '', []],
    ['an IPv6 address is no name', hello(serverName(named('2001:db8::1'))), '', []],
    ['letters beyond ASCII', hello(serverName(named('b\u00fccher.example'))), '', []],
    ['a zero byte', hello(serverName(named('box.com\0.evil.example'))), '', []],
  ]
  for (const [why, bytes, sni, alpn, ech = false] of cases)
    t.strictSame(parseClientHello(bytes), { sni, alpn, ech }, why)
})

void t.test('what is no ClientHello', async (t) => {
  const cases: readonly [why: string, bytes: Buffer][] = [
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['another TLS record type', Buffer.from('150301', 'hex')],
    ['another major version', Buffer.from('1602', 'hex')],
    ['a ServerHello', Buffer.from('160301000402000000', 'hex')],
    ['an empty record', Buffer.from('1603010000', 'hex')],
    ['a record over 16 KiB', Buffer.from('1603014001', 'hex')],
    ['a message over 64 KiB', Buffer.from('160301000401010001', 'hex')],
    ['an extension longer than its list', hello(Buffer.from('000000ff', 'hex'))],
    ['a name longer than its list', hello(extension(0, Buffer.from('0003000009', 'hex')))],
    [
      'a session id longer than the message',
      inRecords(Buffer.concat([Buffer.from([1]), sized(3, Buffer.alloc(40, 0xff))]), 100),
    ],
    [
      'bytes behind the extensions',
      inRecords(
        Buffer.concat([
          Buffer.from([1]),
          sized(3, Buffer.concat([Buffer.alloc(34), Buffer.from('00000001000000ff', 'hex')])),
        ]),
        100,
      ),
    ],
  ]
  for (const [why, bytes] of cases) t.equal(parseClientHello(bytes), 'not-tls', why)
  const endless = inRecords(Buffer.concat([Buffer.from([1]), sized(3, Buffer.alloc(65_000))]), 10)
  t.equal(parseClientHello(endless.subarray(0, 65_535)), 'need-more', 'one byte below the bound')
  t.equal(parseClientHello(endless.subarray(0, 65_536)), 'not-tls', 'at the bound')
  t.equal(parseClientHello(Buffer.alloc(0)), 'need-more', 'nothing yet')
})

void t.test(
  'random and mutated hellos are decided or bounded, and never decided differently by more bytes',
  async (t) => {
    const small = Object.values(REAL).filter((bytes) => bytes.length < 2_000)
    const mutated = fc
      .tuple(fc.constantFrom(...small), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([seed, changes]) => {
        const bytes = Buffer.from(seed)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return bytes
      })
    const random = fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => Buffer.concat([Buffer.from('160301', 'hex'), bytes]))
    let found = 0
    fc.assert(
      fc.property(fc.oneof(mutated, random, fc.uint8Array()), fc.nat(2_000), (bytes, cut) => {
        const whole = parseClientHello(bytes)
        if (typeof whole === 'object') found++
        const prefix = parseClientHello(bytes.subarray(0, cut))
        return prefix === 'need-more' || JSON.stringify(prefix) === JSON.stringify(whole)
      }),
      { numRuns: 10_000 },
    )
    t.ok(found > 500, `${found} of 10,000 still were hellos`)
  },
)
