/**
 * One tunnel session: owns its socket, feeds the mux, and gives each event to its stream. Agent and gateway both use
 * it; `role` says who opens. A session ends once, for one reason, and then every stream of it is reset: a flow never
 * outlives its session.
 *
 * Reading: each decrypted TLS record is at most 16 KiB and arrives alone, so records gather in one block and the mux is
 * fed once per turn of the event loop, or at BATCH_BYTES: one write to the application instead of eight.
 */

import type { Duplex } from 'node:stream'
import { type ReadTarget, readInto } from '../relay/read-into.js'
import { HEADER_BYTES, type ResetReason } from './frame.js'
import { FrameWriter } from './frame-writer.js'
import type { AgentHello, GatewayHello } from './hello.js'
import { type KeepAlive, KeepAliveWatch } from './keep-alive.js'
import { Mux, type MuxEvent, type MuxRole } from './mux.js'
import { LateBytes, type Road } from './road.js'
import { type StreamSession, TunnelStream } from './stream.js'

/** Largest DATA payload we send, in bytes: one read of a socket. */
export const READ_BYTES = 64 * 1024
const READ_BLOCK_BYTES = 512 * 1024
const RECORD_BYTES = 16 * 1024
const BATCH_BYTES = 128 * 1024

/** How long the last words may take to leave, ms. */
const GOODBYE_MS = 1000

/** Why a session ended whose peer answered no PING. */
export const SILENT_PEER = 'the peer stopped answering'

/** What the session tells its owner. `hello` answers whether the peer's HELLO was accepted; a string is why not. */
export interface SessionOwner {
  /** Takes the peer's HELLO payload and returns its window in bytes, or a sentence why the session must end. */
  hello(payload: Uint8Array): number | string
  /** Gateway: the agent wants a flow opened. */
  open?(stream: TunnelStream, payload: Uint8Array): void
  /** The session is over; called once. */
  ended(reason: string): void
}

/** A connected, authenticated way to the peer: a TLS socket, or a reliable stream over DTLS. */
export interface SessionSocket extends Duplex {
  setNoDelay(noDelay?: boolean): unknown
}

/** A multiplexed session over such a socket. */
export class TunnelSession implements StreamSession {
  readonly scratch = Buffer.allocUnsafeSlow(HEADER_BYTES + READ_BYTES)
  readonly #socket: SessionSocket
  readonly #owner: SessionOwner
  readonly #mux: Mux
  readonly #writer: FrameWriter
  readonly #streams = new Map<number, TunnelStream>()
  readonly #keepAlive: KeepAliveWatch
  readonly #road: Road | undefined
  readonly #late = new LateBytes((bytes) => this.#feed(bytes))
  #waitingForRoom = new Set<number>()
  // The block records gather in: [from, to) is not yet fed to the mux; `held`: something still refers to a part of it.
  #block = Buffer.allocUnsafeSlow(READ_BLOCK_BYTES)
  #from = 0
  #to = 0
  #held = false
  #scheduled = false
  #over = false

