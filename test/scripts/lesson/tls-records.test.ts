/** TLS records in streams cut anywhere. */

import fc from 'fast-check'
import t from 'tap'
import { isTls, TlsRecords } from '../../../scripts/lesson/tls-records.js'
import { record } from '../../support/lesson-packets.js'

void t.test('records are told where they begin', async (t) => {
  const records = new TlsRecords()
  t.strictSame(records.push(Buffer.concat([record(22, 100), record(20, 1), record(23, 300).subarray(0, 50)])), [
    { type: 'handshake', bytes: 100 },
    { type: 'change of cipher', bytes: 1 },
    { type: 'data', bytes: 300 },
  ])
  t.strictSame(records.push(Buffer.alloc(255)), [], 'the rest of the one before')
  t.strictSame(records.push(record(21, 2)), [{ type: 'alert', bytes: 2 }])
})

void t.test('what is no TLS', async (t) => {
  for (const text of ['GET / HTTP/1.1\r\n\r\n', '\x16\x02\x00\x00\x05', '\x17\x03\x03\xff\xff', '\x18\x03\x03\x00\x01'])
    t.equal(isTls(Buffer.from(text, 'latin1')), false, JSON.stringify(text))
  const records = new TlsRecords()
  records.push(record(23, 10))
  t.equal(records.push(Buffer.from('hello, world')), undefined, 'after a record')
  t.equal(records.push(record(23, 10)), undefined, 'and it stays so')
})

void t.test('what is TLS: records, the beginning of one, nothing', async (t) => {
  for (const bytes of [record(22, 5), record(23, 16_384), record(22, 500).subarray(0, 3), Buffer.alloc(0)])
    t.equal(isTls(bytes), true)
})

void t.test('cut anywhere, the same records', async () => {
  const some = fc.array(fc.tuple(fc.constantFrom(20, 21, 22, 23), fc.integer({ min: 0, max: 60 })), { maxLength: 8 })
  const property = fc.property(some, fc.integer({ min: 1, max: 20 }), (wanted, size) => {
    const stream = Buffer.concat(wanted.map(([type, length]) => record(type, length)))
    const records = new TlsRecords()
    const found: number[] = []
    for (let at = 0; at < stream.length; at += size)
      for (const { bytes } of records.push(stream.subarray(at, at + size)) ?? []) found.push(bytes)
    return found.join() === wanted.map(([, length]) => length).join()
  })
  fc.assert(property)
})
