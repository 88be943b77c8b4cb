/**
 * The local resolver of the lab's endpoint (LDNS), UDP and TCP on loopback. It answers the names of the cloud, hands
 * others to the resolvers it is told, byte for byte, and refuses them where it is told none. The log has one entry a query.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { fitDatagram, serverFailure } from '../../agent/dns/answer.js'
import { serveQueries } from '../../agent/dns/stream-service.js'
import { type DnsTransport, RelayUpstream } from '../../agent/dns/upstream.js'
import { headerReply, RCODE } from '../../agent/dns/wire.js'
import type { Endpoint } from '../../agent/steering/flow.js'
import type { FaultSource, ServiceFault } from '../faults/fault.js'
import type { GatewayLog } from '../gateway-log.js'
import { type CloudAnswerer, questionOf, refusal } from './dns-answers.js'
import { openDnsDoors } from './dns-doors.js'

/** What the service is started with. */
export interface LdnsServerOptions {
  readonly host: string
  /** 0 takes a port that is free for UDP and TCP. */
  readonly port: number
  readonly answer: CloudAnswerer
  /** Resolvers for what is not ours, in order of preference; left out, it is refused. */
  readonly forward?: readonly Endpoint[] | undefined
  readonly fault: FaultSource<ServiceFault>
  readonly log: GatewayLog
}

/** A running service. */
export interface LdnsServer {
  readonly port: number
  /** Ends every stream and stops listening; what is under way gets no reply. Harmless twice. */
  close(): Promise<void>
}

/** Queries that a slow service holds back at once; more get no reply, as of a busy resolver. */
const MAX_HELD_BACK = 1000

/** Quiet time after which a stream is closed, ms: more than the longest delay that a fault can be. */
const STREAM_IDLE_MS = 150_000

/** Starts the service; throws SteerError `port-in-use` or `listen-failed`. */
export async function startLdnsServer(options: LdnsServerOptions): Promise<LdnsServer> {
  const { answer, forward, fault, log } = options
  const upstream = forward === undefined ? undefined : new RelayUpstream({ servers: forward })
  const stop = new AbortController()
  let heldBack = 0

  const replyTo = async (query: Buffer, transport: DnsTransport, clientIp: string): Promise<Buffer | undefined> => {
    const holds = fault.current
    const given = answer(query, clientIp, holds?.kind)
    if (given.step === 'drop') return undefined
    const isForwarded = given.step === 'not-ours' && upstream !== undefined
    if (given.query !== undefined) {
      const by = given.step === 'reply' ? 'ours' : isForwarded ? 'forwarded' : 'refused'
      log({ event: 'ldns-query', transport, ...questionOf(given.query), by, ...(holds && { fault: holds.kind }) })
    }
    // Without a reply a stream would be closed; it has to stay as it is.
    if (holds?.kind === 'time-out') return transport === 'udp' ? undefined : new Promise(() => {})
    if (holds?.kind === 'slow') {
      if (heldBack >= MAX_HELD_BACK) return undefined
      heldBack += 1
      await sleep(holds.ms, undefined, { signal: stop.signal }).finally(() => {
        heldBack -= 1
      })
    }
    if (given.step === 'reply') return given.reply
    if (!isForwarded) return refusal(given.query)
    const outcome = await upstream.ask(query, transport)
    if ('failure' in outcome) return serverFailure(given.query)
    return transport === 'udp' ? fitDatagram(given.query, outcome.reply) : outcome.reply
  }
  /** A fault of ours costs one query its answer. */
  const respond = (query: Buffer, transport: DnsTransport, clientIp: string): Promise<Buffer | undefined> =>
    replyTo(query, transport, clientIp).catch(() => headerReply(query, RCODE.serverFailure))

  const doors = await openDnsDoors(options, fault, {
    async datagram(query, { address, port }, socket) {
      const reply = await respond(query, 'udp', address)
      if (reply === undefined) return
      try {
        socket.send(reply, port, address, () => {})
      } catch {
        // Closed a moment ago, or a forged source port 0: a lost datagram, the client asks again.
      }
    },
    stream(socket) {
      const clientIp = socket.remoteAddress ?? ''
      serveQueries(socket, (query) => respond(query, 'tcp', clientIp), STREAM_IDLE_MS)
    },
  })
  return {
    port: doors.port,
    close() {
      stop.abort()
      upstream?.close()
      return doors.close()
    },
  }
}
