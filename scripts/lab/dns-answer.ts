// Pure: one DNS query in, one response out, from the lab's zone. The lab is the whole internet there is, so it answers as
// its root: authoritative for everything, and as a resolver would (recursion available) because it is asked as one.

import { Packet } from 'dns2'
import type { ZoneRecord } from './zone.js'
import type { ZoneIndex } from './zone-lookup.js'

/** RFC 9460 14.1; dns2 has no name for it and no codec, and writes the raw data given. */
const TYPE_HTTPS = 65
const SVC_PARAM_ALPN = 1
const OPCODE_QUERY = 0
/** How long a resolver may remember that a name does not exist, RFC 2308 5. */
const NEGATIVE_TTL_S = 60
/** What this server takes over UDP, and advertises: safe from fragments on any path (DNS flag day 2020). */
const UDP_PAYLOAD_BYTES = 1232

type Resource = Packet['answers'][number]

/**
 * Answers a query: the records, NODATA or NXDOMAIN with the SOA, or an error code for what is no plain question of class
 * IN. Undefined for a response, which must not be answered (else two servers could answer each other for ever).
 */
export function answerQuery(zone: ZoneIndex, request: Packet): Packet | undefined {
  const { header, questions, errors } = request
  if (header.qr === 1) return undefined
  const [question, ...others] = questions
  if (header.opcode !== OPCODE_QUERY) return failure(request, Packet.RCODE.NOTIMP)
  if (question === undefined || others.length > 0 || errors.length > 0) return failure(request, Packet.RCODE.FORMERR)
  if (question.class !== Packet.CLASS.IN) return failure(request, Packet.RCODE.REFUSED)

  const answer = zone.lookup(question.name, typeName(question.type))
  const response = Packet.createResponseFromRequest(request)
  response.header.aa = 1
  response.header.ra = 1
  response.header.rcode = answer.exists ? Packet.RCODE.NOERROR : Packet.RCODE.NXDOMAIN
  response.answers = answer.records.map(resourceOf)
  if (!answer.found) response.authorities = [SOA]
  // RFC 6891 6.1.1: an OPT record is answered with one.
  if (request.additionals.some((record) => record.type === Packet.TYPE.EDNS)) {
    response.additionals = [Packet.Resource.EDNS([], { udpPayloadSize: UDP_PAYLOAD_BYTES })]
  }
  return response
}

/** The response that says only why not. */
function failure(request: Packet, rcode: number): Packet {
  return Packet.createErrorResponseFromRequest(request, rcode)
}

function typeName(type: number): string {
  return type === TYPE_HTTPS ? 'HTTPS' : Packet.typeName(type)
}

function resourceOf(record: ZoneRecord): Resource {
  const common = { name: record.name, ttl: record.ttl, class: Packet.CLASS.IN }
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return resource({ ...common, type: Packet.TYPE[record.type], address: record.address })
    case 'CNAME':
      return resource({ ...common, type: Packet.TYPE.CNAME, domain: record.target })
    case 'TXT':
      return resource({ ...common, type: Packet.TYPE.TXT, data: record.text })
    case 'HTTPS':
      return resource({ ...common, type: TYPE_HTTPS, data: httpsData(record.alpn) })
  }
}

function resource(fields: Partial<Resource>): Resource {
  return new Packet.Resource(fields)
}

/** `1 . alpn=...`: priority, the name itself as target, one parameter (RFC 9460 2.2). */
function httpsData(alpn: readonly string[]): Buffer {
  const protocols = Buffer.concat(alpn.map((name) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name)])))
  const fixed = Buffer.from([0, 1, 0, 0, SVC_PARAM_ALPN, 0, 0])
  fixed.writeUInt16BE(protocols.length, fixed.length - 2)
  return Buffer.concat([fixed, protocols])
}

const SOA: Resource = resource({
  name: '',
  type: Packet.TYPE.SOA,
  class: Packet.CLASS.IN,
  ttl: NEGATIVE_TTL_S,
  primary: 'ns.lab.example',
  admin: 'hostmaster.lab.example',
  serial: 1,
  refresh: 3600,
  retry: 600,
  expiration: 86_400,
  minimum: NEGATIVE_TTL_S,
})
