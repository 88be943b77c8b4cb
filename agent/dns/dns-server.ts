/**
 * The agent's DNS server. A query is answered by the agent itself (answer.ts) or relayed raw (upstream.ts); what the
 * answer teaches is in the host map BEFORE the reply leaves, because the app's SYN may be here a moment later.
 *
 *   datagram or stream -> answerQuery -> relay upstream -> learnAnswer -> host map -> reply, cut to fit a datagram
 */

import type dgram from 'node:dgram'
import type net from 'node:net'
import type { Duplex } from 'node:stream'
import { localEndpoint, remoteEndpoint } from '../relay/endpoints.js'
import type { RelayTap } from '../relay/relay-tap.js'
import type { Endpoint } from '../steering/flow.js'
import { type AnswerPolicy, answerQuery, fitDatagram, serverFailure } from './answer.js'
import { bindBoth } from './bind-both.js'
import { type HostLookup, lookupHost } from './host-lookup.js'
import type { HostMap } from './host-map.js'
import { learnAnswer } from './learn-answer.js'
import { serveQueries } from './stream-service.js'
import type { DnsTransport, DnsUpstream, UpstreamOutcome } from './upstream.js'
import { headerReply, RCODE } from './wire.js'

/** What the server works with; `now` gives ms, on the clock the host map is read with. */
export interface DnsServerOptions extends AnswerPolicy {
  readonly upstream: DnsUpstream
  readonly hostMap: HostMap
  readonly now: () => number
  /** Shown every query and every answer as they were. */
  readonly tap?: DnsTap | undefined
  /** Quiet time after which a TCP stream is closed, ms; 10 s unless told. */
  readonly streamIdleMs?: number
}

/** Sees the server's traffic; must not keep the memory it is shown, nor throw. */
export interface DnsTap {
  /** A datagram between a client and the address it asked. */
  datagram(from: Endpoint, to: Endpoint, bytes: Uint8Array, isQuery: boolean): void
  /** A connection: told what passes. */
  stream(client: Endpoint, server: Endpoint): RelayTap
}

/** Answers DNS on any number of sockets; owns every socket it serves until `close`. */
export class DnsServer {
  readonly #options: DnsServerOptions
  readonly #datagrams = new Set<dgram.Socket>()
  readonly #listeners = new Set<net.Server>()
  readonly #streams = new Set<Duplex>()

  constructor(options: DnsServerOptions) {
    this.#options = options
  }

  /**
   * Answers every datagram of a bound socket, wherever it was made (it may come from another network namespace); `asked` is
   * the address its clients ask.
   */
  serveDatagrams(socket: dgram.Socket, asked: Endpoint): void {
    this.#datagrams.add(socket)
    socket.once('close', () => this.#datagrams.delete(socket))
    // A failed receive says nothing about the next datagram.
    socket.on('error', () => {})
    socket.on('message', (query, client) => void this.#answerDatagram(socket, asked, query, client))
  }

  /** Answers the queries of one DNS-over-TCP stream from `client` to the address it `asked`. */
  serveStream(socket: Duplex, client: Endpoint, asked: Endpoint): void {
    this.#streams.add(socket)
    socket.once('close', () => this.#streams.delete(socket))
    const { streamIdleMs, tap } = this.#options
    const from = `${client.ip}:${client.port}`
    serveQueries(socket, (query) => this.#respond(query, 'tcp', from), streamIdleMs, tap?.stream(client, asked))
  }

  /** Listens on UDP and TCP with one port number (0: any) and gives that port. Throws SteerError `port-in-use` or `listen-failed`. */
  async listen({ host, port }: { readonly host: '127.0.0.1' | '::1'; readonly port: number }): Promise<number> {
    const bound = await bindBoth({ ip: host, port })
    this.serveDatagrams(bound.datagrams, { ip: host, port: bound.port })
    this.#listeners.add(bound.streams)
    bound.streams.on('error', () => {})
    bound.streams.on('connection', (socket) => {
      this.serveStream(socket, remoteEndpoint(socket), localEndpoint(socket))
    })
    return bound.port
  }

  /** The addresses of a host, for doors that are given names; asks the same upstream and teaches the same map. */
  resolve(host: string): Promise<HostLookup> {
    return lookupHost(host, {
      ipv6: this.#options.ipv6,
      known: (name) => this.#options.hostMap.freshAddresses(name, this.#options.now()),
      ask: (query, transport) => this.#relay(query, transport),
    })
  }

  /** Closes every socket; queries under way are dropped. The upstream stays open: it was given. */
  close(): void {
    for (const socket of this.#datagrams) socket.close()
    for (const listener of this.#listeners) listener.close()
    for (const stream of this.#streams) stream.destroy()
    this.#datagrams.clear()
    this.#listeners.clear()
  }

  async #answerDatagram(
    socket: dgram.Socket,
    asked: Endpoint,
    query: Buffer,
    { address, port }: dgram.RemoteInfo,
  ): Promise<void> {
    const client = { ip: address, port }
    this.#options.tap?.datagram(client, asked, query, true)
    const reply = await this.#respond(query, 'udp', `${address}:${port}`)
    if (reply === undefined || !this.#datagrams.has(socket)) return
    this.#options.tap?.datagram(asked, client, reply, false)
    try {
      socket.send(reply, port, address, () => {})
    } catch {
      // Closed a moment ago, or a forged source port 0: a lost datagram, the client asks again.
    }
  }

  /** A fault costs one query its answer, never the agent: an unhandled rejection would end the process. */
  async #respond(query: Buffer, transport: DnsTransport, client: string): Promise<Buffer | undefined> {
    try {
      return await this.#answer(query, transport, client)
    } catch {
      return headerReply(query, RCODE.serverFailure)
    }
  }

  async #answer(query: Buffer, transport: DnsTransport, client: string): Promise<Buffer | undefined> {
    const first = answerQuery(query, this.#options)
    if (first.step === 'drop') return undefined
    if (first.step === 'reply') return first.reply
    const outcome = await this.#relay(query, transport, client)
    if ('failure' in outcome) return serverFailure(first.query)
    return transport === 'udp' ? fitDatagram(first.query, outcome.reply) : outcome.reply
  }

  async #relay(query: Buffer, transport: DnsTransport, client?: string): Promise<UpstreamOutcome> {
    const outcome = await this.#options.upstream.ask(query, transport)
    if ('reply' in outcome) this.#learn(outcome.reply, client)
    return outcome
  }

  #learn(reply: Buffer, client: string | undefined): void {
    const lesson = learnAnswer(reply)
    if (lesson === undefined) return
    const { host, type, ips, ttl } = lesson
    const query = { name: host, type, ...(client !== undefined && { client }) }
    this.#options.hostMap.learn({ host, ips, ttl, query, now: this.#options.now() })
  }
}
