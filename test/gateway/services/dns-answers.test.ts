/** Answers to queries put together byte by byte, and hostile bytes, whose cost is counted. */

import fc from 'fast-check'
import t from 'tap'
import { decodeQuery } from '../../../agent/dns/message.js'
import { rcodeOf } from '../../../agent/dns/wire.js'
import { OTHER_TENANT_ADDRESS, SERVICE_ADDRESS } from '../../../gateway/cloud-addresses.js'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { cloudAnswerer, GARBAGE, questionOf, refusal } from '../../../gateway/services/dns-answers.js'
import { CLOUD, NEAREST } from '../../support/cloud-dns.js'
import {
  FLAGS,
  ipv4Data,
  messageBytes,
  optRecord,
  type RawMessage,
  type RawRecord,
  responseTo,
} from '../../support/dns-message.js'

const answer = cloudAnswerer(() => CLOUD)
const GATEWAY = 'gateway-lab.goskope.com'

function queryFor(name: string, more: RawMessage & { readonly type?: number } = {}): Buffer {
  return messageBytes({ id: 0xcafe, flags: FLAGS.query, question: { name, type: more.type ?? 1 }, ...more })
}

/** A client subnet of 24 bits in an OPT record. */
function subnet(...network: readonly number[]): { readonly additionals: readonly RawRecord[] } {
  return { additionals: [optRecord(1232, Buffer.of(0, 8, 0, 7, 0, 1, 24, 0, ...network))] }
}

/** What is said to a query: the addresses, `rcode N` when it is an error, or what else becomes of it. */
function said(query: Buffer, fault?: ServiceFault['kind']): unknown {
  const given = answer(query, '127.0.0.1', fault)
  if (given.step !== 'reply') return given.step
  if (rcodeOf(given.reply) !== 0) return `rcode ${rcodeOf(given.reply)}`
  return decodeQuery(given.reply)?.packet.answers.map(({ address }) => address)
}

void t.test('what is answered', async (t) => {
  const cases: ReadonlyArray<readonly [why: string, query: Buffer, expected: unknown]> = [
    ['A of the gateway', queryFor(GATEWAY), [NEAREST]],
    ['A of a service', queryFor('addon-lab.goskope.com'), [SERVICE_ADDRESS]],
    ['a client subnet decides what is near', queryFor(GATEWAY, subnet(203, 0, 113)), ['127.18.0.2']],
    ['OPT without one', queryFor(GATEWAY, { additionals: [optRecord(1232)] }), [NEAREST]],
    [
      'one that tells nothing',
      queryFor(GATEWAY, { additionals: [optRecord(1232, Buffer.of(0, 8, 0, 4, 0, 1, 0, 0))] }),
      [NEAREST],
    ],
    [
      'one with a scope, which is no query',
      queryFor(GATEWAY, { additionals: [optRecord(1232, Buffer.of(0, 8, 0, 7, 0, 1, 24, 24, 203, 0, 113))] }),
      'rcode 1',
    ],
    [
      'one with host bits',
      queryFor(GATEWAY, { additionals: [optRecord(1232, Buffer.of(0, 8, 0, 7, 0, 1, 20, 0, 203, 0, 113))] }),
      'rcode 1',
    ],
    ['AAAA has no data', queryFor(GATEWAY, { type: 28 }), []],
    ['HTTPS neither', queryFor(GATEWAY, { type: 65 }), []],
    ['a type nobody knows neither', queryFor(GATEWAY, { type: 65280 }), []],
    ['another name', queryFor('example.com'), 'not-ours'],
    ['another class', queryFor(GATEWAY, { question: { name: GATEWAY, type: 1, class: 3 } }), 'not-ours'],
    ['a zone transfer', queryFor(GATEWAY, { type: 252 }), 'rcode 4'],
    ['no question', messageBytes({ flags: FLAGS.query }), 'rcode 1'],
    ['a response', messageBytes({ flags: FLAGS.answer, question: { name: GATEWAY, type: 1 } }), 'drop'],
    ['no header', Buffer.from('hello'), 'drop'],
  ]
  for (const [why, query, expected] of cases) t.strictSame(said(query), expected, why)
})

