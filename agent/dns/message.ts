// Pure: DNS messages decoded and built with dns2's codec. Its parser is fed record by record through a reader that
// counts its steps, because compression pointers make 64 KB of hostile bytes cost dns2's own `Packet.parse` seconds.

import { type DecodeError, Packet, type Reader, type Resource } from 'dns2'
import { HEADER_BYTES, questionCount } from './wire.js'

/** Query and record types the agent acts on (IANA DNS parameters; SVCB and HTTPS are RFC 9460). */
export const TYPE = { a: 1, cname: 5, aaaa: 28, opt: 41, svcb: 64, https: 65, ixfr: 251, axfr: 252 } as const

/** Class IN (RFC 1035 section 3.2.4). */
export const CLASS_IN = 1

/** Smallest datagram limit there is, bytes (RFC 1035 section 4.2.1). */
const MIN_UDP_LIMIT = 512

/** Largest payload of an IPv4 datagram, bytes; an EDNS size beyond it cannot be meant. */
const MAX_UDP_LIMIT = 65_507

/** What our own queries offer to receive, bytes: passes every path unfragmented (DNS flag day 2020). */
const OWN_UDP_LIMIT = 1232

/** The DO bit in an OPT record's TTL field (RFC 3225 section 3). */
const DNSSEC_OK = 0x8000

/** Reader steps allowed per byte: honest messages need under 20 (a 255-byte name behind every pointer). */
const STEPS_PER_BYTE = 32

/** A message with exactly one question. */
export interface DecodedMessage {
  readonly packet: Packet
  readonly question: { readonly name: string; readonly type: number; readonly class: number }
}

/** Decodes a query whole (its OPT record counts); undefined when it is malformed or has not exactly one question. */
export function decodeQuery(bytes: Buffer): DecodedMessage | undefined {
  return decode(bytes, ['answers', 'authorities', 'additionals'])
}

/** Decodes question and answer section, all that can be learnt from; undefined as for `decodeQuery`. */
export function decodeAnswer(bytes: Buffer): DecodedMessage | undefined {
  return decode(bytes, ['answers'])
}

/** Largest datagram the sender of a query takes, bytes: 512, or what its OPT record says (RFC 6891 section 6.2.3). */
export function udpLimit(query: Packet): number {
  const offered = optOf(query)?.class ?? MIN_UDP_LIMIT
  return Math.min(Math.max(offered, MIN_UDP_LIMIT), MAX_UDP_LIMIT)
}

/** An answerless reply to a query: the question echoed, an OPT record (with the query's DO bit) when the query had one. */
export function emptyReply(query: Packet, rcode: number): Packet {
  const reply = Packet.createErrorResponseFromRequest(query, rcode)
  reply.header.ra = 1
  const [opt] = reply.additionals
  if (opt !== undefined) opt.ttl = (optOf(query)?.ttl ?? 0) & DNSSEC_OK
  return reply
}

/** A recursive query of our own with EDNS. The ID is 0: whoever sends it picks one. Throws when `name` is not encodable. */
export function encodeQuery(name: string, type: number): Buffer {
  const query = new Packet()
  query.header = new Packet.Header({ rd: 1 })
  query.questions.push(new Packet.Question(name, type, CLASS_IN))
  query.additionals.push(Packet.Resource.EDNS([], { udpPayloadSize: OWN_UDP_LIMIT }))
  return query.toBuffer()
}

type Section = 'answers' | 'authorities' | 'additionals'

const COUNT_OF = { answers: 'ancount', authorities: 'nscount', additionals: 'arcount' } as const

function decode(bytes: Buffer, sections: readonly Section[]): DecodedMessage | undefined {
  if (bytes.length < HEADER_BYTES || questionCount(bytes) !== 1) return undefined
  const reader = new CountingReader(bytes)
  const packet = new Packet()
  try {
    packet.header = Packet.Header.parse(reader)
    const question = Packet.Question.parse(reader)
    packet.questions.push(question)
    for (const section of sections) {
      for (let left = packet.header[COUNT_OF[section]]; left > 0; left -= 1) {
        const record = decodeRecord(reader)
        if (record !== undefined) packet[section].push(record)
      }
    }
    return { packet, question }
  } catch {
    return undefined
  }
}

/** One record; undefined when only its data is malformed, for then dns2 has stepped over it and the next one is sound. */
function decodeRecord(reader: Reader): Resource | undefined {
  try {
    return Packet.Resource.parse(reader)
  } catch (error) {
    if ((error as Partial<DecodeError>).recovered === true) return undefined
    throw error
  }
}

function optOf(packet: Packet): Resource | undefined {
  return packet.additionals.find((record) => record.type === TYPE.opt)
}

/** dns2's reader with a bound on its steps, and whole bytes read at once instead of bit by bit. */
class CountingReader extends Packet.Reader {
  #stepsLeft: number

  constructor(bytes: Buffer) {
    super(bytes)
    this.#stepsLeft = bytes.length * STEPS_PER_BYTE
  }

  override read(bits: number): number {
    this.#stepsLeft -= 1
    if (this.#stepsLeft < 0) throw new RangeError('the message takes too many steps to read')
    if (bits % 8 !== 0 || this.offset % 8 !== 0) return super.read(bits)
    const value = this.buffer.readUIntBE(this.offset / 8, bits / 8)
    this.offset += bits
    return value
  }
}
