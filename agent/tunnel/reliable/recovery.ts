// Pure: the packets on the way: what an acknowledgement says of them, which are lost, when to probe, when to give the
// peer up (RFC 9002 section 6). Packets carry a range of the stream; what becomes of it is told to `PacketFates`.
// The table is a ring of numbers by packet number: no memory is allocated for a packet.

import { Congestion } from './congestion.js'
import type { Ack } from './frame.js'
import { RoundTrip } from './round-trip.js'

/** Packet numbers that may be open at once: a full congestion window in datagrams of 1,040 bytes. */
const SLOTS = 4096

/** Slots kept for probes and window updates, which must go out when nothing else may. */
const SPARE_SLOTS = 64

/** A packet is lost when one so many numbers later has arrived (RFC 9002 section 6.1.1). */
const REORDERING = 3

/** Probes at a time (RFC 9002 section 6.2.4). */
const MOST_PROBES = 2

/**
 * The back-off stops at this part of the time after which the peer is given up, so that a path that comes back is noticed
 * soon. MOST_PROBES of them each time stay within SPARE_SLOTS.
 */
const LONGEST_BACK_OFF = 1 / 15

/** Who keeps the stream's bytes. Ranges [from, to) of the stream; empty ones are packets without a segment. */
export interface PacketFates {
  /** The peer has this range. */
  acked(from: number, to: number): void
  /** This range has to be sent again: its packet is lost, or a probe is due. */
  repeat(from: number, to: number): void
}

/** Loss recovery of one direction. Times are ms of one clock, sizes bytes. */
export class Recovery {
  readonly #fates: PacketFates
  readonly #giveUpMs: number
  readonly #roundTrip = new RoundTrip()
  readonly #congestion: Congestion
  readonly #from = new Float64Array(SLOTS)
  readonly #to = new Float64Array(SLOTS)
  readonly #sentAt = new Float64Array(SLOTS)
  /** Size of the datagram, 0 when its fate is known. */
  readonly #bytes = new Uint16Array(SLOTS)
  #next = 0
  #oldest = 0
  #open = 0
  #largestAcked = -1
  #lastSentAt = 0
  #firstSampleAt = Number.POSITIVE_INFINITY
  #silentSince = 0
  #silences = 0
  #probes = 0
  #lossAt = Number.POSITIVE_INFINITY

  /** `datagram`: the largest datagram; `giveUpMs`: how long the peer may acknowledge nothing while packets are open. */
  constructor(datagram: number, giveUpMs: number, fates: PacketFates) {
    this.#congestion = new Congestion(datagram)
    this.#giveUpMs = giveUpMs
    this.#fates = fates
  }

  /** The number of the next packet. */
  get next(): number {
    return this.#next
  }

  /** The lowest number whose fate is open; `next` when there is none. */
  get oldest(): number {
    return this.#oldest
  }

  /** Probes that are due: packets to be sent whatever the congestion window says. */
  get probes(): number {
    return this.#probes
  }

  /** The time-out after which silence is probed, without back-off, ms. */
  get probeMs(): number {
    return this.#roundTrip.probeMs
  }

