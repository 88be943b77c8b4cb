/**
 * The SOCKS5 door (RFC 1928): CONNECT without authentication, on loopback. The program that owns the connection is what
 * identifies a client here, so there is nothing a password would add. BIND and UDP ASSOCIATE are answered with 7.
 */

import { createServer, type Socket } from 'node:net'
import type { FlowFailure } from './door.js'
import { type DoorWords, sayLastWords } from './last-words.js'
import { type Client, LoopbackDoor, type LoopbackDoorOptions } from './loopback-door.js'
import { encodeReply, METHOD_CHOSEN, parseGreeting, parseRequest, REPLY, type ReplyCode } from './socks5-codec.js'

const REPLY_TO: Readonly<Record<FlowFailure, ReplyCode>> = {
  blocked: REPLY.notAllowed,
  refused: REPLY.connectionRefused,
  unreachable: REPLY.hostUnreachable,
  'host-not-found': REPLY.hostUnreachable,
  'timed-out': REPLY.ttlExpired,
  'gateway-down': REPLY.generalFailure,
}

const WORDS: DoorWords = { yes: encodeReply(REPLY.succeeded), no: (failure) => encodeReply(REPLY_TO[failure]) }

/** A SOCKS5 proxy whose connections are flows. */
export class SocksDoor extends LoopbackDoor {
  readonly #greetingMs: number

  constructor(options: LoopbackDoorOptions) {
    const server = createServer({ allowHalfOpen: true, noDelay: true })
    super(server, options)
    this.#greetingMs = options.limits.greetingMs
    server.on('connection', (socket: Socket) => {
      const client = this.clientOf(socket)
      if (client !== undefined) this.#greet(socket, client)
    })
  }

  /** Reads greeting and request, in whatever pieces they come; what follows them is the flow's head. */
  #greet(socket: Socket, client: Client): void {
    let received: Buffer = Buffer.alloc(0)
    let greeted = false
    const tooSlow = setTimeout(() => socket.destroy(), this.#greetingMs)
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
      const head = received.subarray(request.length)
      this.handOver({ door: 'socks5', socket, client, target: request.target, head, words: WORDS })
    }
    socket.on('data', read)
    socket.on('end', gone)
    socket.on('close', done)
  }
}
