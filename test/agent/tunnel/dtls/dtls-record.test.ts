/** Records as bytes: cut into datagrams, read, and written, with OpenSSL's own hello as the sample. */

import fc from 'fast-check'
import t from 'tap'
import {
  helloVerifyRequest,
  isEpochZero,
  packDatagrams,
  readClientHello,
} from '../../../../agent/tunnel/dtls/dtls-record.js'

/** A record of epoch 1 with so many bytes of payload. */
function record(payloadBytes: number): Buffer {
  const bytes = Buffer.alloc(13 + payloadBytes, payloadBytes)
  bytes.writeUInt16BE(1, 3)
  bytes.writeUInt16BE(payloadBytes, 11)
  return bytes
}

/** A ClientHello with a session id and a cookie of given lengths; `rest` stands for ciphers and extensions. */
function clientHello(sessionId: number, cookie: number, rest = 20): Buffer {
  const body = Buffer.concat([
    Buffer.from([0xfe, 0xfd]),
    Buffer.alloc(32, 0xaa),
    Buffer.from([sessionId]),
    Buffer.alloc(sessionId, 0xbb),
    Buffer.from([cookie]),
    Buffer.alloc(cookie, 0xcc),
    Buffer.alloc(rest, 0xdd),
  ])
  const header = Buffer.from('16 feff 0000 000000000007 0000 01 000000 0001 000000 000000'.replaceAll(' ', ''), 'hex')
  header.writeUInt16BE(12 + body.length, 11)
  header.writeUIntBE(body.length, 14, 3)
  header.writeUIntBE(body.length, 22, 3)
  return Buffer.concat([header, body])
}

void t.test('records travel whole, in order, as many in a datagram as fit', async (t) => {
  const cases: readonly [what: string, records: number[], max: number, datagrams: number[]][] = [
    ['nothing', [], 100, []],
    ['one', [50], 100, [63]],
    ['two that fit exactly', [37, 37], 100, [100]],
    ['two that do not', [37, 38], 100, [50, 51]],
    ['one that is too long goes alone', [10, 200, 10], 100, [23, 213, 23]],
    ['three in two', [30, 30, 30], 100, [86, 43]],
  ]
  for (const [what, records, max, datagrams] of cases) {
    const packed = packDatagrams(Buffer.concat(records.map(record)), max)
    t.same(
      packed.map(({ length }) => length),
      datagrams,
      what,
    )
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 1500 }), (bytes, max) => {
      const packed = packDatagrams(bytes, max)
      return Buffer.concat(packed).equals(bytes) && packed.every(({ length }) => length > 0)
    }),
  )
})

void t.test('a hello is read whatever its session id and cookie', async (t) => {
  for (const [sessionId, cookie] of [
    [0, 0],
    [32, 32],
    [0, 255],
  ] as const) {
    const hello = readClientHello(clientHello(sessionId, cookie))!
    t.equal(Buffer.from(hello.random).toString('hex'), 'aa'.repeat(32))
    t.equal(Buffer.from(hello.cookie).toString('hex'), 'cc'.repeat(cookie))
    t.equal(Buffer.from(hello.recordSequence).toString('hex'), '000000000007')
    t.equal(hello.message, 1)
  }
})

void t.test('what is not a whole hello is not read', async (t) => {
  const spoilt: readonly [what: string, at: number, value: number][] = [
    ['another record type', 0, 23],
    ['TLS', 1, 3],
    ['a later epoch', 4, 1],
    ['a record longer than the datagram', 11, 0x40],
    ['another message', 13, 2],
    ['a later fragment', 21, 1],
    ['the first of several fragments', 24, 1],
    ['a longer message than the record', 16, 200],
    ['a session id that is too long', 59, 33],
    ['a cookie beyond the end', 60, 255],
  ]
  for (const [what, at, value] of spoilt) {
    const bytes = clientHello(0, 0)
    t.ok(readClientHello(bytes))
    bytes[at] = value
    t.equal(readClientHello(bytes), undefined, what)
  }
  const whole = clientHello(4, 4, 0)
  for (let length = 0; length < whole.length; length += 1)
    t.equal(readClientHello(whole.subarray(0, length)), undefined, `${length} bytes of it`)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readClientHello(bytes) === undefined))
})

void t.test('epoch 0 is what is not encrypted', async (t) => {
  t.equal(isEpochZero(clientHello(0, 0)), true)
  t.equal(isEpochZero(record(10)), false)
  t.equal(isEpochZero(clientHello(0, 0).subarray(0, 12)), false, 'no whole header')
})

void t.test('a HelloVerifyRequest as RFC 6347 4.2.1 has it', async (t) => {
  const bytes = helloVerifyRequest(Buffer.from('000000000007', 'hex'), Buffer.from('c00c1e', 'hex'))
  const expected = '16 feff 0000 000000000007 0012  03 000006 0000 000000 000006  feff 03 c00c1e'
  t.equal(bytes.toString('hex'), expected.replaceAll(' ', ''))
})
