/** Relays a flow unread: byte-exact, what was looked at included, and recorded once at its end. */

import type { Socket } from 'node:net'
import { relayStream } from '../../agent/tunnel/stream-relay.js'
import type { Passing } from './decide-inspection.js'
import type { FirstBytes } from './first/first-bytes.js'
import { type ArrivedFlow, recordFlow } from './flow-story.js'
import type { Inspector } from './inspector.js'

const NOTHING = new Uint8Array(0)

/** Relays to the end over `origin`, which nobody else may use. Never rejects. */
export async function passUnread(
  arrived: ArrivedFlow,
  origin: Socket,
  first: FirstBytes,
  { reason, rule, why }: Passing,
  inspector: Inspector,
): Promise<void> {
  const begun = Date.now()
  const { stream } = arrived
  const { head, kind } = first
  if (head.length > 0) {
    origin.write(head)
    stream.consumed(head.length)
  }
  await relayStream(origin, stream, NOTHING, inspector.idleMs)
  const host = kind.type === 'tls' ? kind.hello.sni : ''
  const { bytesWritten: bytesSent, bytesRead: bytesReceived } = origin
  const outcome = { action: 'bypass', notDecrypted: reason, rule, why, host, bytesSent, bytesReceived } as const
  recordFlow(arrived.flow, begun, outcome, inspector)
}
