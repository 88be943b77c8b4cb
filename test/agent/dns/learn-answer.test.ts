import { isIP } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { learnAnswer } from '../../../agent/dns/learn-answer.js'
import {
  FLAGS,
  ipv4Data,
  messageBytes,
  nameBytes,
  optRecord,
  type RawMessage,
  type RawRecord,
} from '../../support/dns-message.js'

const A = 1
const CNAME = 5
const AAAA = 28

function a(name: string, ip: string, ttl = 300): RawRecord {
  return { name, type: A, data: ipv4Data(ip), ttl }
}

function cname(name: string, target: string, ttl = 300): RawRecord {
  return { name, type: CNAME, data: nameBytes(target), ttl }
}

function answer(answers: readonly RawRecord[], more: Partial<RawMessage> = {}): Buffer {
  return messageBytes({ id: 7, flags: FLAGS.answer, question: { name: 'www.box.com', type: A }, answers, ...more })
}

interface Case {
  readonly sentence: string
  readonly message: Buffer
  readonly learns: ReturnType<typeof learnAnswer>
}

const direct = { host: 'www.box.com', type: 'A', ips: ['1.2.3.4'], ttl: 300 }

const cases: readonly Case[] = [
  { sentence: 'one address of the asked name', message: answer([a('www.box.com', '1.2.3.4')]), learns: direct },
  {
    sentence: 'names compare without case, and are learnt in lower case',
    message: answer([a('WWW.BOX.com', '1.2.3.4')], { question: { name: 'wWw.bOx.com', type: A } }),
    learns: direct,
  },
  {
    sentence: 'several addresses keep their order, the smallest TTL counts, repeated ones count once',
    message: answer([
      a('www.box.com', '2.2.2.2', 60),
      a('www.box.com', '1.1.1.1', 20),
      a('www.box.com', '2.2.2.2', 60),
    ]),
    learns: { ...direct, ips: ['2.2.2.2', '1.1.1.1'], ttl: 20 },
  },
  {
    sentence:
      'a CNAME chain is flattened to the asked name, whatever the order of its records; its smallest TTL counts',
    message: answer([
      a('edge.cdn.net', '1.2.3.4', 100),
      cname('b.cdn.net', 'edge.cdn.net', 30),
      cname('www.box.com', 'B.cdn.net', 900),
    ]),
    learns: { ...direct, ttl: 30 },
  },
  {
    sentence: 'addresses of names off the chain are ignored',
    message: answer([a('www.box.com', '1.2.3.4'), a('evil.test', '6.6.6.6'), a('box.com', '6.6.6.7')]),
    learns: direct,
  },
  {
    sentence: 'nothing when all records are off the chain',
    message: answer([a('evil.test', '6.6.6.6')]),
    learns: undefined,
  },
  {
    sentence: 'nothing from a chain that ends nowhere',
    message: answer([cname('www.box.com', 'edge.cdn.net')]),
    learns: undefined,
  },
  {
    sentence: 'nothing from a chain that loops',
    message: answer([cname('www.box.com', 'b.test'), cname('b.test', 'www.box.com'), a('c.test', '1.2.3.4')]),
    learns: undefined,
  },
  {
    sentence: 'nothing from a name that is an alias of itself',
    message: answer([cname('www.box.com', 'www.box.com')]),
    learns: undefined,
  },
  {
    sentence: 'IPv6 addresses in their canonical form',
    message: answer(
      [{ name: 'www.box.com', type: AAAA, data: Buffer.from('26062800000000000000000000000001', 'hex') }],
      {
        question: { name: 'www.box.com', type: AAAA },
      },
    ),
    learns: { ...direct, type: 'AAAA', ips: ['2606:2800::1'] },
  },
  {
    sentence: 'an IPv4-mapped address as the IPv4 address that will be dialled',
    message: answer([
      { name: 'www.box.com', type: AAAA, data: Buffer.from('00000000000000000000ffff01020304', 'hex') },
    ]),
    learns: direct,
  },
  {
    sentence: 'addresses also from an answer to a type we have no name for',
    message: answer([a('www.box.com', '1.2.3.4')], { question: { name: 'www.box.com', type: 65 } }),
    learns: { ...direct, type: 'TYPE65' },
  },
  {
    sentence: 'records of a type nobody knows in between do no harm',
    message: answer([{ name: 'www.box.com', type: 65_280, data: Buffer.from('junk') }, a('www.box.com', '1.2.3.4')], {
      additionals: [optRecord(1232, Buffer.from('000a0003', 'hex'))],
    }),
    learns: direct,
  },
  {
    sentence: 'a record with broken data is skipped, its neighbour counts',
    message: answer([{ name: 'www.box.com', type: A, data: Buffer.of(1, 2, 3) }, a('www.box.com', '1.2.3.4')]),
    learns: direct,
  },
  {
    sentence: 'a truncated answer teaches what it holds',
    message: answer([a('www.box.com', '1.2.3.4')], { flags: FLAGS.truncated }),
    learns: direct,
  },
  {
    sentence: 'nothing from an error',
    message: answer([a('www.box.com', '1.2.3.4')], { flags: FLAGS.nxdomain }),
    learns: undefined,
  },
  {
    sentence: 'nothing from a query',
    message: answer([a('www.box.com', '1.2.3.4')], { flags: FLAGS.query }),
    learns: undefined,
  },
  {
    sentence: 'nothing in another class than IN',
    message: answer([{ ...a('www.box.com', '1.2.3.4'), class: 3 }]),
    learns: undefined,
  },
  {
    sentence: 'nothing for a name that would forge log lines',
    message: answer([a('a\nb.test', '1.2.3.4')], { question: { name: 'a\nb.test', type: A } }),
    learns: undefined,
  },
  { sentence: 'nothing without a question', message: messageBytes({ flags: FLAGS.answer }), learns: undefined },
  { sentence: 'nothing from half a header', message: Buffer.of(1, 2, 3), learns: undefined },
  {
    sentence: 'nothing from a message cut in the middle of a record',
    message: answer([a('www.box.com', '1.2.3.4'), a('www.box.com', '1.2.3.5')]).subarray(0, -6),
    learns: undefined,
  },
]

