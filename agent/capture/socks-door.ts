/**
 * The SOCKS5 door (RFC 1928): CONNECT without authentication, on loopback. The program that owns the connection is what
 * identifies a client here, so there is nothing a password would add. BIND and UDP ASSOCIATE are answered with 7.
 */

import { createServer, type Socket } from 'node:net'
import type { OwnerFinder } from '../process/owner.js'
import type { FlowFailure, FlowHandler } from './door.js'
import { answerOnce, sayLastWords } from './last-words.js'
import { type Client, type DoorLimits, LoopbackDoor } from './loopback-door.js'
import {
  encodeReply,
  METHOD_CHOSEN,
  parseGreeting,
  parseRequest,
  REPLY,
  type ReplyCode,
  type SocksRequest,
} from './socks5-codec.js'

/** What the door needs. */
export interface SocksDoorOptions {
  readonly handle: FlowHandler
  readonly owners: OwnerFinder
  readonly limits: DoorLimits
}

const REPLY_TO: Readonly<Record<FlowFailure, ReplyCode>> = {
  blocked: REPLY.notAllowed,
  refused: REPLY.connectionRefused,
  unreachable: REPLY.hostUnreachable,
  'host-not-found': REPLY.hostUnreachable,
  'timed-out': REPLY.ttlExpired,
  'gateway-down': REPLY.generalFailure,
}

/** A SOCKS5 proxy whose connections are flows. */
export class SocksDoor extends LoopbackDoor {
  readonly #handle: FlowHandler
  readonly #limits: DoorLimits

  constructor({ handle, owners, limits }: SocksDoorOptions) {
    const server = createServer({ allowHalfOpen: true, noDelay: true })
    super(server, owners, limits)
    this.#handle = handle
    this.#limits = limits
    server.on('connection', (socket: Socket) => {
      const client = this.clientOf(socket)
      if (client !== undefined) this.#greet(socket, client)
    })
  }

  /** Reads greeting and request, in whatever pieces they come; what follows them is the flow's head. */
  #greet(socket: Socket, client: Client): void {
    let received: Buffer = Buffer.alloc(0)
    let greeted = false
    const tooSlow = setTimeout(() => socket.destroy(), this.#limits.greetingMs)
    const gone = () => socket.destroy()
    const done = () => {
      clearTimeout(tooSlow)
      socket.off('data', read)
      socket.off('end', gone)
      socket.off('close', done)
      this.greeted(socket)
    }
    const refuse = (reply: Uint8Array) => {
      done()
      sayLastWords(socket, reply)
    }
    const read = (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      if (!greeted) {
        const greeting = parseGreeting(received)
        if (greeting === 'need-more') return
        if ('error' in greeting) return refuse(greeting.reply)
        greeted = true
        received = received.subarray(greeting.length)
        socket.write(METHOD_CHOSEN)
      }
      const request = parseRequest(received)
      if (request === 'need-more') return
      if ('error' in request) return refuse(request.reply)
      done()
      socket.pause()
      void this.#open(socket, client, request, received.subarray(request.length))
    }
    socket.on('data', read)
    socket.on('end', gone)
    socket.on('close', done)
  }

  #open(socket: Socket, client: Client, { target }: SocksRequest, head: Uint8Array): Promise<void> {
    return this.#handle({
      door: 'socks5',
      socket,
      source: client.source,
      host: target.host,
      destination: target.destination,
      head,
      owner: () => client.owner,
      ...answerOnce(socket, {
        yes: encodeReply(REPLY.succeeded),
        no: (failure) => encodeReply(REPLY_TO[failure]),
      }),
    })
  }
}
