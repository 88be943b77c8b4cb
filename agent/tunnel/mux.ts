// Pure: many flows over one byte stream, as a state machine without a socket: `receive(bytes)` returns what happened,
// the other methods return the frame to send. Each stream has a credit window per direction: a sender may never have
// more than the receiver's window on the way, so one slow reader costs one window of memory and stalls nobody else.
// DATA payloads are handed on as they arrive, without waiting for their frame to be whole; only headers and control
// payloads (at most MAX_CONTROL_BYTES) are ever kept here.

import {
  FRAME,
  frame,
  HEADER_BYTES,
  jsonFrame,
  MAX_CONTROL_BYTES,
  MAX_DATA_BYTES,
  type ResetReason,
  resetFrame,
  resetReason,
  windowFrame,
  writeHeader,
} from './frame.js'

/** What a peer did. `bytes` and `payload` are views into the received memory: use them before it is reused. */
export type MuxEvent =
  | { readonly type: 'hello'; readonly payload: Uint8Array }
  | { readonly type: 'open'; readonly stream: number; readonly payload: Uint8Array }
  | { readonly type: 'opened'; readonly stream: number }
  | { readonly type: 'data'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly type: 'window'; readonly stream: number }
  | { readonly type: 'close'; readonly stream: number }
  | { readonly type: 'reset'; readonly stream: number; readonly reason: ResetReason; readonly detail: string }
  | { readonly type: 'ping'; readonly payload: Uint8Array }
  | { readonly type: 'pong'; readonly payload: Uint8Array }
  | { readonly type: 'goaway'; readonly reason: string }
  | { readonly type: 'violation'; readonly reason: string }

/** The agent opens streams, the gateway accepts them. */
export type MuxRole = 'agent' | 'gateway'

/** Payload bytes a stream may have on the way in one direction; measured: 256 KiB keeps a small flow beside a bulk one quick. */
export const DEFAULT_WINDOW_BYTES = 256 * 1024

interface StreamState {
  /** Bytes we may still send. */
  credit: number
  /** Bytes the peer may still send. */
  granted: number
  /** Bytes consumed here and not yet granted back. */
  consumed: number
  localClosed: boolean
  remoteClosed: boolean
}

/** One end of a multiplexed session; not usable after a `violation`. */
export class Mux {
  readonly #role: MuxRole
  readonly #window: number
  readonly #maxStreams: number
  #peerWindow: number | undefined
  #helloSeen = false
  #lastStream = 0
  readonly #streams = new Map<number, StreamState>()
  #broken = false

  // The frame being read: a header being gathered, then a control payload being gathered or DATA passing through.
  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerFilled = 0
  #type = 0
  #stream = 0
  #left = 0
  #payload: Uint8Array | undefined
  #payloadFilled = 0

  /** `window`: bytes granted to the peer for each stream; `maxStreams`: streams open at once. */
  constructor(role: MuxRole, window: number = DEFAULT_WINDOW_BYTES, maxStreams = 65536) {
    this.#role = role
    this.#window = window
    this.#maxStreams = maxStreams
  }

  /** Streams open now, in either direction. */
  get streamCount(): number {
    return this.#streams.size
  }

  /** Whether a stream is open in at least one direction. */
  has(stream: number): boolean {
    return this.#streams.has(stream)
  }

  /** Takes the window of the peer's HELLO: the credit of every stream from now on. */
  setPeerWindow(bytes: number): void {
    this.#peerWindow = bytes
  }

  /** HELLO, the first frame of each side. */
  hello(value: unknown): Buffer {
    return jsonFrame(FRAME.HELLO, 0, value)
  }

