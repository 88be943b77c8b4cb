// Pure: what the agent answers by itself, before anything is asked upstream. In this order:
//   1. no readable header, or a response instead of a query -> no answer (answering answers makes loops)
//   2. opcode other than QUERY                              -> NOTIMP
//   3. not one readable question, or too long for a query   -> FORMERR
//   4. zone transfers (AXFR, IXFR)                          -> NOTIMP: many messages, a relay carries one
//   5. AAAA while the way out has no IPv6                   -> no data, so that apps do not try it and hang
//   6. HTTPS or SVCB when told so                           -> no data (the real client's drop_svcb_dns_resolver_query)
//   7. everything else                                      -> relay, bytes untouched

import type { Packet } from 'dns2'
import { CLASS_IN, decodeQuery, emptyReply, TYPE, udpLimit } from './message.js'
import { HEADER_BYTES, headerReply, isResponse, opcodeOf, RCODE, rcodeOf } from './wire.js'

/** What the answers depend on. */
export interface AnswerPolicy {
  /** Whether the way out carries IPv6; if not, AAAA queries are answered with no data. */
  readonly ipv6: boolean
  /** Whether HTTPS (65) and SVCB (64) queries are answered with no data. */
  readonly dropSvcb: boolean
}

/** The first step for a query: nothing, a reply of our own, or ask upstream. */
export type FirstStep =
  | { readonly step: 'drop' }
  | { readonly step: 'reply'; readonly reply: Buffer }
  | { readonly step: 'relay'; readonly query: Packet }

/** Queries are some 40 to 100 bytes; EDNS padding goes to 468 (RFC 8467). Far more than that is no query. */
const MAX_QUERY_BYTES = 4096

/** Decides the first step for the bytes of one query. Never throws. */
export function answerQuery(query: Buffer, policy: AnswerPolicy): FirstStep {
  if (query.length < HEADER_BYTES || isResponse(query)) return { step: 'drop' }
  if (opcodeOf(query) !== 0) return reply(headerReply(query, RCODE.notImplemented))
  const decoded = query.length <= MAX_QUERY_BYTES ? decodeQuery(query) : undefined
  if (decoded === undefined) return reply(headerReply(query, RCODE.formatError))
  const { packet, question } = decoded
  if (question.type === TYPE.axfr || question.type === TYPE.ixfr) {
    return reply(emptyReply(packet, RCODE.notImplemented).toBuffer())
  }
  if (question.class === CLASS_IN && isWithheld(question.type, policy)) {
    return reply(emptyReply(packet, RCODE.noError).toBuffer())
  }
  return { step: 'relay', query: packet }
}

/** The reply when nobody upstream answered. */
export function serverFailure(query: Packet): Buffer {
  return emptyReply(query, RCODE.serverFailure).toBuffer()
}

/**
 * A reply as it fits the datagram of the query's sender: itself, or its header and question with TC=1, so that the
 * client asks again over TCP (RFC 2181 section 9).
 */
export function fitDatagram(query: Packet, answer: Buffer): Buffer {
  if (answer.length <= udpLimit(query)) return answer
  const cut = emptyReply(query, rcodeOf(answer))
  cut.header.tc = 1
  return cut.toBuffer()
}

function reply(bytes: Buffer): FirstStep {
  return { step: 'reply', reply: bytes }
}

function isWithheld(type: number, policy: AnswerPolicy): boolean {
  if (type === TYPE.aaaa) return !policy.ipv6
  return policy.dropSvcb && (type === TYPE.https || type === TYPE.svcb)
}
