/** The names the DNS tests ask for, answered as a resolver would: one answerer for `startTestUpstream`. */

import { FLAGS, ipv4Data, nameBytes, optRecord, questionOf, type RawRecord, responseTo } from './dns-message.js'
import type { Answerer } from './dns-upstream.js'

const A = 1
const CNAME = 5
const TXT = 16
const AAAA = 28
const HTTPS = 65

function txt(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text)])
}

/** 60 addresses: some 1,000 bytes, more than a plain datagram may have. */
const BIG: readonly RawRecord[] = Array.from({ length: 60 }, (_, n) => ({
  name: 'big.test',
  type: A,
  data: ipv4Data(`10.9.8.${n}`),
}))

const ZONE: readonly RawRecord[] = [
  { name: 'www.box.test', type: CNAME, data: nameBytes('edge.cdn.test'), ttl: 60 },
  { name: 'edge.cdn.test', type: A, data: ipv4Data('74.112.186.144') },
  { name: 'edge.cdn.test', type: AAAA, data: Buffer.from('26062800000000000000000000000001', 'hex') },
  { name: 'www.box.test', type: HTTPS, data: Buffer.from('00010000010003026832', 'hex') },
  { name: 'www.box.test', type: TXT, data: txt('steered') },
  { name: 'www.box.test', type: 65_280, data: Buffer.from('cafe', 'hex') },
  ...BIG,
]

/** Answers from the zone. `big.test` is cut by a resolver's rules, `huge.test` comes uncut whatever the client takes. */
export const answerFromZone: Answerer = (query, transport) => {
  const { name, type } = questionOf(query)
  if (name === 'silent.test') return []
  if (name === 'huge.test')
    return [
      responseTo(
        query,
        FLAGS.answer,
        BIG.map((record) => ({ ...record, name })),
      ),
    ]
  if (name === 'cookie.test') return [responseTo(query, FLAGS.answer, [], serverCookie(query))]
  const answers = recordsOf(name, type)
  if (!ZONE.some((record) => record.name === name)) return [responseTo(query, FLAGS.nxdomain)]
  const whole = responseTo(query, FLAGS.answer, answers)
  const limit = transport === 'udp' ? udpSize(query) : 65_535
  return [whole.length <= limit ? whole : responseTo(query, FLAGS.truncated)]
}

function recordsOf(name: string, type: number): RawRecord[] {
  return ZONE.filter((record) => record.name === name).flatMap((record) => {
    if (record.type === type) return [record]
    if (record.type === CNAME && (type === A || type === AAAA)) {
      return [record, ...ZONE.filter((other) => other.name === 'edge.cdn.test' && other.type === type)]
    }
    return []
  })
}

/** The OPT record of a dig query follows its question; its class is the size. */
function udpSize(query: Buffer): number {
  const { end } = questionOf(query)
  return query.readUInt16BE(10) === 0 ? 512 : query.readUInt16BE(end + 3)
}

/** The client's cookie (RFC 7873) with a server's behind it, which dig calls good. */
function serverCookie(query: Buffer): RawRecord {
  const at = query.indexOf(Buffer.from('000a0008', 'hex'))
  const clientCookie = query.subarray(at + 4, at + 12)
  return optRecord(1232, Buffer.concat([Buffer.from('000a0010', 'hex'), clientCookie, Buffer.alloc(8, 0x5a)]))
}
