/**
 * One flow inside a tunnel session, as a relay sees it. Not a Node stream on purpose: an idle flow costs a few hundred
 * bytes instead of several kilobytes, and bytes pass through uncopied. Both ends of the tunnel use this class.
 */

import type { ResetReason } from './frame.js'

/** What the owner of a stream wants to hear; set once by `TunnelStream.attach`. */
export interface StreamReceiver {
  /** Takes received bytes. True: the memory is free again. False: something still refers to it. */
  data(bytes: Uint8Array): boolean
  /** The peer sends no more; our direction may go on. */
  ended(): void
  /** The stream is over, by the peer or because the session ended (`aborted`). */
  reset(reason: ResetReason, detail: string): void
  /** `sendable` may have grown. */
  writable(): void
  /** A line of the flow's TLS secrets, as its OPEN asked for. Comes before the bytes that need it. */
  keys?(line: Uint8Array): void
}

/** What a stream needs of its session. */
export interface StreamSession {
  /** Scratch memory for one DATA frame: HEADER_BYTES of room, then the payload. Shared by all streams. */
  readonly scratch: Uint8Array
  sendable(id: number): number
  sendData(id: number, length: number): void
  sendClose(id: number): void
  sendReset(id: number, reason: ResetReason, detail: string): void
  sendOpened(id: number): void
  sendKeys(id: number, line: Uint8Array): void
  consumed(id: number, bytes: number): void
}

/** How opening ended: `opened`, or why not. */
export type OpenOutcome = 'opened' | { readonly reason: ResetReason; readonly detail: string }

/** One flow of a session. */
export class TunnelStream {
  readonly id: number
  readonly #session: StreamSession
  #receiver: StreamReceiver | undefined
  #early: Buffer[] | undefined
  #endSent = false
  #endHeard = false
  #over: { reason: ResetReason; detail: string } | undefined
  #open = false
  #awaitOpen: ((outcome: OpenOutcome) => void) | undefined

  constructor(id: number, session: StreamSession) {
    this.id = id
    this.#session = session
  }

  /** Where the next DATA payload goes before `send`. */
  get scratch(): Uint8Array {
    return this.#session.scratch
  }

  /** Payload bytes that may be sent now (0 while the window or the session's queue is full). */
  get sendable(): number {
    return this.#over === undefined ? this.#session.sendable(this.id) : 0
  }

  /** Resolves when the peer has opened the flow, or says why not. One caller. */
  whenOpened(): Promise<OpenOutcome> {
    if (this.#over !== undefined) return Promise.resolve(this.#over)
    if (this.#open) return Promise.resolve('opened')
    return new Promise((resolve) => {
      this.#awaitOpen = resolve
    })
  }

  /** Hands the stream to its relay; bytes that came before are delivered at once. */
  attach(receiver: StreamReceiver): void {
    this.#receiver = receiver
    const early = this.#early
    this.#early = undefined
    for (const bytes of early ?? []) receiver.data(bytes)
    if (this.#endHeard) receiver.ended()
    if (this.#over !== undefined) receiver.reset(this.#over.reason, this.#over.detail)
  }

  /** Gateway: the flow is connected. */
  accept(): void {
    this.#session.sendOpened(this.id)
  }

  /** Gateway: tells a line of the flow's TLS secrets. The agent has it before any byte that is sent after. */
  tellKeys(line: Uint8Array): void {
    if (this.#over === undefined) this.#session.sendKeys(this.id, line)
  }

  /** Sends `length` payload bytes that stand in the scratch memory behind the header's room; at most `sendable`. */
  send(length: number): void {
    if (this.#over === undefined) this.#session.sendData(this.id, length)
  }

  /** Ends our direction. */
  end(): void {
    if (this.#over !== undefined || this.#endSent) return
    this.#endSent = true
    this.#session.sendClose(this.id)
  }

  /** Whether the peer has said that it sends no more. */
  get peerEnded(): boolean {
    return this.#endHeard
  }

  /** Whether both directions have ended, as far as this stream has been told. */
  get finished(): boolean {
    return this.#endSent && this.#endHeard
  }

  /** Ends both directions now. */
  reset(reason: ResetReason, detail: string): void {
    if (this.#over !== undefined) return
    this.#over = { reason, detail }
    this.#session.sendReset(this.id, reason, detail)
  }

  /** Gives `bytes` of credit back to the peer once they have left this process. */
  consumed(bytes: number): void {
    if (this.#over === undefined) this.#session.consumed(this.id, bytes)
  }

  /** Session only: the gateway tells a line of the TLS secrets. */
  onKeys(line: Uint8Array): void {
    this.#receiver?.keys?.(line)
  }

  /** Session only: bytes arrived. Returns whether their memory is free again. */
  onData(bytes: Uint8Array): boolean {
    if (this.#receiver !== undefined) return this.#receiver.data(bytes)
    // Before the relay is attached: at most one window of them, the mux sees to that.
    this.#early ??= []
    this.#early.push(Buffer.from(bytes))
    return true
  }

  /** Session only: the peer's direction ended. */
  onEnded(): void {
    this.#endHeard = true
    this.#receiver?.ended()
  }

  /** Session only: the peer opened the flow. */
  onOpened(): void {
    this.#open = true
    this.#awaitOpen?.('opened')
    this.#awaitOpen = undefined
  }

  /** Session only: the stream or the whole session is over. */
  onReset(reason: ResetReason, detail: string): void {
    if (this.#over !== undefined) return
    this.#over = { reason, detail }
    this.#awaitOpen?.(this.#over)
    this.#awaitOpen = undefined
    this.#receiver?.reset(reason, detail)
  }

  /** Session only: credit or room came back. */
  onWritable(): void {
    this.#receiver?.writable()
  }
}
