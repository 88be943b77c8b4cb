/**
 * The upstream connections of one client of the HTTP door, for node:http: each connection http asks for becomes one flow,
 * handed to the FlowHandler over one end of an in-memory pair while http holds the other. They are pooled for this client
 * alone (another client is another program, with another owner and maybe another verdict) and all end with it.
 */

import { Agent, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CapturedFlow, FlowFailure, FlowHandler } from './door.js'
import { duplexPair } from './duplex-pair.js'
import { type FlowTarget, flowTarget } from './flow-target.js'
import type { Client } from './loopback-door.js'

/** Idle connections kept for a client that goes from host to host; the oldest makes room. */
const KEPT_IDLE = 8

/** How long the flow's side may finish after http has closed its own, in ms. */
const CLOSE_MS = 10_000

/** The flow behind an upstream connection could not be opened; http reports it as the request's error. */
export class FlowFailed extends Error {
  readonly failure: FlowFailure

  constructor(failure: FlowFailure) {
    super(failure)
    this.failure = failure
  }
}

type Connect = (host: string, port: number) => Duplex

class FlowAgent extends Agent {
  readonly #connect: Connect

  constructor(connect: Connect, keepAlive: boolean) {
    super({ keepAlive })
    this.#connect = connect
  }

  override createConnection({ host, port }: ClientRequestArgs): Duplex {
    const idle = Object.values(this.freeSockets).flatMap((sockets) => sockets ?? [])
    if (idle.length >= KEPT_IDLE) idle[0]?.destroy()
    return this.#connect(String(host), Number(port))
  }
}

/** What one client has open upstream. */
export class ClientUpstreams {
  readonly #client: Client
  readonly #handle: FlowHandler
  readonly #open = new Set<Duplex>()
  /** Keeps connections for the next request. */
  readonly shared: Agent
  /** One connection for one request. */
  readonly single: Agent

  constructor(client: Client, handle: FlowHandler) {
    this.#client = client
    this.#handle = handle
    const connect: Connect = (host, port) => this.#connect(host, port)
    this.shared = new FlowAgent(connect, true)
    this.single = new FlowAgent(connect, false)
  }

  /** Resets whatever is open: the client went away. */
  close(): void {
    for (const end of this.#open) end.destroy()
  }

  #connect(host: string, port: number): Duplex {
    const target = flowTarget(host, port)
    if (target === undefined) throw new TypeError(`not a checked target: ${host} port ${port}`)
    const [forHttp, forFlow] = duplexPair({ allowHalfOpen: false }, { allowHalfOpen: true })
    forHttp.on('error', () => {})
    forFlow.on('error', () => {})
    this.#open.add(forHttp)
    forHttp.once('close', () => {
      this.#open.delete(forHttp)
      if (forFlow.destroyed) return
      const tooSlow = setTimeout(() => forFlow.destroy(), CLOSE_MS)
      forFlow.once('close', () => clearTimeout(tooSlow))
    })
    // node:http listens to a new connection a tick later; a flow that fails at once would go unnoticed before.
    setImmediate(() => {
      if (!forFlow.destroyed) void this.#handle(this.#flow(target, forHttp, forFlow))
    })
    return forHttp
  }

  #flow(target: FlowTarget, forHttp: Duplex, forFlow: Duplex): CapturedFlow {
    return {
      door: 'http-forward',
      socket: forFlow,
      source: this.#client.source,
      host: target.host,
      destination: target.destination,
      head: new Uint8Array(0),
      owner: () => this.#client.owner,
      opened: () => {},
      failed: (failure) => forHttp.destroy(new FlowFailed(failure)),
    }
  }
}
