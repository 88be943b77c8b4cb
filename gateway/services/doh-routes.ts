// Pure: the endpoints of DNS over HTTPS, and the answer of each: RFC 8484 at /dns-query, and Google's JSON at /resolve
// with its public parameters and fields. Ours are the words of a failure, and that `cd`, `ct`, `do` and `random_padding`
// change nothing.

import { Packet } from 'dns2'
import { clientSubnetOf, encodeSubnetQuery, parseClientSubnet, scopeText } from '../../agent/dns/client-subnet.js'
import { decodeQuery, encodeQuery, TYPE } from '../../agent/dns/message.js'
import { isTruncated, rcodeOf } from '../../agent/dns/wire.js'
import type { ServiceFault } from '../faults/fault.js'
import { type CloudAnswerer, GARBAGE, questionOf, refusal } from './dns-answers.js'
import { failure, type HttpAnswer, type HttpRequest, text, withHeaders } from './http-answer.js'

/** What a client asks. */
export interface DohRequest extends Omit<HttpRequest, 'body'> {
  /** '' when there is none. */
  readonly contentType: string
  readonly body: Buffer
}

/** What a client is told. */
export interface DohAnswer extends HttpAnswer {
  /** What was asked, for the log; undefined where that could not be read. */
  readonly question?: { readonly name: string; readonly type: string }
}

const DNS_MESSAGE = 'application/dns-message'
const JSON_TYPE = 'application/json; charset=utf-8'

/** Longest name as text, a trailing dot aside, characters. */
const LONGEST_NAME = 253

/** Bits of the header's fourth byte (RFC 4035 section 3.2, RFC 1035 section 4.1.1). */
const FLAG = { ra: 0x80, ad: 0x20, cd: 0x10 } as const

const TYPE_CODES = new Map<string, number>([...Object.entries(Packet.TYPE), ['HTTPS', TYPE.https], ['SVCB', TYPE.svcb]])

/** The answer to a request. A fault that is no matter of content (`slow`) changes nothing. Never throws. */
export function dohAnswer(request: DohRequest, answer: CloudAnswerer, fault?: ServiceFault['kind']): DohAnswer {
  const { method, path } = request
  if (path !== '/resolve' && path !== '/dns-query') return failure(404, 'There is nothing here')
  const allowed = path === '/resolve' ? ['GET'] : ['GET', 'POST']
  if (!allowed.includes(method)) {
    const allow = allowed.join(', ')
    return withHeaders(failure(405, `Only ${allow} is possible here`), { allow })
  }
  if (fault === 'http-500') return failure(500, 'The service has failed')
  const type = path === '/resolve' ? JSON_TYPE : DNS_MESSAGE
  if (fault === 'garbage') return text(GARBAGE, type)

  const query = path === '/resolve' ? resolveQuery(request.query) : messageOf(request)
  if (!Buffer.isBuffer(query)) return query
  const given = answer(query, request.clientIp, fault)
  if (given.step === 'drop') return failure(400, 'This is no DNS query')
  const reply = given.step === 'reply' ? given.reply : refusal(given.query)
  const packet = decodeQuery(reply)?.packet
  const lifetimes = packet?.answers.map(({ ttl }) => ttl) ?? []
  const maxAge = lifetimes.length === 0 ? 0 : Math.min(...lifetimes)
  const body = path === '/resolve' && packet !== undefined ? JSON.stringify(googleJson(reply, packet)) : reply
  return {
    ...withHeaders(text(body, type), { 'cache-control': `max-age=${maxAge}` }),
    ...(given.query !== undefined && { question: questionOf(given.query) }),
  }
}

/** The message in a request to /dns-query (RFC 8484 section 4.1). */
function messageOf({ method, query, contentType, body }: DohRequest): Buffer | HttpAnswer {
  if (method === 'POST') {
    const isMessage = contentType.split(';', 1)[0]?.trim().toLowerCase() === DNS_MESSAGE
    return isMessage ? body : failure(415, `The body must be ${DNS_MESSAGE}`)
  }
  const encoded = query.get('dns') ?? ''
  // Base64url without its padding (RFC 8484 section 6); four characters are three bytes, so one alone is none.
  if (!/^[\w-]+$/.test(encoded) || encoded.length % 4 === 1) return failure(400, 'dns must be a message in base64url')
  return Buffer.from(encoded, 'base64url')
}

/** The query that the parameters of /resolve ask for; of a parameter given twice the first counts, as at Google. */
function resolveQuery(parameters: URLSearchParams): Buffer | HttpAnswer {
  const name = (parameters.get('name') ?? '').replace(/\.$/, '')
  const isName = /^[!-~]+$/.test(name) && name.length <= LONGEST_NAME && name.split('.').every(isLabel)
  if (!isName) return failure(400, 'name must be a host name')
  const type = typeOf(parameters.get('type') ?? 'A')
  if (type === undefined) return failure(400, 'type must be a number from 1 to 65535, or such as A or AAAA')
  const subnetText = parameters.get('edns_client_subnet')
  if (subnetText === null) return encodeQuery(name, type)
  const subnet = parseClientSubnet(subnetText)
  if (subnet === undefined) return failure(400, 'edns_client_subnet must be an address such as 198.51.100.0/24')
  return encodeSubnetQuery(name, type, subnet)
}

function isLabel(label: string): boolean {
  return label.length >= 1 && label.length <= 63
}

function typeOf(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return TYPE_CODES.get(text.toUpperCase())
  const code = Number(text)
  return code >= 1 && code <= 0xffff ? code : undefined
}

/** A reply in the shape of Google's JSON, its fields in their order. */
function googleJson(reply: Buffer, packet: Packet): object {
  const subnet = clientSubnetOf(reply)
  return {
    Status: rcodeOf(reply),
    TC: isTruncated(reply),
    RD: packet.recursive,
    RA: hasFlag(reply, FLAG.ra),
    AD: hasFlag(reply, FLAG.ad),
    CD: hasFlag(reply, FLAG.cd),
    Question: packet.questions.map(({ name, type }) => ({ name: `${name}.`, type })),
    ...(packet.answers.length > 0 && {
      Answer: packet.answers.map(({ name, type, ttl, address }) => ({
        name: `${name}.`,
        type,
        TTL: ttl,
        data: address,
      })),
    }),
    ...(typeof subnet === 'object' && { edns_client_subnet: scopeText(subnet) }),
  }
}

function hasFlag(reply: Buffer, flag: number): boolean {
  return ((reply[3] ?? 0) & flag) !== 0
}
