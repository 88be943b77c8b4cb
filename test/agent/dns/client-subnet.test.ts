/** EDNS client subnet: as text, read out of messages put together byte by byte, and written as RFC 7871 has it. */

import type { Packet } from 'dns2'
import fc from 'fast-check'
import t from 'tap'
import {
  addClientSubnet,
  clientSubnetOf,
  encodeSubnetQuery,
  parseClientSubnet,
  scopeText,
} from '../../../agent/dns/client-subnet.js'
import { decodeQuery } from '../../../agent/dns/message.js'
import { FLAGS, messageBytes, optRecord } from '../../support/dns-message.js'

const question = { name: 'gateway-lab.goskope.com', type: 1 }

/** A query with these options in its OPT record, as hexadecimal digits; undefined: without such a record. */
function queryWith(options: string | undefined): Buffer {
  const opt = options === undefined ? [] : [optRecord(1232, Buffer.from(options.replaceAll(' ', ''), 'hex'))]
  const before = { name: 'x.example', type: 16, data: Buffer.from('\0') }
  return messageBytes({ flags: FLAGS.query, question, additionals: [before, ...opt] })
}

function decoded(bytes: Buffer): Packet {
  const message = decodeQuery(bytes)
  if (message === undefined) throw new Error('not readable')
  return message.packet
}

void t.test('a subnet as text', async (t) => {
  const cases: ReadonlyArray<readonly [why: string, text: string, subnet: string | undefined]> = [
    ['an address and a length', '198.51.100.0/24', '198.51.100.0/24'],
    ['host bits do not count', '198.51.100.7/25', '198.51.100.0/25'],
    ['a whole address', '198.51.100.7/32', '198.51.100.7/32'],
    ['nothing of it', '0.0.0.0/0', '0.0.0.0/0'],
    ['without a length 24 bits of IPv4', '198.51.100.7', '198.51.100.0/24'],
    ['IPv6', '2001:db8:0:ff00::7/56', '2001:db8:0:ff00:0:0:0:0/56'],
    ['without a length 56 bits of IPv6', '2001:db8:0:ffff::7', '2001:db8:0:ff00:0:0:0:0/56'],
    ['IPv4 in IPv6 is IPv4', '::ffff:198.51.100.7', '198.51.100.0/24'],
    ['a length beyond the address', '198.51.100.0/33', undefined],
    ['no length behind the slash', '198.51.100.0/', undefined],
    ['no number', '198.51.100.0/x', undefined],
    ['no address', 'here/24', undefined],
    ['half an address', '198.51.100/24', undefined],
    ['a range', '198.51.100.0-198.51.100.9', undefined],
    ['nothing', '', undefined],
  ]
  for (const [why, text, expected] of cases) {
    const subnet = parseClientSubnet(text)
    t.equal(subnet && `${subnet.ip}/${subnet.prefix}`, expected, why)
    t.equal(subnet?.scope ?? 0, 0, `${why}: it is that of a query`)
  }
})

void t.test('a subnet in a message', async (t) => {
  const cases: ReadonlyArray<readonly [why: string, options: string | undefined, expected: unknown]> = [
    ['24 bits of IPv4', '000800070001 1800 c63364', { ip: '198.51.100.0', prefix: 24, scope: 0 }],
    ['a scope, as in an answer', '000800070001 1810 c63364', { ip: '198.51.100.0', prefix: 24, scope: 16 }],
    ['bits within a byte', '000800070001 1400 c63360', { ip: '198.51.96.0', prefix: 20, scope: 0 }],
    ['none of the address', '000800040001 0000', { ip: '0.0.0.0', prefix: 0, scope: 0 }],
    ['IPv6', '000800080002 2000 20010db8', { ip: '2001:db8:0:0:0:0:0:0', prefix: 32, scope: 0 }],
    ['an odd number of bytes', '000800090002 2800 20010db8aa', { ip: '2001:db8:aa00:0:0:0:0:0', prefix: 40, scope: 0 }],
    [
      'in front of another option',
      '000800090002 2800 20010db8aa 000a0002cafe',
      { ip: '2001:db8:aa00:0:0:0:0:0', prefix: 40, scope: 0 },
    ],
    ['behind another option', '000a0002cafe 000800070001 1800 c63364', { ip: '198.51.100.0', prefix: 24, scope: 0 }],
    ['a family nobody knows', '000800070003 1800 c63364', undefined],
    ['another option only', '000a0002cafe', undefined],
    ['no option', '', undefined],
    ['no OPT record', undefined, undefined],
    ['host bits set', '000800070001 1400 c63364', 'malformed'],
    ['more bits than there are', '000800080001 2100 c6336407', 'malformed'],
    ['a scope beyond the address', '000800070001 1821 c63364', 'malformed'],
    ['too few bytes', '000800060001 1800 c633', 'malformed'],
    ['too many bytes', '000800080001 1800 c6336400', 'malformed'],
    ['half a header', '000800020001', 'malformed'],
    ['more than there is', '000800080001 1800 c63364', 'malformed'],
  ]
  for (const [why, options, expected] of cases) {
    t.strictSame(clientSubnetOf(queryWith(options)), expected, why)
  }
})

