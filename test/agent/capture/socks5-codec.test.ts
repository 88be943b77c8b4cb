import fc from 'fast-check'
import t from 'tap'
import { encodeReply, parseGreeting, parseRequest, REPLY } from '../../../agent/capture/socks5-codec.js'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const domain = (name: string) =>
  Buffer.concat([hex('05 01 00 03'), Buffer.from([name.length]), Buffer.from(name, 'latin1'), hex('01bb')])

void t.test('greetings', async (t) => {
  const good: readonly [why: string, bytes: string, length: number][] = [
    ['one method', '05 01 00', 3],
    ['as curl sends it: none, GSSAPI', '05 02 00 01', 4],
    ['none among others, bytes behind', '05 03 02 01 00 ffff', 5],
  ]
  for (const [why, bytes, length] of good) t.strictSame(parseGreeting(hex(bytes)), { length }, why)
  const bad: readonly [why: string, bytes: string, reply: string][] = [
    ['SOCKS4', '04 01 0050 7f000001 00', ''],
    ['a TLS ClientHello', '16 03 01', ''],
    ['HTTP', '47 45 54', ''],
    ['only user and password', '05 01 02', '05ff'],
    ['no method at all', '05 00', '05ff'],
  ]
  for (const [why, bytes, reply] of bad) t.strictSame(replyOf(parseGreeting(hex(bytes))), reply, why)
  for (const bytes of ['', '05', '05 02 00']) t.equal(parseGreeting(hex(bytes)), 'need-more', `'${bytes}' is not whole`)
})

void t.test('requests', async (t) => {
  const good: readonly [why: string, bytes: Buffer, host: string, ip: string, length: number][] = [
    ['IPv4', hex('05 01 00 01 4a70ba90 01bb'), '', '74.112.186.144', 10],
    ['IPv6', hex('05 01 00 04 20010db8000000000000000000000001 01bb'), '', '2001:db8::1', 22],
    ['IPv4 mapped into IPv6', hex('05 01 00 04 00000000000000000000ffffc0000201 01bb'), '', '192.0.2.1', 22],
    ['a name', domain('Box.com'), 'box.com', '', 14],
    ['an address given as a name', domain('192.0.2.1'), '', '192.0.2.1', 16],
    ['bytes behind it', Buffer.concat([domain('box.com'), hex('160301')]), 'box.com', '', 14],
  ]
  for (const [why, bytes, host, ip, length] of good)
    t.strictSame(parseRequest(bytes), { target: { host, destination: { ip, port: 443 } }, length }, why)
  const bad: readonly [why: string, bytes: Buffer, reply: number][] = [
    ['another version', hex('04 01'), REPLY.generalFailure],
    ['BIND', hex('05 02 00 01 4a70ba90 01bb'), REPLY.commandNotSupported],
    ['UDP ASSOCIATE', hex('05 03 00 01 00000000 0000'), REPLY.commandNotSupported],
    ['an unknown command', hex('05 00'), REPLY.commandNotSupported],
    ['an unknown address type', hex('05 01 00 02'), REPLY.addressTypeNotSupported],
    ['port 0', hex('05 01 00 01 4a70ba90 0000'), REPLY.hostUnreachable],
    ['an empty name', domain(''), REPLY.hostUnreachable],
    ['a name with a zero byte', domain('box.com\0.evil.example'), REPLY.hostUnreachable],
    ['a name beyond ASCII', domain('b\u00fccher.example'), REPLY.hostUnreachable],
  ]
  for (const [why, bytes, code] of bad)
    t.equal(replyOf(parseRequest(bytes)), Buffer.from(encodeReply(code as 1)).toString('hex'), why)
})

void t.test('a request is complete at its last byte and not before', async (t) => {
  for (const whole of [
    hex('05 01 00 01 4a70ba90 01bb'),
    hex(`05 01 00 04 ${'20'.repeat(16)} 01bb`),
    domain('a'.repeat(60)),
  ]) {
    for (let length = 0; length < whole.length; length++)
      if (parseRequest(whole.subarray(0, length)) !== 'need-more')
        t.fail(`decided after ${length} of ${whole.length} bytes`)
    t.match(parseRequest(whole), { length: whole.length })
  }
})

void t.test('random and mutated bytes are decided within the bound, and as their prefix says', async (t) => {
  const seeds = [hex('05 02 00 01'), hex('05 01 00 01 4a70ba90 01bb'), domain('box.com')]
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.nat(), fc.nat(255), fc.uint8Array({ maxLength: 300 }))
    .map(([seed, at, value, tail]) => {
      const bytes = Buffer.concat([seed, tail])
      bytes[at % seed.length] = value
      return bytes
    })
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 600 })), fc.nat(600), (bytes, cut) => {
      for (const [parse, bound] of [
        [parseGreeting, 257],
        [parseRequest, 262],
      ] as const) {
        const whole = parse(bytes)
        const prefix = parse(bytes.subarray(0, cut))
        if (whole === 'need-more' && bytes.length >= bound) return false
        if (prefix !== 'need-more' && JSON.stringify(prefix) !== JSON.stringify(whole)) return false
      }
      return true
    }),
    { numRuns: 10_000 },
  )
  t.pass('10,000 inputs')
})

function replyOf(parsed: unknown): string {
  const { reply } = parsed as { reply: Uint8Array }
  return Buffer.from(reply).toString('hex')
}
