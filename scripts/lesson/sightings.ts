// Pure: what somebody who watches packets can say of each, in a few words.

import { TCP_FLAG } from '../../agent/capture-file/packet.js'
import { decodeAnswer, TYPE } from '../../agent/dns/message.js'
import { isResponse } from '../../agent/dns/wire.js'
import { authority } from '../../agent/steering/address.js'
import type { Conversation, SeenPacket, Segment } from './conversations.js'
import { type TlsRecord, TlsRecords } from './tls-records.js'

/** Something that was seen. */
export interface Sighting {
  /** Microseconds since 1970. */
  readonly atUs: number
  readonly words: string
}

const DNS_PORT = 53
const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(TYPE).map(([name, type]) => [type, name.toUpperCase()]),
)

/** DNS messages about a host. */
export function dnsSightings(packets: readonly SeenPacket[], host: string): readonly Sighting[] {
  return packets.flatMap(({ atUs, ip }) => {
    if (ip.protocol !== 'udp' || (ip.sourcePort !== DNS_PORT && ip.destinationPort !== DNS_PORT)) return []
    const message = Buffer.from(ip.payload)
    const decoded = decodeAnswer(message)
    if (decoded === undefined || decoded.question.name.toLowerCase() !== host) return []
    const type = TYPE_NAMES.get(decoded.question.type) ?? `type ${decoded.question.type}`
    if (!isResponse(message)) return [{ atUs, words: `DNS: ${type} of ${host}?` }]
    const addresses = decoded.packet.answers.flatMap(({ address }) => (typeof address === 'string' ? [address] : []))
    return [{ atUs, words: `DNS: ${addresses.join(', ') || 'none'}` }]
  })
}

/** What is seen of a conversation: its begin and end, and TLS records. Plain acknowledgements are left out. */
export function conversationSightings(conversation: Conversation): readonly Sighting[] {
  const records = { client: new TlsRecords(), server: new TlsRecords() }
  let helloToCome = conversation.sni !== ''
  return conversation.segments.flatMap((segment): Sighting[] => {
    const { atUs, flags, payload, fromClient } = segment
    const arrow = fromClient ? '->' : '<-'
    const words: string[] = []
    if (flags & TCP_FLAG.syn && fromClient) words.push(`-> SYN to ${authority(conversation.server)}`)
    if (payload.length > 0) {
      const found = records[fromClient ? 'client' : 'server'].push(payload)
      const names = fromClient && helloToCome && found?.some(({ type }) => type === 'handshake')
      words.push(`${arrow} ${names ? `TLS ClientHello, names ${conversation.sni}` : payloadWords(payload, found)}`)
      if (names) helloToCome = false
    }
    if (flags & TCP_FLAG.fin) words.push(`${arrow} FIN`)
    if (flags & TCP_FLAG.rst) words.push(`${arrow} RST`)
    return words.map((text) => ({ atUs, words: text }))
  })
}

function payloadWords({ length }: Segment['payload'], records: readonly TlsRecord[] | undefined): string {
  if (records === undefined) return `${length} bytes`
  // A record's beginning was in a packet before.
  if (records.length === 0) return `TLS, ${length} bytes more`
  const types = [...new Set(records.map(({ type }) => type))].filter((type) => type !== 'change of cipher')
  return `TLS ${types.join(' and ') || 'change of cipher'}, ${length} bytes`
}