for (const { sentence, message, learns } of cases) {
  void t.test(sentence, async (t) => t.same(learnAnswer(message), learns))
}

void t.test('compressed names are followed, and pointers that chase each other end', async (t) => {
  const plain = answer([])
  plain.writeUInt16BE(1, 6)
  const record = (pointer: number): Buffer =>
    Buffer.concat([Buffer.of(0xc0, pointer), Buffer.from('0001000100000014000401020304', 'hex')])
  t.same(learnAnswer(Buffer.concat([plain, record(12)])), { ...direct, ttl: 20 })
  t.equal(learnAnswer(Buffer.concat([plain, record(plain.length)])), undefined)
})

void t.test('64 KB of names behind 8,000 pointers each are given up at once (dns2 alone takes seconds)', async (t) => {
  const question = answer([])
  const hops = 8_000
  // The first record's data is a chain of pointers, each to the one before; every later record is named by its end.
  const chainStart = question.length + 11
  const chain = Buffer.alloc(2 * hops)
  for (let hop = 1; hop < hops; hop += 1) chain.writeUInt16BE(0xc000 | (chainStart + 2 * (hop - 1)), 2 * hop)
  const first = Buffer.from('00ff00000100000000', 'hex')
  const chainEnd = 0xc000 | (chainStart + 2 * (hops - 1))
  const later = Buffer.from(`${chainEnd.toString(16)}ff000001000000000000`, 'hex')
  const records = [first, Buffer.of(chain.length >> 8, chain.length & 255), chain, ...Array(4_000).fill(later)]
  question.writeUInt16BE(4_001, 6)
  const started = performance.now()
  t.equal(learnAnswer(Buffer.concat([question, ...records])), undefined)
  t.ok(performance.now() - started < 1_000)
})

void t.test('any bytes, and any mutation of a good answer, teach host names and addresses or nothing', async (t) => {
  const good = answer([cname('www.box.com', 'edge.cdn.net'), a('edge.cdn.net', '1.2.3.4')])
  const mutated = fc
    .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((edits) => {
      const bytes = Buffer.from(good)
      for (const [at, value] of edits) bytes[at] = value
      return bytes
    })
  const random = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
  let learnt = 0
  fc.assert(
    fc.property(fc.oneof(mutated, random), (bytes) => {
      const lesson = learnAnswer(bytes)
      if (lesson === undefined) return true
      learnt += 1
      return /^[a-z0-9._-]+$/.test(lesson.host) && lesson.ips.every((ip) => isIP(ip) !== 0) && lesson.ttl >= 0
    }),
    { numRuns: 20_000 },
  )
  t.ok(learnt > 100, 'mutations that leave a good answer were among them')
})
