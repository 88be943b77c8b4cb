/** The client's side of a TLS flow, opened with a leaf; a client that turns the leaf down is recorded. */

import type { SecureContext, TLSSocket } from 'node:tls'
import { StreamDuplex } from '../../agent/tunnel/stream-duplex.js'
import type { FirstBytes } from './first/first-bytes.js'
import { type ArrivedFlow, recordFlow } from './flow-story.js'
import { refusedByClient } from './flow-transaction.js'
import type { Inspector } from './inspector.js'
import { acceptClientTls, HANDSHAKE_MS } from './tls/client-tls.js'

/** What the handshake is finished with. */
export interface Acceptance {
  readonly context: SecureContext
  /** What is chosen of the client's ALPN, '' = none. */
  readonly protocol: string
  /** The name the client asked for; for the record. */
  readonly sni: string
}

/** Finishes the client's handshake, which begins with `first`; undefined when it left or refused. Never rejects. */
export async function openClient(
  { stream, flow }: Pick<ArrivedFlow, 'stream' | 'flow'>,
  first: FirstBytes,
  { context, protocol, sni }: Acceptance,
  inspector: Inspector,
): Promise<TLSSocket | undefined> {
  const begun = Date.now()
  const transport = new StreamDuplex(stream, first.head)
  if (stream.peerEnded || transport.destroyed) {
    // It left before it saw a certificate that it could have refused.
    transport.destroy()
    return undefined
  }
  const keys = flow.keys && ((line: Buffer) => stream.tellKeys(line))
  const accepted = await acceptClientTls(transport, context, protocol, HANDSHAKE_MS, keys)
  if ('tls' in accepted) return accepted.tls
  recordFlow(flow, begun, refusedByClient(sni, accepted.alert), inspector)
  return undefined
}