  constructor(role: MuxRole, socket: SessionSocket, owner: SessionOwner, keepAlive: KeepAlive, road?: Road) {
    this.#socket = socket
    this.#owner = owner
    this.#road = road
    this.#mux = new Mux(role)
    this.#writer = new FrameWriter(socket, () => this.#onRoom())
    socket.setNoDelay(true)
    socket.on('error', (error) => this.#end(error.message))
    socket.on('end', () => {
      this.#process()
      this.#end('closed by the peer')
    })
    socket.on('close', () => this.#end('closed'))
    readInto(socket, this.#readTarget())
    this.#keepAlive = new KeepAliveWatch(keepAlive, {
      ping: () => this.#send(this.#mux.ping(Buffer.from('keepaliv'))),
      lost: () => this.#end(SILENT_PEER),
    })
  }

  /** Flows open now. */
  get streamCount(): number {
    return this.#streams.size
  }

  /** Asks the peer at once whether it is still there; a silent one ends the session as usual. */
  askNow(): void {
    this.#keepAlive.askNow()
  }

  /** Sends our HELLO. */
  sendHello(value: AgentHello | GatewayHello): void {
    this.#put(this.#mux.hello(value))
  }

  /** Agent: opens a flow; `undefined` when the session has no room or is over. */
  open(request: unknown): TunnelStream | undefined {
    if (this.#over) return undefined
    const opened = this.#mux.open(request)
    if (opened === undefined) return undefined
    const stream = new TunnelStream(opened.stream, this)
    this.#streams.set(opened.stream, stream)
    this.#put(opened.frame)
    return stream
  }

  /** Ends the session in order: GOAWAY, then the socket's end; flows still open are reset. */
  close(reason: string): void {
    if (this.#over) return
    this.#put(this.#mux.goaway(reason))
    if (!this.#isCutOff) this.#writer.end()
    this.#end(reason)
  }

  sendable(id: number): number {
    if (this.#writer.hasRoom) return this.#mux.credit(id)
    this.#waitingForRoom.add(id)
    return 0
  }

  sendData(id: number, length: number): void {
    // Gone at the peer's word, which lies in the batch being dispatched: its stream has not heard of it yet.
    if (!this.#mux.has(id)) return
    this.#mux.dataHeader(id, this.scratch, length)
    this.#put(this.scratch.subarray(0, HEADER_BYTES + length))
  }

  sendClose(id: number): void {
    this.#send(this.#mux.close(id))
    this.#forgetIfFinished(id)
  }

  sendReset(id: number, reason: ResetReason, detail: string): void {
    this.#streams.delete(id)
    this.#send(this.#mux.reset(id, reason, detail))
  }

  sendOpened(id: number): void {
    if (this.#streams.has(id)) this.#put(this.#mux.opened(id))
  }

  sendKeys(id: number, line: Uint8Array): void {
    if (this.#streams.has(id)) this.#put(this.#mux.keys(id, line))
  }

  consumed(id: number, bytes: number): void {
    this.#send(this.#mux.consumed(id, bytes))
  }

  #put(frame: Uint8Array): void {
    if (!this.#isCutOff) this.#writer.write(frame)
  }

  get #isCutOff(): boolean {
    return this.#road?.delayMs() === Number.POSITIVE_INFINITY
  }

  #send(frame: Buffer | undefined): void {
    if (frame !== undefined && !this.#over) this.#put(frame)
  }

  // Not as soon as the mux forgets it: the mux is a batch ahead, and the stream has to be told of its end first.
  #forgetIfFinished(id: number): void {
    if (this.#streams.get(id)?.finished) this.#streams.delete(id)
  }

  #readTarget(): ReadTarget {
    return {
      buffer: () => {
        // Only here may the block be rewound or replaced: the memory given last is the memory the next read fills.
        if (this.#from === this.#to && this.#to > 0) {
          if (this.#held) this.#block = Buffer.allocUnsafeSlow(READ_BLOCK_BYTES)
          this.#held = false
          this.#from = this.#to = 0
        }
        return this.#block.subarray(this.#to, this.#to + RECORD_BYTES)
      },
      received: (length) => {
        if (this.#over) return false
        this.#keepAlive.heard()
        this.#to += length
        if (this.#to - this.#from >= BATCH_BYTES || this.#to + RECORD_BYTES > READ_BLOCK_BYTES) this.#process()
        else if (!this.#scheduled) {
          this.#scheduled = true
          setImmediate(this.#processSoon)
        }
        return !this.#over
      },
    }
  }

  readonly #processSoon = () => {
    this.#scheduled = false
    this.#process()
  }

  /** Feeds what has gathered to the mux. */
  #process(): void {
    if (this.#from === this.#to || this.#over) return
    const bytes = this.#block.subarray(this.#from, this.#to)
    this.#from = this.#to
    const delay = this.#road?.delayMs() ?? 0
    if (delay === Number.POSITIVE_INFINITY) return
    if (delay > 0 || !this.#late.isEmpty) this.#late.add(bytes, delay)
    else this.#feed(bytes)
  }

  #feed(bytes: Buffer): void {
    for (const event of this.#mux.receive(bytes)) {
      if (this.#over) return
      if (!this.#dispatch(event)) this.#held = true
    }
  }

  /** Returns whether the memory behind the event is free again. */
  #dispatch(event: MuxEvent): boolean {
    switch (event.type) {
      case 'data':
        return this.#streams.get(event.stream)?.onData(event.bytes) ?? true
      case 'window':
        this.#streams.get(event.stream)?.onWritable()
        return true
      case 'open': {
        const stream = new TunnelStream(event.stream, this)
        this.#streams.set(event.stream, stream)
        this.#owner.open?.(stream, event.payload)
        return true
      }
      case 'opened':
        this.#streams.get(event.stream)?.onOpened()
        return true
      case 'keys':
        this.#streams.get(event.stream)?.onKeys(event.payload)
        return true
      case 'close':
        this.#streams.get(event.stream)?.onEnded()
        this.#forgetIfFinished(event.stream)
        return true
      case 'reset': {
        const stream = this.#streams.get(event.stream)
        this.#streams.delete(event.stream)
        stream?.onReset(event.reason, event.detail)
        return true
      }
      case 'hello': {
        const window = this.#owner.hello(event.payload)
        if (typeof window === 'string') this.close(window)
        else this.#mux.setPeerWindow(window)
        return true
      }
      case 'ping':
        // With a full queue the peer will hear enough of us, if it reads at all.
        if (this.#writer.hasRoom) this.#send(this.#mux.pong(event.payload))
        return true
      case 'pong':
        return true
      case 'goaway':
        this.#writer.end()
        this.#end(`the peer is going away: ${event.reason}`)
        return true
      case 'violation':
        this.close(`protocol violation: ${event.reason}`)
        return true
    }
  }

  #onRoom(): void {
    const waiting = this.#waitingForRoom
    this.#waitingForRoom = new Set()
    for (const id of waiting) this.#streams.get(id)?.onWritable()
  }

  #end(reason: string): void {
    if (this.#over) return
    this.#over = true
    this.#keepAlive.close()
    this.#late.clear()
    const streams = [...this.#streams.values()]
    this.#streams.clear()
    for (const stream of streams) stream.onReset('aborted', reason)
    // On a road that is cut not even the end may arrive: the socket is for whoever cut it.
    if (this.#isCutOff) this.#socket.pause()
    else if (!this.#socket.writableEnded) this.#socket.destroy()
    else {
      const late = setTimeout(() => this.#socket.destroy(), GOODBYE_MS)
      this.#socket.once('close', () => clearTimeout(late))
    }
    this.#owner.ended(reason)
  }
}
