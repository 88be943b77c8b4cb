/**
 * One TCP conversation as captures see it: nothing while none runs, rebuilt packets while one does. A capture that is
 * started in the middle of a conversation shows it from there on.
 */

import type { RelayTap, ResetBy } from '../relay/relay-tap.js'
import type { Endpoint } from '../steering/flow.js'
import type { PacketCapture } from './packet-capture.js'
import type { TcpConversation, TcpSide } from './tcp-conversation.js'

/** Where a conversation finds the capture that runs now; undefined while none does. */
export interface CaptureSlot {
  readonly current: PacketCapture | undefined
}

/** What a conversation is known by. */
export interface ConversationFacts {
  /** Which of the capture's interfaces it passes. */
  readonly interfaceName: string
  readonly client: Endpoint
  readonly server: Endpoint
  /** What stands on its first packet; asked when there is one. */
  readonly comment: () => string
}

/** Stands on the first packet of a conversation that the capture has come late for. */
const LATE = 'begun before this capture: its first packets, and its secrets, are not here'

/** The conversation. */
export class TappedConversation implements RelayTap {
  readonly #slot: CaptureSlot
  readonly #facts: ConversationFacts
  /** The capture that `#packets` are in. */
  #capture: PacketCapture | undefined
  #packets: TcpConversation | undefined
  /** Sides that have ended. */
  readonly #ended: TcpSide[] = []
  #isReset = false

  constructor(slot: CaptureSlot, facts: ConversationFacts) {
    this.#slot = slot
    this.#facts = facts
  }

  /** One whose handshake has ended just now; the SYN was sent at `begunAt`. Both in microseconds since 1970. */
  static open(slot: CaptureSlot, facts: ConversationFacts, begunAt: number, now: number): TappedConversation {
    const conversation = new TappedConversation(slot, facts)
    conversation.begin(begunAt)
    conversation.accepted(now)
    return conversation
  }

  /** It begins: the SYN was sent at `atUs`, microseconds since 1970. Called first, or never. */
  begin(atUs: number): void {
    const capture = this.#slot.current
    if (capture === undefined) return
    this.#capture = capture
    this.#packets = capture.conversation(this.#facts)
    this.#packets.begin(atUs)
  }

  /** The handshake ended at `atUs`. */
  accepted(atUs: number): void {
    this.#now()?.accepted(atUs)
  }

  /** The SYN was refused. */
  refused(): void {
    this.#isReset = true
    const packets = this.#now()
    if (packets !== undefined) packets.refused(this.#clock())
  }

  sent(bytes: Uint8Array): void {
    const packets = this.#now()
    if (packets !== undefined) packets.data('client', bytes, this.#clock())
  }

  received(bytes: Uint8Array): void {
    const packets = this.#now()
    if (packets !== undefined) packets.data('server', bytes, this.#clock())
  }

  sentEnd(): void {
    this.#end('client')
  }

  receivedEnd(): void {
    this.#end('server')
  }

  reset(by: ResetBy): void {
    // Nothing ends what has ended.
    if (this.#isReset || this.#ended.length === 2) return
    const packets = this.#now()
    this.#isReset = true
    if (packets !== undefined) packets.reset(by === 'application' ? 'client' : 'server', this.#clock())
  }

  #end(side: TcpSide): void {
    const packets = this.#now()
    if (!this.#ended.includes(side)) this.#ended.push(side)
    if (packets !== undefined) packets.end(side, this.#clock())
  }

  #clock(): number {
    return this.#capture!.now()
  }

  /** The conversation in the capture of this moment. */
  #now(): TcpConversation | undefined {
    const { current } = this.#slot
    if (current === this.#capture) return this.#packets
    this.#capture = current
    this.#packets = current?.conversation({ ...this.#facts, comment: () => this.#lateComment() })
    this.#packets?.midway(this.#ended)
    return this.#packets
  }

  #lateComment(): string {
    return [this.#facts.comment(), LATE].filter((text) => text !== '').join('\n')
  }
}
