/**
 * Raw relay to the upstream resolvers over sockets of our own. A query goes out byte for byte but for its ID, so that
 * unknown types, EDNS options, DNSSEC and cookies survive. Every query gets a fresh connected socket: the kernel picks a
 * random source port, drops datagrams from anybody but the server, and tells at once when nobody listens (RFC 5452).
 */

import { randomInt } from 'node:crypto'
import dgram from 'node:dgram'
import net from 'node:net'
import type { Endpoint } from '../steering/flow.js'
import { frameMessage, MessageReader } from './stream-framing.js'
import { idOf, isReplyTo, withId } from './wire.js'

/** Why there is no reply. */
export type UpstreamFailure = 'timed-out' | 'unreachable' | 'busy' | 'closed'

/** The reply with the query's own ID, or why there is none. */
export type UpstreamOutcome = { readonly reply: Buffer } | { readonly failure: UpstreamFailure }

/** How a query is carried upstream: as its client sent it, so that truncation means the same on both sides. */
export type DnsTransport = 'udp' | 'tcp'

/** Asks somebody who knows. `query` holds at least a header; never rejects. */
export interface DnsUpstream {
  ask(query: Buffer, transport: DnsTransport): Promise<UpstreamOutcome>
  /** Ends what is in flight (`closed`) and refuses what comes later. */
  close(): void
}

/** Which resolvers, and the bounds. */
export interface UpstreamOptions {
  /** In order of preference. */
  readonly servers: readonly Endpoint[]
  /** How long one server may take, ms. */
  readonly timeoutMs?: number
  /** Queries under way at once; each holds one socket. */
  readonly maxInFlight?: number
}

/** Apps give up after 5 s (glibc) or 10 s (browsers): two attempts have to fit. */
const TIMEOUT_MS = 2_000

/** At 50 ms a query that is 20,000 queries a second; far below any limit on open files. */
const MAX_IN_FLIGHT = 1_000

/** A lost datagram is asked once more, also when there is one server only. */
const MIN_ATTEMPTS = 2

const ID_VALUES = 0x1_0000

/** Relays to a list of resolvers: the next one when one is silent or unreachable. */
export class RelayUpstream implements DnsUpstream {
  readonly #servers: readonly Endpoint[]
  readonly #timeoutMs: number
  readonly #maxInFlight: number
  readonly #exchanges = new Set<Exchange>()
  #inFlight = 0
  #closed = false

  constructor(options: UpstreamOptions) {
    this.#servers = options.servers
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS
    this.#maxInFlight = options.maxInFlight ?? MAX_IN_FLIGHT
  }

  async ask(query: Buffer, transport: DnsTransport): Promise<UpstreamOutcome> {
    if (this.#inFlight >= this.#maxInFlight) return { failure: 'busy' }
    this.#inFlight += 1
    try {
      return await this.#askInTurn(query, transport)
    } catch {
      // No socket to be had (EMFILE): as good as an unreachable server.
      return { failure: 'unreachable' }
    } finally {
      this.#inFlight -= 1
    }
  }

  close(): void {
    this.#closed = true
    for (const exchange of this.#exchanges) exchange.settle({ failure: 'closed' })
  }

  async #askInTurn(query: Buffer, transport: DnsTransport): Promise<UpstreamOutcome> {
    let outcome: UpstreamOutcome = { failure: 'unreachable' }
    const attempts = Math.max(MIN_ATTEMPTS, this.#servers.length)
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const server = this.#servers[attempt % this.#servers.length]
      if (server === undefined) return outcome
      if (this.#closed) return { failure: 'closed' }
      outcome = await this.#askOne(server, query, transport)
      if ('reply' in outcome) return outcome
    }
    return outcome
  }

  async #askOne(server: Endpoint, query: Buffer, transport: DnsTransport): Promise<UpstreamOutcome> {
    const exchange = new Exchange(this.#timeoutMs)
    this.#exchanges.add(exchange)
    const sent = withId(query, randomInt(ID_VALUES))
    if (transport === 'udp') askOverDatagram(exchange, server, sent)
    else askOverStream(exchange, server, sent)
    const outcome = await exchange.outcome
    this.#exchanges.delete(exchange)
    return 'reply' in outcome ? { reply: withId(outcome.reply, idOf(query)) } : outcome
  }
}

/** One question put to one server: the first of reply, fault, time-out and close counts, and then the socket goes. */
class Exchange {
  readonly outcome: Promise<UpstreamOutcome>
  readonly #timer: NodeJS.Timeout
  #resolve: ((outcome: UpstreamOutcome) => void) | undefined
  #release: () => void = () => {}

  constructor(timeoutMs: number) {
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#timer = setTimeout(() => this.settle({ failure: 'timed-out' }), timeoutMs)
  }

  get settled(): boolean {
    return this.#resolve === undefined
  }

  /** Names what gives the socket back. */
  holds(release: () => void): void {
    this.#release = release
  }

  settle(outcome: UpstreamOutcome): void {
    if (this.#resolve === undefined) return
    clearTimeout(this.#timer)
    this.#resolve(outcome)
    this.#resolve = undefined
    this.#release()
  }
}

/** Replies that do not match are ignored, not taken for a failure: a forger must not be able to end the wait. */
function askOverDatagram(exchange: Exchange, server: Endpoint, query: Buffer): void {
  const family = net.isIPv6(server.ip) ? 6 : 4
  const socket = dgram.createSocket({
    type: `udp${family}`,
    // The server is an address already; without this every query would pass through dns.lookup.
    lookup: (hostname, _options, done) => done(null, hostname, family),
  })
  exchange.holds(() => socket.close())
  socket.on('error', () => exchange.settle({ failure: 'unreachable' }))
  socket.on('message', (reply) => {
    if (isReplyTo(query, reply)) exchange.settle({ reply })
  })
  socket.connect(server.port, server.ip, () => {
    if (!exchange.settled) socket.send(query)
  })
}

function askOverStream(exchange: Exchange, server: Endpoint, query: Buffer): void {
  const socket = net.connect({ host: server.ip, port: server.port, noDelay: true })
  exchange.holds(() => socket.destroy())
  socket.on('error', () => exchange.settle({ failure: 'unreachable' }))
  socket.on('close', () => exchange.settle({ failure: 'unreachable' }))
  const reader = new MessageReader()
  socket.on('data', (chunk: Buffer) => {
    const reply = reader.push(chunk).find((message) => isReplyTo(query, message))
    if (reply !== undefined) exchange.settle({ reply })
  })
  socket.write(frameMessage(query))
}
