/**
 * HTTP/1.1 on an inspected connection: plain requests are relayed as bytes for as long as only such come; from the first
 * other one on, node:http and http-proxy take the connection over.
 */

import type { Duplex } from 'node:stream'
import type { ConnectionJudge } from '../exchange.js'
import type { OriginConnections } from '../origin-connections.js'
import { HTTP1_LIMITS, type Http1Limits } from './limits.js'
import { relayPlain } from './plain/plain-relay.js'
import { serveParsed } from './serve-parsed.js'

/**
 * Speaks HTTP/1.1 on a client's connection until it is over, and asks `judge` about every request. `origin` undefined: the
 * judge answers everything itself. Owns both sides. Resolves when both are closed; never rejects.
 */
export async function serveHttp1(
  client: Duplex,
  origin: OriginConnections | undefined,
  judge: ConnectionJudge,
  limits: Http1Limits = HTTP1_LIMITS,
): Promise<void> {
  if (origin === undefined) return serveParsed(client, origin, judge, limits)
  const outcome = await relayPlain(client, origin, judge, limits)
  if (outcome === 'over') return
  const rest: OriginConnections = {
    first: outcome.origin,
    again: () => origin.again(),
    malformed: (why) => origin.malformed(why),
    idleMs: origin.idleMs,
  }
  return serveParsed(client, rest, judge, limits)
}