  /** Agent only: a new stream and its OPEN frame; `undefined` when numbers or room have run out. */
  open(request: unknown): { readonly stream: number; readonly frame: Buffer } | undefined {
    if (this.#streams.size >= this.#maxStreams || this.#lastStream >= 0xffffffff) return undefined
    const stream = ++this.#lastStream
    this.#addStream(stream)
    return { stream, frame: jsonFrame(FRAME.OPEN, stream, request) }
  }

  /** Gateway only: OPENED. */
  opened(stream: number): Buffer {
    return frame(FRAME.OPENED, stream)
  }

  /** Payload bytes that may be sent on a stream now; 0 when it is closed or gone. */
  credit(stream: number): number {
    const state = this.#streams.get(stream)
    return state === undefined || state.localClosed ? 0 : state.credit
  }

  /**
   * Writes the DATA header in front of `length` payload bytes that already stand in `block` after HEADER_BYTES, and
   * takes them off the credit. `length` must not exceed `credit(stream)` or MAX_DATA_BYTES.
   */
  dataHeader(stream: number, block: Uint8Array, length: number): void {
    const state = this.#streams.get(stream)
    if (state === undefined || length > state.credit || length > MAX_DATA_BYTES) throw new RangeError('beyond credit')
    state.credit -= length
    writeHeader(block, 0, FRAME.DATA, stream, length)
  }

  /** Says that `bytes` received bytes were consumed; returns a WINDOW frame once a quarter of the window is due. */
  consumed(stream: number, bytes: number): Buffer | undefined {
    const state = this.#streams.get(stream)
    if (state === undefined || state.remoteClosed) return undefined
    state.consumed += bytes
    if (state.consumed < this.#window / 4) return undefined
    const credit = state.consumed
    state.consumed = 0
    state.granted += credit
    return windowFrame(stream, credit)
  }

  /** Ends our direction; the other may go on. `undefined` when it is ended already. */
  close(stream: number): Buffer | undefined {
    const state = this.#streams.get(stream)
    if (state === undefined || state.localClosed) return undefined
    state.localClosed = true
    if (state.remoteClosed) this.#streams.delete(stream)
    return frame(FRAME.CLOSE, stream)
  }

  /** Ends both directions at once. `undefined` when the stream is gone already. */
  reset(stream: number, reason: ResetReason, detail: string): Buffer | undefined {
    return this.#streams.delete(stream) ? resetFrame(stream, reason, detail) : undefined
  }

  ping(payload: Uint8Array): Buffer {
    return frame(FRAME.PING, 0, payload)
  }

  pong(payload: Uint8Array): Buffer {
    return frame(FRAME.PONG, 0, payload)
  }

  goaway(reason: string): Buffer {
    return frame(FRAME.GOAWAY, 0, Buffer.from(reason.slice(0, 1000)))
  }

  /** Takes received bytes, cut anywhere; total: nonsense ends in one `violation`, after which nothing is read. */
  receive(bytes: Uint8Array): MuxEvent[] {
    const events: MuxEvent[] = []
    let at = 0
    while (at < bytes.length && !this.#broken) {
      if (this.#left === 0) {
        at = this.#readHeader(bytes, at, events)
        continue
      }
      const part = bytes.subarray(at, at + Math.min(this.#left, bytes.length - at))
      at += part.length
      this.#left -= part.length
      if (this.#type === FRAME.DATA) this.#onData(part, events)
      else this.#gather(part, events)
    }
    return events
  }

  #readHeader(bytes: Uint8Array, start: number, events: MuxEvent[]): number {
    const header = this.#header
    let at = start
    while (at < bytes.length && this.#headerFilled < HEADER_BYTES) header[this.#headerFilled++] = bytes[at++]!
    if (this.#headerFilled < HEADER_BYTES) return at
    this.#headerFilled = 0
    this.#type = header[0]!
    this.#left = (header[1]! << 16) | (header[2]! << 8) | header[3]!
    this.#stream = ((header[4]! << 24) | (header[5]! << 16) | (header[6]! << 8) | header[7]!) >>> 0
    const limit = this.#type === FRAME.DATA ? MAX_DATA_BYTES : MAX_CONTROL_BYTES
    if (this.#left > limit) this.#violation(`frame of type ${this.#type} is longer than ${limit} bytes`, events)
    else if (this.#left > 0) return at
    else if (this.#type === FRAME.DATA) this.#onData(new Uint8Array(0), events)
    else this.#gather(new Uint8Array(0), events)
    return at
  }

  /** Gathers a control payload; a payload that arrived in one piece is not copied. */
  #gather(part: Uint8Array, events: MuxEvent[]): void {
    if (this.#left === 0 && this.#payload === undefined) return this.#onControl(part, events)
    this.#payload ??= new Uint8Array(part.length + this.#left)
    this.#payload.set(part, this.#payloadFilled)
    this.#payloadFilled += part.length
    if (this.#left > 0) return
    const whole = this.#payload
    this.#payload = undefined
    this.#payloadFilled = 0
    this.#onControl(whole, events)
  }

  #onData(bytes: Uint8Array, events: MuxEvent[]): void {
    const state = this.#known(FRAME.DATA, events)
    if (state === undefined) return
    if (state.remoteClosed) return this.#violation(`DATA after CLOSE on stream ${this.#stream}`, events)
    if (bytes.length > state.granted) return this.#violation(`DATA beyond the window on stream ${this.#stream}`, events)
    state.granted -= bytes.length
    if (bytes.length > 0) events.push({ type: 'data', stream: this.#stream, bytes })
  }

  #onControl(payload: Uint8Array, events: MuxEvent[]): void {
    const stream = this.#stream
    switch (this.#type) {
      case FRAME.HELLO:
        if (this.#helloSeen) return this.#violation('a second HELLO', events)
        this.#helloSeen = true
        events.push({ type: 'hello', payload })
        return
      case FRAME.PING:
        events.push({ type: 'ping', payload })
        return
      case FRAME.PONG:
        events.push({ type: 'pong', payload })
        return
      case FRAME.GOAWAY:
        events.push({ type: 'goaway', reason: Buffer.from(payload).toString('utf8') })
        return
      case FRAME.OPEN:
        return this.#onOpen(stream, payload, events)
      default:
        return this.#onStreamControl(stream, payload, events)
    }
  }

  #onOpen(stream: number, payload: Uint8Array, events: MuxEvent[]): void {
    if (this.#role === 'agent') return this.#violation('the gateway may not OPEN', events)
    if (this.#peerWindow === undefined) return this.#violation('OPEN before HELLO', events)
    if (stream <= this.#lastStream) return this.#violation(`OPEN of stream ${stream}, which is not new`, events)
    if (this.#streams.size >= this.#maxStreams) return this.#violation('more streams than allowed', events)
    this.#lastStream = stream
    this.#addStream(stream)
    events.push({ type: 'open', stream, payload })
  }

  #onStreamControl(stream: number, payload: Uint8Array, events: MuxEvent[]): void {
    const state = this.#known(this.#type, events)
    if (state === undefined) return
    switch (this.#type) {
      case FRAME.OPENED:
        if (this.#role === 'gateway') return this.#violation('the agent may not say OPENED', events)
        events.push({ type: 'opened', stream })
        return
      case FRAME.WINDOW: {
        if (payload.length !== 4) return this.#violation('WINDOW must carry 4 bytes', events)
        state.credit += new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0)
        if (state.credit > 0x7fffffff) return this.#violation('WINDOW beyond 2 GiB', events)
        events.push({ type: 'window', stream })
        return
      }
      case FRAME.CLOSE:
        if (state.remoteClosed) return this.#violation(`CLOSE twice on stream ${stream}`, events)
        state.remoteClosed = true
        if (state.localClosed) this.#streams.delete(stream)
        events.push({ type: 'close', stream })
        return
      case FRAME.RESET: {
        this.#streams.delete(stream)
        const detail = Buffer.from(payload.subarray(1)).toString('utf8')
        events.push({ type: 'reset', stream, reason: resetReason(payload[0] ?? 0), detail })
        return
      }
      default:
        return this.#violation(`unknown frame type ${this.#type}`, events)
    }
  }

  /** The stream a frame is about. A stream that ended here may still have frames on the way: those are dropped silently. */
  #known(type: number, events: MuxEvent[]): StreamState | undefined {
    if (type < FRAME.HELLO || type > FRAME.GOAWAY) {
      this.#violation(`unknown frame type ${type}`, events)
      return undefined
    }
    const state = this.#streams.get(this.#stream)
    if (state === undefined && (this.#stream > this.#lastStream || this.#stream === 0))
      this.#violation(`frame of type ${type} for stream ${this.#stream}, which was never opened`, events)
    return state
  }

  #addStream(stream: number): void {
    const credit = this.#peerWindow ?? 0
    this.#streams.set(stream, {
      credit,
      granted: this.#window,
      consumed: 0,
      localClosed: false,
      remoteClosed: false,
    })
  }

  #violation(reason: string, events: MuxEvent[]): void {
    this.#broken = true
    events.push({ type: 'violation', reason })
  }
}
