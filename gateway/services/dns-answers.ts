// Pure: what the mock cloud answers to the bytes of a DNS query, however they came. In this order:
//   1. no query, or no readable one -> as `agent/dns/answer.ts` says (nothing, NOTIMP, FORMERR)
//   2. a malformed client subnet    -> FORMERR (RFC 7871 section 6)
//   3. a fault                      -> its answer, to whatever name
//   4. not a name of the cloud      -> not ours: whoever asked for the answer forwards or refuses the query
//   5. A                            -> addresses, by the client subnet if the query has one, else by who asks
//   6. every other type             -> no data

import { Packet } from 'dns2'
import { answerQuery, serverFailure } from '../../agent/dns/answer.js'
import { addClientSubnet, type ClientSubnet, clientSubnetOf } from '../../agent/dns/client-subnet.js'
import { CLASS_IN, emptyReply, TYPE } from '../../agent/dns/message.js'
import { RCODE } from '../../agent/dns/wire.js'
import { OTHER_TENANT_ADDRESS } from '../cloud-addresses.js'
import type { ServiceFault } from '../faults/fault.js'
import { addressesOf, type Cloud, isGatewayName } from './cloud-names.js'

/** What is to be done with a query; `query` is left out where it could not be read. */
export type CloudAnswer =
  | { readonly step: 'drop' }
  | { readonly step: 'reply'; readonly reply: Buffer; readonly query?: Packet }
  | { readonly step: 'not-ours'; readonly query: Packet }

/** Answers a query of a client; a fault that is no matter of content (`slow`) changes nothing. Never throws. */
export type CloudAnswerer = (query: Buffer, clientIp: string, fault?: ServiceFault['kind']) => CloudAnswer

/** How long an address may be kept, s. */
const TTL_S = 60

/** Somebody who will not answer (RFC 1035 section 4.1.1). */
const REFUSED = 5

/** What the fault `garbage` says: no DNS message, no JSON, no UTF-8. */
export const GARBAGE = Buffer.from('9f00ff0013c1e0b9a7deadc4ff7e80fe', 'hex')

const ANY_ADDRESS = { ipv6: true, dropSvcb: false }

/** Answers out of a cloud as it is at that moment. */
export function cloudAnswerer(cloud: () => Cloud): CloudAnswerer {
  return (bytes, clientIp, fault) => {
    const first = answerQuery(bytes, ANY_ADDRESS)
    if (first.step !== 'relay') return first
    const { query } = first
    const subnet = clientSubnetOf(bytes)
    const isMalformed = subnet === 'malformed' || (subnet?.scope ?? 0) > 0
    const reply = isMalformed
      ? emptyReply(query, RCODE.formatError).toBuffer()
      : (faultyReply(query, fault) ?? ownReply(query, { clientIp, subnet, cloud: cloud(), fault }))
    return reply === 'not-ours' ? { step: reply, query } : { step: 'reply', reply, query }
  }
}

/** The reply to a query that is not ours, of somebody who forwards nothing. */
export function refusal(query: Packet): Buffer {
  return emptyReply(query, REFUSED).toBuffer()
}

/** What is asked, for a log. */
export function questionOf(query: Packet): { readonly name: string; readonly type: string } {
  const [{ name, type } = { name: '', type: 0 }] = query.questions
  return { name, type: Packet.typeName(type) }
}

function faultyReply(query: Packet, fault: ServiceFault['kind'] | undefined): Buffer | undefined {
  if (fault === 'garbage') return GARBAGE
  if (fault === 'http-500') return serverFailure(query)
  return fault === 'empty' ? emptyReply(query, RCODE.noError).toBuffer() : undefined
}

interface Asking {
  readonly clientIp: string
  readonly subnet: ClientSubnet | undefined
  readonly cloud: Cloud
  readonly fault: ServiceFault['kind'] | undefined
}

function ownReply(query: Packet, { clientIp, subnet, cloud, fault }: Asking): Buffer | 'not-ours' {
  const [question] = query.questions
  if (question?.class !== CLASS_IN) return 'not-ours'
  const { name, type } = question
  const isToldWhere = subnet !== undefined && subnet.prefix > 0
  const addresses = addressesOf(name, isToldWhere ? subnet.ip : clientIp, cloud)
  if (addresses === 'not-ours') return 'not-ours'
  const isGateway = isGatewayName(name, cloud)
  const told = fault === 'wrong-tenant' && isGateway ? [OTHER_TENANT_ADDRESS] : addresses
  const reply = emptyReply(query, RCODE.noError)
  if (type === TYPE.a)
    for (const address of told)
      reply.answers.push(new Packet.Resource({ name, type, class: CLASS_IN, ttl: TTL_S, address }))
  // An address that is the same for everybody depends on nothing of the client's (RFC 7871 section 7.2.1).
  if (subnet !== undefined) addClientSubnet(reply, { ...subnet, scope: isGateway ? subnet.prefix : 0 })
  return reply.toBuffer()
}
