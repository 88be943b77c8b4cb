// Pure: many flows over one byte stream, as a state machine without a socket: `receive(bytes)` returns what happened,
// the other methods return the frame to send. Each stream has a credit window per direction: a sender may never have
// more than the receiver's window on the way, so one slow reader costs one window of memory and stalls nobody else.

import {
  FRAME,
  frame,
  jsonFrame,
  MAX_DATA_BYTES,
  type ResetReason,
  resetFrame,
  resetReason,
  windowFrame,
  writeHeader,
} from './frame.js'
import { FrameReader } from './frame-reader.js'

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
  | { readonly type: 'keys'; readonly stream: number; readonly payload: Uint8Array }
  | { readonly type: 'violation'; readonly reason: string }

/** The agent opens streams, the gateway accepts them. */
export type MuxRole = 'agent' | 'gateway'

/** Payload bytes a stream may have on the way in one direction; both HELLOs carry it. Measured: 256 KiB keeps a small flow beside a bulk one quick. */
export const WINDOW_BYTES = 256 * 1024

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
  #peerWindow = 0
  #helloSeen = false
  #lastStream = 0
  readonly #streams = new Map<number, StreamState>()
  #events: MuxEvent[] = []
  readonly #reader = new FrameReader({
    dataBegins: (stream, length) => this.#onData(stream, length),
    dataArrives: (stream, bytes) => {
      // The stream may have been reset here since its frame began.
      if (this.#streams.has(stream)) this.#tell({ type: 'data', stream, bytes })
    },
    control: (type, stream, payload) => this.#onControl(type, stream, payload),
    tooLong: (type, limit) => this.#violation(`frame of type ${type} is longer than ${limit} bytes`),
  })

  /** `window`: bytes granted to the peer for each stream; `maxStreams`: streams open at once. */
  constructor(role: MuxRole, window: number = WINDOW_BYTES, maxStreams = 65536) {
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

  /** Takes the window of the peer's HELLO: the credit of every stream, also of those opened right behind the HELLO. */
  setPeerWindow(bytes: number): void {
    this.#peerWindow = bytes
    for (const state of this.#streams.values()) state.credit += bytes
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

  /** Gateway only: KEYS, a line of the key log format. */
  keys(stream: number, line: Uint8Array): Buffer {
    return frame(FRAME.KEYS, stream, line)
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
  receive(bytes: Uint8Array): readonly MuxEvent[] {
    this.#events = []
    this.#reader.read(bytes)
    return this.#events
  }

  // The following answer whether to read on.

  #onData(stream: number, length: number): boolean {
    if (this.#isUnknown(stream)) return this.#neverOpened(FRAME.DATA, stream)
    const state = this.#streams.get(stream)
    if (state === undefined) return true
    if (state.remoteClosed) return this.#violation(`DATA after CLOSE on stream ${stream}`)
    if (length > state.granted) return this.#violation(`DATA beyond the window on stream ${stream}`)
    state.granted -= length
    return true
  }

  #onControl(type: number, stream: number, payload: Uint8Array): boolean {
    switch (type) {
      case FRAME.HELLO:
        if (this.#helloSeen) return this.#violation('a second HELLO')
        this.#helloSeen = true
        return this.#tell({ type: 'hello', payload })
      case FRAME.PING:
        return this.#tell({ type: 'ping', payload })
      case FRAME.PONG:
        return this.#tell({ type: 'pong', payload })
      case FRAME.GOAWAY:
        return this.#tell({ type: 'goaway', reason: Buffer.from(payload).toString('utf8') })
      case FRAME.OPEN:
        return this.#onOpen(stream, payload)
      case FRAME.OPENED:
      case FRAME.WINDOW:
      case FRAME.CLOSE:
      case FRAME.RESET:
      case FRAME.KEYS:
        return this.#onStreamControl(type, stream, payload)
      default:
        return this.#violation(`unknown frame type ${type}`)
    }
  }

  #onOpen(stream: number, payload: Uint8Array): boolean {
    if (this.#role === 'agent') return this.#violation('the gateway may not OPEN')
    if (!this.#helloSeen) return this.#violation('OPEN before HELLO')
    if (stream <= this.#lastStream) return this.#violation(`OPEN of stream ${stream}, which is not new`)
    if (this.#streams.size >= this.#maxStreams) return this.#violation('more streams than allowed')
    this.#lastStream = stream
    this.#addStream(stream)
    return this.#tell({ type: 'open', stream, payload })
  }

  #onStreamControl(type: number, stream: number, payload: Uint8Array): boolean {
    if (this.#isUnknown(stream)) return this.#neverOpened(type, stream)
    const state = this.#streams.get(stream)
    if (state === undefined) return true
    switch (type) {
      case FRAME.OPENED:
        if (this.#role === 'gateway') return this.#violation('the agent may not say OPENED')
        return this.#tell({ type: 'opened', stream })
      case FRAME.KEYS:
        if (this.#role === 'gateway') return this.#violation('the agent has no KEYS')
        return this.#tell({ type: 'keys', stream, payload })
      case FRAME.WINDOW:
        if (payload.length !== 4) return this.#violation('WINDOW must carry 4 bytes')
        state.credit += new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0)
        if (state.credit > 0x7fffffff) return this.#violation('WINDOW beyond 2 GiB')
        return this.#tell({ type: 'window', stream })
      case FRAME.CLOSE:
        if (state.remoteClosed) return this.#violation(`CLOSE twice on stream ${stream}`)
        state.remoteClosed = true
        if (state.localClosed) this.#streams.delete(stream)
        return this.#tell({ type: 'close', stream })
      default: {
        this.#streams.delete(stream)
        const detail = Buffer.from(payload.subarray(1)).toString('utf8')
        return this.#tell({ type: 'reset', stream, reason: resetReason(payload[0] ?? 0), detail })
      }
    }
  }

  /** Whether no stream ever had this number. A stream that ended here may still have frames on the way: those are dropped silently. */
  #isUnknown(stream: number): boolean {
    return stream === 0 || stream > this.#lastStream
  }

  #neverOpened(type: number, stream: number): false {
    return this.#violation(`frame of type ${type} for stream ${stream}, which was never opened`)
  }

  #addStream(stream: number): void {
    this.#streams.set(stream, {
      credit: this.#peerWindow,
      granted: this.#window,
      consumed: 0,
      localClosed: false,
      remoteClosed: false,
    })
  }

  #tell(event: MuxEvent): true {
    this.#events.push(event)
    return true
  }

  #violation(reason: string): false {
    this.#events.push({ type: 'violation', reason })
    return false
  }
}
