/**
 * `/whoami`, what the origin saw of a request: which host and server name were asked for, over what, and from
 * which address. The address is the proof of the way taken: the gateway's egress when steered, the agent's when bypassed.
 */

import type { TLSSocket } from 'node:tls'
import { plainAddress } from '../../../agent/steering/address.js'
import { answerJson, type Visit } from './visit.js'

/** The answer of `/whoami`; `sni`, `alpn` and `tlsVersion` are null over plain HTTP, or where the client sent none. */
export interface WhoAmI {
  readonly host: string
  readonly path: string
  readonly method: string
  readonly sni: string | null
  readonly alpn: string | null
  readonly tlsVersion: string | null
  /** The socket's remote address, without `::ffff:`. */
  readonly from: string
}

/** What the origin saw. */
export function whoAmI({ request, host, path }: Visit): WhoAmI {
  const socket = request.socket as Partial<TLSSocket>
  return {
    host,
    path,
    method: request.method ?? '',
    sni: socket.servername || null,
    alpn: socket.alpnProtocol || null,
    tlsVersion: socket.getProtocol?.() ?? null,
    from: plainAddress(socket.remoteAddress ?? ''),
  }
}

/** `/whoami`. */
export function whoAmIPage(visit: Visit): void {
  answerJson(visit, 200, whoAmI(visit))
}
