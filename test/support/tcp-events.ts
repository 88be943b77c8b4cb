/** Any story of a TCP connection, told to a conversation, and what each side may have sent in it. */

import fc from 'fast-check'
import type { TcpConversation, TcpSide } from '../../agent/capture-file/tcp-conversation.js'

/** One thing that is told. */
export type TcpEvent =
  | { readonly kind: 'begin' | 'accepted' | 'refused' | 'midway' }
  | { readonly kind: 'end' | 'reset'; readonly from: TcpSide }
  | { readonly kind: 'data'; readonly from: TcpSide; readonly bytes: Uint8Array }

const SIDE = fc.constantFrom<TcpSide>('client', 'server')

/** Letters only: tshark takes some other bytes for protocols. */
const LETTERS = Uint8Array.from({ length: 200_026 }, (_, i) => 97 + ((i + (i >> 8)) % 26))

/** Any number of bytes, mostly few, sometimes many segments; those of a story differ. */
const BYTES = fc
  .tuple(fc.oneof(fc.nat(3), fc.nat(100), fc.nat(5000), fc.nat(200_000)), fc.nat(26))
  .map(([length, first]) => LETTERS.subarray(first, first + length))

const EVENT: fc.Arbitrary<TcpEvent> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('begin', 'accepted', 'refused', 'midway'), from: SIDE }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('data' as const), from: SIDE, bytes: BYTES }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('end', 'end', 'reset'), from: SIDE }) },
)

/** Events in any order, whether TCP knows it or not; half of the stories begin as they should. */
export const TCP_EVENTS: fc.Arbitrary<readonly TcpEvent[]> = fc
  .tuple(fc.boolean(), fc.array(EVENT, { maxLength: 12 }))
  .map(([begins, events]) => (begins ? [{ kind: 'begin' }, { kind: 'accepted' }, ...events] : events))

/** Tells a conversation a story, a millisecond between two events. */
export function happen(tcp: TcpConversation, events: readonly TcpEvent[], atUs: number): void {
  for (const [i, event] of events.entries()) {
    const at = atUs + 1000 * i
    if (event.kind === 'data') tcp.data(event.from, event.bytes, at)
    else if (event.kind === 'end' || event.kind === 'reset') tcp[event.kind](event.from, at)
    else if (event.kind === 'midway') tcp.midway()
    else tcp[event.kind](at)
  }
}

/** What each side got through. */
export function streamsOf(events: readonly TcpEvent[]): Readonly<Record<TcpSide, Buffer>> {
  const sent: Record<TcpSide, Uint8Array[]> = { client: [], server: [] }
  const ended = new Set<TcpSide>()
  let isNew = true
  let isAsked = false
  for (const event of events) {
    if (event.kind === 'begin') isAsked ||= isNew
    if (event.kind === 'reset' || (event.kind === 'refused' && isAsked)) break
    if (event.kind === 'data') {
      if (event.bytes.length === 0) continue
      if (!ended.has(event.from)) sent[event.from].push(event.bytes)
    }
    if (event.kind === 'end') ended.add(event.from)
    if (ended.size === 2) break
    if (event.kind !== 'refused' && event.kind !== 'accepted') isNew = false
    if (event.kind !== 'begin' && event.kind !== 'refused') isAsked = false
  }
  return { client: Buffer.concat(sent.client), server: Buffer.concat(sent.server) }
}