  /** Whether a packet with a segment may go; `wanted`: there is one. */
  maySend(wanted: boolean): boolean {
    if (this.#probes > 0) return wanted && this.mayProbe
    return this.#congestion.allows(wanted) && this.#next - this.#oldest < SLOTS - SPARE_SLOTS
  }

  /** Whether there is room for a packet that has to go out. */
  get mayProbe(): boolean {
    return this.#next - this.#oldest < SLOTS
  }

  /** Packet `next` went out with [from, to) of the stream in a datagram of `bytes`. */
  sent(from: number, to: number, bytes: number, now: number): void {
    const slot = this.#next % SLOTS
    this.#from[slot] = from
    this.#to[slot] = to
    this.#sentAt[slot] = now
    this.#bytes[slot] = bytes
    this.#congestion.sent(bytes)
    if (this.#open === 0) this.#silentSince = now
    if (this.#probes > 0) this.#probes -= 1
    this.#next += 1
    this.#open += 1
    this.#lastSentAt = now
  }

  /** Takes an acknowledgement; false when it is of packets that were never sent. */
  acknowledged(ack: Ack, now: number): boolean {
    const { ranges } = ack
    const largest = ranges[1]! - 1
    if (largest >= this.#next) return false
    const sampled = largest >= this.#oldest && this.#bytes[largest % SLOTS] !== 0
    const before = this.#open
    // Upwards: what is in order stays one range.
    for (let range = ranges.length - 2; range >= 0; range -= 2)
      for (let number = Math.max(ranges[range]!, this.#oldest); number < ranges[range + 1]!; number += 1)
        this.#acked(number)
    if (this.#open === before) return true
    this.#largestAcked = Math.max(this.#largestAcked, largest)
    if (sampled) {
      if (!this.#roundTrip.measured) this.#firstSampleAt = now
      this.#roundTrip.sample(now - this.#sentAt[largest % SLOTS]!, ack.delayMs)
    }
    this.#silentSince = now
    this.#silences = 0
    this.#probes = 0
    this.#detectLosses(now)
    return true
  }

  /** When `onTime` has something to do; infinity when nothing is open. */
  get deadline(): number {
    if (this.#open === 0) return Number.POSITIVE_INFINITY
    return Math.min(Math.min(this.#lossAt, this.#probeAt), this.#silentSince + this.#giveUpMs)
  }

  /** Looks at the clock: finds losses, makes probes due. False when the peer has been silent for too long. */
  onTime(now: number): boolean {
    if (this.#open === 0) return true
    if (now >= this.#silentSince + this.#giveUpMs) return false
    if (now >= this.#lossAt) this.#detectLosses(now)
    else if (now >= this.#probeAt) this.#probe(now)
    return true
  }

  get #probeAt(): number {
    const { probeMs } = this.#roundTrip
    const longest = Math.max(probeMs, this.#giveUpMs * LONGEST_BACK_OFF)
    return this.#lastSentAt + Math.min(probeMs * 2 ** this.#silences, longest)
  }

  #acked(number: number): void {
    const slot = number % SLOTS
    const bytes = this.#bytes[slot]!
    if (bytes === 0) return
    this.#congestion.acked(bytes, this.#sentAt[slot]!)
    this.#settle(slot)
    this.#fates.acked(this.#from[slot]!, this.#to[slot]!)
  }

  /** Sends again what has waited longest; the back-off starts from now. */
  #probe(now: number): void {
    this.#silences += 1
    this.#lastSentAt = now
    let due = 0
    for (let number = this.#oldest; number < this.#next && due < MOST_PROBES; number += 1) {
      const slot = number % SLOTS
      if (this.#bytes[slot] === 0) continue
      this.#fates.repeat(this.#from[slot]!, this.#to[slot]!)
      due += 1
    }
    this.#probes = due
  }

  /** RFC 9002 appendix A.10; for persistent congestion, section 7.6, it looks for a run of losses. */
  #detectLosses(now: number): void {
    this.#lossAt = Number.POSITIVE_INFINITY
    const lossMs = this.#roundTrip.lossMs
    let runEnd = -1
    let runSince = 0
    let persistent = false
    for (let number = this.#oldest; number < this.#largestAcked; number += 1) {
      const slot = number % SLOTS
      const bytes = this.#bytes[slot]!
      if (bytes === 0) continue
      const sentAt = this.#sentAt[slot]!
      if (number > this.#largestAcked - REORDERING && sentAt + lossMs > now) {
        this.#lossAt = Math.min(this.#lossAt, sentAt + lossMs)
        continue
      }
      if (number !== runEnd || runSince < this.#firstSampleAt) runSince = sentAt
      runEnd = number + 1
      if (runSince >= this.#firstSampleAt && sentAt - runSince > this.#roundTrip.persistentMs) persistent = true
      this.#congestion.lost(bytes, sentAt, now)
      this.#settle(slot)
      this.#fates.repeat(this.#from[slot]!, this.#to[slot]!)
    }
    if (persistent) this.#congestion.collapse()
    while (this.#oldest < this.#next && this.#bytes[this.#oldest % SLOTS] === 0) this.#oldest += 1
  }

  #settle(slot: number): void {
    this.#bytes[slot] = 0
    this.#open -= 1
  }
}
