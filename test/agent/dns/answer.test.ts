import fc from 'fast-check'
import t from 'tap'
import { answerQuery, fitDatagram, serverFailure } from '../../../agent/dns/answer.js'
import { decodeQuery } from '../../../agent/dns/message.js'
import { FLAGS, messageBytes, optRecord, type RawMessage } from '../../support/dns-message.js'

const everything = { ipv6: true, dropSvcb: false }

function query(type: number, more: Partial<RawMessage> = {}): Buffer {
  return messageBytes({ id: 0xbeef, flags: FLAGS.query, question: { name: 'Box.com', type }, ...more })
}

/** What a step says in short: `drop`, `relay`, or the reply's response code and its section counts. */
function stepOf(bytes: Buffer, policy = everything): string {
  const step = answerQuery(bytes, policy)
  if (step.step !== 'reply') return step.step
  const { reply } = step
  const counts = [4, 6, 8, 10].map((at) => reply.readUInt16BE(at)).join('/')
  const ok = reply.readUInt16BE(0) === bytes.readUInt16BE(0) && (reply[2]! & 0x80) !== 0
  return `${ok ? 'reply' : 'BAD'} ${reply[3]! & 15} ${counts}`
}

const cases: readonly (readonly [string, Buffer, string, typeof everything?])[] = [
  ['a query is relayed', query(1), 'relay'],
  ['so is one of a type nobody knows', query(65_280), 'relay'],
  [
    'so is one with options nobody knows',
    query(1, { additionals: [optRecord(1232, Buffer.from('ffde0001aa', 'hex'))] }),
    'relay',
  ],
  [
    'so is one whose OPT data is broken: its judge is upstream',
    query(1, { additionals: [optRecord(1232, Buffer.of(9))] }),
    'relay',
  ],
  ['so is one with bytes behind its end', Buffer.concat([query(1), Buffer.from('junk')]), 'relay'],
  [
    'so is one of another class',
    query(16, { question: { name: 'version.bind', type: 28, class: 3 } }),
    'relay',
    { ipv6: false, dropSvcb: true },
  ],
  ['half a header is dropped', Buffer.alloc(11), 'drop'],
  ['a response is dropped', query(1, { flags: FLAGS.answer }), 'drop'],
  ['an opcode other than QUERY is not implemented', query(1, { flags: 0x2800 }), 'reply 4 0/0/0/0'],
  ['no question is a format error', messageBytes({ flags: FLAGS.query }), 'reply 1 0/0/0/0'],
  ['a question that is cut is a format error', query(1).subarray(0, -1), 'reply 1 0/0/0/0'],
  [
    'a record that is cut is a format error',
    query(1, { additionals: [optRecord(1232)] }).subarray(0, -1),
    'reply 1 0/0/0/0',
  ],
  ['more than a query can be is a format error', Buffer.concat([query(1), Buffer.alloc(4096)]), 'reply 1 0/0/0/0'],
  ['a zone transfer is not implemented', query(252), 'reply 4 1/0/0/0'],
  ['AAAA is relayed when the way out has IPv6', query(28), 'relay'],
  ['AAAA has no data when it has not', query(28), 'reply 0 1/0/0/0', { ipv6: false, dropSvcb: false }],
  ['A is relayed all the same', query(1), 'relay', { ipv6: false, dropSvcb: false }],
  ['HTTPS is relayed unless told', query(65), 'relay'],
  ['HTTPS has no data when told', query(65), 'reply 0 1/0/0/0', { ipv6: true, dropSvcb: true }],
  ['SVCB has no data when told', query(64), 'reply 0 1/0/0/0', { ipv6: true, dropSvcb: true }],
  [
    'an OPT record is answered by one',
    query(28, { additionals: [optRecord(4096)] }),
    'reply 0 1/0/0/1',
    { ipv6: false, dropSvcb: false },
  ],
]

for (const [sentence, bytes, expected, policy] of cases) {
  void t.test(sentence, async (t) => t.equal(stepOf(bytes, policy), expected))
}

void t.test('two questions are a format error', async (t) => {
  const two = query(1)
  two.writeUInt16BE(2, 4)
  t.equal(stepOf(Buffer.concat([two, two.subarray(12)])), 'reply 1 0/0/0/0')
})

void t.test('an own reply echoes question with its case, RD and the DO bit', async (t) => {
  const asked = query(28, { additionals: [optRecord(4096, undefined, 0x8000)] })
  const step = answerQuery(asked, { ipv6: false, dropSvcb: false })
  const reply = step.step === 'reply' ? step.reply : Buffer.alloc(0)
  t.same(reply.subarray(12, 25), asked.subarray(12, 25))
  t.equal(reply.readUInt16BE(2), 0x8180)
  t.equal(reply.readUInt32BE(reply.length - 6), 0x8000)
})

void t.test('a failure upstream is a server failure with the question', async (t) => {
  const reply = serverFailure(decodeQuery(query(1))!.packet)
  t.same(reply.subarray(12), query(1).subarray(12))
  t.equal(reply.readUInt16BE(2), 0x8182)
})

const limits: readonly (readonly [string, Buffer, number, boolean])[] = [
  ['512 bytes fit a plain client', query(1), 512, true],
  ['513 bytes do not', query(1), 513, false],
  ['1232 bytes fit a client that says so', query(1, { additionals: [optRecord(1232)] }), 1232, true],
  ['1233 bytes do not', query(1, { additionals: [optRecord(1232)] }), 1233, false],
  ['512 bytes fit a client that says less', query(1, { additionals: [optRecord(100)] }), 512, true],
]
for (const [sentence, asked, length, fits] of limits) {
  void t.test(sentence, async (t) => {
    const answer = Buffer.concat([asked, Buffer.alloc(length - asked.length)])
    const sent = fitDatagram(decodeQuery(asked)!.packet, answer)
    t.equal(sent === answer, fits)
    if (!fits)
      t.same([sent[2]! & 2, sent.readUInt16BE(4), sent.readUInt16BE(6)], [2, 1, 0], 'TC=1 and the question only')
  })
}

void t.test('any bytes get a first step, and every reply has the ID and is a response', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((random) => Buffer.from(random)),
    fc.array(fc.tuple(fc.nat(26), fc.nat(255)), { maxLength: 3 }).map((edits) => {
      const mutated = query(28, { additionals: [optRecord(1232)] })
      for (const [at, value] of edits) mutated[at] = value
      return mutated
    }),
  )
  fc.assert(
    fc.property(bytes, (message) => !stepOf(message, { ipv6: false, dropSvcb: true }).startsWith('BAD')),
    { numRuns: 10_000 },
  )
})