void t.test('faults', async (t) => {
  const cases: ReadonlyArray<readonly [kind: ServiceFault['kind'], name: string, expected: unknown]> = [
    ['http-500', GATEWAY, 'rcode 2'],
    ['http-500', 'example.com', 'rcode 2'],
    ['empty', GATEWAY, []],
    ['empty', 'example.com', []],
    ['wrong-tenant', GATEWAY, [OTHER_TENANT_ADDRESS]],
    ['wrong-tenant', 'gateway-backup-lab.goskope.com', [OTHER_TENANT_ADDRESS]],
    ['wrong-tenant', 'gateway-lon1.goskope.com', [OTHER_TENANT_ADDRESS]],
    ['wrong-tenant', 'addon-lab.goskope.com', [SERVICE_ADDRESS]],
    ['wrong-tenant', 'example.com', 'not-ours'],
    ['slow', GATEWAY, [NEAREST]],
  ]
  for (const [kind, name, expected] of cases) t.strictSame(said(queryFor(name), kind), expected, `${kind}: ${name}`)
  t.strictSame(said(queryFor(GATEWAY, { type: 28 }), 'wrong-tenant'), [], 'wrong-tenant: AAAA')
  t.match(answer(queryFor(GATEWAY), '127.0.0.1', 'garbage'), { step: 'reply', reply: GARBAGE })
})

void t.test('the bytes of an answer: question as it came, TTL 60, the subnet with its scope', async (t) => {
  const query = queryFor('gAtEwAy-LaB.goskope.COM', subnet(203, 0, 113))
  const given = answer(query, '127.0.0.1')
  if (given.step !== 'reply') throw new Error(given.step)
  const record = { name: '', type: 1, data: ipv4Data('127.18.0.2'), ttl: 60 }
  const opt = optRecord(4096, Buffer.of(0, 8, 0, 7, 0, 1, 24, 24, 203, 0, 113))
  const expected = responseTo(query, FLAGS.answer, [record], opt)
  // The support writes no pointers: the name of the record is one to the question.
  const name = expected.length - (11 + 11) - (11 + 4)
  const pointed = Buffer.concat([expected.subarray(0, name), Buffer.of(0xc0, 12), expected.subarray(name + 1)])
  pointed.writeUInt16BE(1, 10)
  t.strictSame(given.reply, pointed)

  const service = answer(queryFor('dns.google', subnet(203, 0, 113)), '127.0.0.1')
  if (service.step !== 'reply') throw new Error(service.step)
  t.strictSame(service.reply.subarray(-7), Buffer.of(0, 1, 24, 0, 203, 0, 113), 'an address for all has the scope 0')
  t.equal(decodeQuery(service.reply)?.packet.answers.length, 2)
})

void t.test('a refusal, and what was asked', async (t) => {
  const query = decodeQuery(queryFor('example.com', { type: 65 }))
  if (query === undefined) throw new Error('not readable')
  const refused = refusal(query.packet)
  t.strictSame([refused.readUInt16BE(0), rcodeOf(refused)], [0xcafe, 5])
  t.strictSame(questionOf(query.packet), { name: 'example.com', type: 'TYPE65' })
})

/** Answers a query and counts how often its bytes are read: a bound on work that no slow machine can miss. */
function readsOf(bytes: Uint8Array): { readonly reads: number; readonly said: unknown } {
  let reads = 0
  const counted = Buffer.from(bytes)
  counted.readUIntBE = (offset, length) => {
    reads += 1
    return Buffer.prototype.readUIntBE.call(counted, offset, length)
  }
  return { said: said(counted), reads }
}

void t.test('hostile bytes cost no more than 32 reads a byte, and never throw', async (t) => {
  const valid = queryFor(GATEWAY, subnet(203, 0, 113))
  t.ok(readsOf(valid).reads > 20, 'reads are counted')
  const edits = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 })
  const mutated = edits.map((edits) => {
    const bytes = Buffer.from(valid)
    for (const [at, value] of edits) bytes[at] = value
    return bytes
  })
  // Names out of pointers, as many as there is room for.
  const pointers = fc
    .tuple(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 12, max: 300 }))
    .map(([count, target]) => {
      const header = messageBytes({ flags: FLAGS.query })
      for (const at of [4, 6, 8, 10]) header.writeUInt16BE(at === 4 ? 1 : 0xffff, at)
      const names = Array.from({ length: count }, (_, index) => [0xc0 | (target >> 8), (target + 2 * index) & 0xff])
      return Buffer.concat([header, Buffer.from(names.flat())])
    })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 5000 }), mutated, pointers), (bytes) => {
      const { reads, said } = readsOf(bytes)
      return reads <= 32 * bytes.length && (Array.isArray(said) || /^(drop|not-ours|rcode [14])$/.test(String(said)))
    }),
    { numRuns: 1000 },
  )
  const long = Buffer.alloc(4097)
  queryFor(GATEWAY).copy(long)
  t.strictSame(readsOf(long), { said: 'rcode 1', reads: 0 }, 'what is too long for a query is not read at all')
})