void t.test('a query of our own carries it, byte for byte', async (t) => {
  const cases: ReadonlyArray<readonly [text: string, option: string]> = [
    ['198.51.100.7/24', '00080007 0001 1800 c63364'],
    ['198.51.100.7/20', '00080007 0001 1400 c63360'],
    ['0.0.0.0/0', '00080004 0001 0000'],
    ['2001:db8:aa00::/40', '00080009 0002 2800 20010db8aa'],
  ]
  for (const [text, option] of cases) {
    const subnet = parseClientSubnet(text)
    if (subnet === undefined) throw new Error(text)
    const options = Buffer.from(option.replaceAll(' ', ''), 'hex')
    const expected = messageBytes({ flags: FLAGS.query, question, additionals: [optRecord(1232, options)] })
    t.strictSame(encodeSubnetQuery(question.name, question.type, subnet), expected, text)
  }
  t.throws(() => encodeSubnetQuery('x'.repeat(64), 1, { ip: '0.0.0.0', prefix: 0, scope: 0 }), 'no such name')
})

void t.test('what was written is read again, also in a message that had no OPT record', async (t) => {
  const ip = fc.oneof(fc.ipV4(), fc.ipV6())
  fc.assert(
    fc.property(ip, fc.nat(128), fc.nat(32), (ip, bits, scope) => {
      const parsed = parseClientSubnet(`${ip}/${Math.min(bits, ip.includes(':') ? 128 : 32)}`)
      // A long prefix of IPv4 in IPv6 is none.
      fc.pre(parsed !== undefined)
      const packet = decoded(queryWith(''))
      addClientSubnet(packet, { ...parsed, scope })
      t.strictSame(clientSubnetOf(packet.toBuffer()), { ...parsed, scope })
    }),
  )
  const plain = decoded(queryWith(undefined))
  addClientSubnet(plain, { ip: '198.51.100.0', prefix: 24, scope: 0 })
  t.equal(plain.additionals.length, 2)
  t.match(clientSubnetOf(plain.toBuffer()), { ip: '198.51.100.0' })
})

void t.test('whatever the bytes are, reading ends', async (t) => {
  const valid = queryWith('000800070001 1800 c63364')
  const hostile = fc.oneof(
    fc.uint8Array({ minLength: 12, maxLength: 300 }),
    fc.tuple(fc.nat(valid.length - 1), fc.nat(255)).map(([at, value]) => Buffer.from(valid).fill(value, at, at + 1)),
  )
  fc.assert(
    fc.property(hostile, (bytes) => {
      const subnet = clientSubnetOf(Buffer.from(bytes))
      return typeof subnet !== 'object' || parseClientSubnet(`${subnet.ip}/${subnet.prefix}`) !== undefined
    }),
    { numRuns: 2000 },
  )
  t.pass('it has')
})

void t.test('address and scope as text', async (t) => {
  t.equal(scopeText({ ip: '198.51.100.0', prefix: 24, scope: 16 }), '198.51.100.0/16')
  t.equal(scopeText({ ip: '2001:db8:0:0:0:0:0:0', prefix: 56, scope: 0 }), '2001:db8::/0')
})
