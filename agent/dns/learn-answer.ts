// Pure: what a DNS response teaches. The addresses at the end of the CNAME chain belong to the name that was asked,
// because that is the host the app means and the rules name (RFC 1034 section 3.6.2 for the chain).

import { Packet, type Resource } from 'dns2'
import { canonicalAddress } from '../steering/address.js'
import { CLASS_IN, decodeAnswer, TYPE } from './message.js'
import { isResponse, RCODE, rcodeOf } from './wire.js'

/** What one answer says: the asked name, its addresses, and for how long (s: the smallest TTL along the chain). */
export interface AnswerLesson {
  /** Lower case, no trailing dot. */
  readonly host: string
  /** Mnemonic of the asked type, e.g. `A`. */
  readonly type: string
  readonly ips: readonly string[]
  readonly ttl: number
}

/** Real chains have two to four links; resolvers stop at 8 to 16. */
const MAX_CHAIN_LINKS = 16

/** Names go to log lines and terminals as they are, and DNS labels may hold any byte: only host names are learnt. */
const HOST_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/

/** Reads a response; undefined when it is malformed, an error, or holds no address for the asked name. Never throws. */
export function learnAnswer(response: Buffer): AnswerLesson | undefined {
  const message = decodeAnswer(response)
  if (message === undefined || !isResponse(response) || rcodeOf(response) !== RCODE.noError) return undefined
  const { question, packet } = message
  const host = question.name.toLowerCase()
  if (question.class !== CLASS_IN || !HOST_NAME.test(host)) return undefined

  const records = packet.answers.filter((record) => record.class === CLASS_IN)
  const { owner, ttl: chainTtl } = endOfChain(host, records)
  const found = records.filter(
    ({ name, type }) => (type === TYPE.a || type === TYPE.aaaa) && name.toLowerCase() === owner,
  )
  if (found.length === 0) return undefined
  return {
    host,
    type: Packet.typeName(question.type),
    ips: [...new Set(found.map((record) => canonicalAddress(record.address!)))],
    ttl: Math.min(chainTtl, ...found.map((record) => record.ttl)),
  }
}

function endOfChain(asked: string, records: readonly Resource[]): { owner: string; ttl: number } {
  const aliases = new Map<string, Resource>()
  for (const record of records) if (record.type === TYPE.cname) aliases.set(record.name.toLowerCase(), record)
  let owner = asked
  let ttl = Number.POSITIVE_INFINITY
  for (let links = 0; links < MAX_CHAIN_LINKS; links += 1) {
    const alias = aliases.get(owner)
    if (alias === undefined) break
    owner = alias.domain!.toLowerCase()
    ttl = Math.min(ttl, alias.ttl)
  }
  return { owner, ttl }
}
