/**
 * A packet capture on disk, pcapng or classic pcap. Packets are written straight into the memory that goes to the file:
 * nothing waits for the disk, and nothing throws but `open`.
 */

import { messageOf, SteerError } from '../errors.js'
import type { BlockMemory } from './block-memory.js'
import { BlockQueue } from './block-queue.js'
import type { CaptureFormat, CaptureHead, InterfaceCounts, PacketFacts } from './capture-format.js'
import { classicFormat } from './classic-format.js'
import { LINK_HEADER_BYTES, writeLinkHeader } from './link-header.js'
import type { TcpPacket, UdpPacket, UnreachableReason } from './packet.js'
import { pcapngFormat } from './pcapng-format.js'
import { RingFile } from './ring-file.js'
import {
  MOST_PACKET_BYTES,
  tcpPacketBytes,
  udpPacketBytes,
  unreachableBytes,
  unreachableRoom,
  writeTcp,
  writeUdp,
  writeUnreachable,
} from './write-ip.js'

/** What a capture file is to be. */
export interface CaptureWriterOptions extends CaptureHead {
  /** Full path of the newest file; made 0600. What it held is gone. */
  readonly path: string
  readonly format: 'pcapng' | 'pcap'
  /** Size of a file before the next begins, bytes. */
  readonly maxBytes: number
  /** Files kept, at least 1: NAME.pcap is the newest, NAME.1.pcap the one before. With 1, the file begins anew. */
  readonly files: number
  /** Whether secrets will come, later than the packets that they open: these wait for them. */
  readonly awaitsSecrets?: boolean
  /** Told once, when the disk refused (`capture-failed`): the writer has stopped, the file ends with its last whole packet. */
  readonly failed: (error: SteerError) => void
}

const NO_COMMENT = new Uint8Array(0)

/** What was taken is in the file after so many ms, or twice that. */
const SETTLE_MS = 500

/** MiB that wait for secrets at most: a gateway tells the last of them a round trip after the packets have passed. */
const KEPT_PIECES = 16

/** One capture that is written. */
export class CaptureWriter {
  /** Full path of the newest file. */
  readonly path: string
  readonly #format: CaptureFormat
  readonly #queue: BlockQueue
  readonly #snapLength: number
  /** What of a file is for packets: its end has room, too. */
  readonly #limit: number
  readonly #counts: readonly InterfaceCounts[]
  #fileBytes: number
  /** Of the files before. */
  #pastBytes = 0
  #lastUs = 0

  readonly #settling: NodeJS.Timeout

  /** Begins the file; throws SteerError `capture-failed` where it cannot be made. */
  static async open(options: CaptureWriterOptions): Promise<CaptureWriter> {
    const format = options.format === 'pcapng' ? pcapngFormat(options) : classicFormat(options)
    try {
      const file = await RingFile.open({ path: options.path, files: options.files, format })
      return new CaptureWriter(options, format, file)
    } catch (error) {
      throw new SteerError('capture-failed', `cannot make ${options.path}: ${messageOf(error)}`, { cause: error })
    }
  }

  private constructor(options: CaptureWriterOptions, format: CaptureFormat, file: RingFile) {
    const { path, interfaces, snapLength, maxBytes, awaitsSecrets = false, failed } = options
    this.path = path
    this.#format = format
    this.#snapLength = snapLength
    this.#counts = interfaces.map(() => ({ taken: 0, dropped: 0 }))
    this.#limit = maxBytes - format.tail(0, this.#counts).length
    this.#fileBytes = format.head.length
    this.#queue = new BlockQueue(
      file,
      (error) => {
        const message = `the capture has ended, ${path} cannot be written: ${messageOf(error)}`
        clearInterval(this.#settling)
        failed(new SteerError('capture-failed', message, { cause: error }))
      },
      awaitsSecrets ? KEPT_PIECES : 0,
    )
    this.#settling = setInterval(() => this.#queue.settle(), SETTLE_MS).unref()
  }

  /** Packets taken so far. */
  get packets(): number {
    return this.#counts.reduce((sum, { taken }) => sum + taken, 0)
  }

  /** Bytes of all files so far, those that still wait included. */
  get bytes(): number {
    return this.#pastBytes + this.#fileBytes
  }

  /** Packets that were lost: the disk was too slow, or they were longer than IP allows. */
  get dropped(): number {
    return this.#counts.reduce((sum, { dropped }) => sum + dropped, 0)
  }

  /** A TCP segment; nothing of it is kept after the call. */
  tcp(packet: TcpPacket): void {
    const bytes = tcpPacketBytes(packet)
    const comment = this.#comment(packet)
    const memory = this.#room(packet, bytes, bytes, comment)
    if (memory === undefined) return
    writeTcp(memory, this.#ipAt(), packet)
    this.#add(memory, packet, bytes, comment)
  }

  /** A datagram; nothing of it is kept after the call. */
  udp(packet: UdpPacket): void {
    const bytes = udpPacketBytes(packet)
    const comment = this.#comment(packet)
    const memory = this.#room(packet, bytes, bytes, comment)
    if (memory === undefined) return
    writeUdp(memory, this.#ipAt(), packet)
    this.#add(memory, packet, bytes, comment)
  }

  /** The ICMP message that refuses a datagram, from where it was sent to. */
  icmpUnreachable(refused: UdpPacket, reason: UnreachableReason, atUs: number): void {
    const bytes = unreachableBytes(refused)
    const facts = { interfaceId: refused.interfaceId, atUs, outbound: !refused.outbound }
    const memory = this.#room(facts, bytes, unreachableRoom(refused), NO_COMMENT)
    if (memory === undefined) return
    writeUnreachable(memory, this.#ipAt(), refused, reason)
    this.#add(memory, facts, bytes, NO_COMMENT)
  }

  /** An IP packet as it was; `originalLength` is what it had on the wire, bytes. */
  raw(
    interfaceId: number,
    atUs: number,
    ipPacket: Uint8Array,
    originalLength: number,
    outbound: boolean,
    text?: string,
  ): void {
    const facts = { interfaceId, atUs, outbound, comment: text }
    const bytes = Math.min(ipPacket.length, this.#snapLength, MOST_PACKET_BYTES)
    const comment = this.#comment(facts)
    const memory = this.#room(facts, bytes, bytes, comment)
    if (memory === undefined) return
    memory.bytes.set(ipPacket.subarray(0, bytes), this.#ipAt())
    this.#add(memory, facts, originalLength, comment, bytes)
  }

  /** TLS secrets, lines in the NSS key log format, ahead of the packets that they open; nothing in classic pcap. */
  secrets(keyLogText: string): void {
    const block = this.#format.secrets(Buffer.from(keyLogText))
    if (block === undefined) return
    this.#beginFileFor(block.length)
    this.#queue.ahead(block)
    this.#fileBytes += block.length
  }

  /** Resolves when all that was taken before is in the file, which is whole up to there. */
  flush(): Promise<void> {
    return this.#queue.flush()
  }

  /** Resolves when the file is complete and closed; what comes later is ignored. */
  close(): Promise<void> {
    clearInterval(this.#settling)
    const tail = this.#format.tail(this.#lastUs, this.#counts)
    if (!this.#queue.isClosed) this.#fileBytes += tail.length
    return this.#queue.close(tail)
  }

  #comment({ comment }: PacketFacts): Uint8Array {
    return comment === undefined ? NO_COMMENT : this.#format.comment(comment)
  }

  /** Memory for an IP packet of so many bytes, of which `room` are written over; undefined when it is lost. */
  #room(facts: PacketFacts, bytes: number, room: number, comment: Uint8Array): BlockMemory | undefined {
    const counts = this.#counts[facts.interfaceId]
    if (counts === undefined || this.#queue.isClosed) return undefined
    const block = this.#format.blockBytes(this.#kept(bytes), comment.length)
    this.#beginFileFor(block)
    const memory =
      bytes > MOST_PACKET_BYTES
        ? undefined
        : this.#queue.room(Math.max(block, this.#format.packetAt + LINK_HEADER_BYTES + room))
    if (memory === undefined) counts.dropped++
    return memory
  }

  /** Where the next IP packet is written. */
  #ipAt(): number {
    return this.#queue.at + this.#format.packetAt + LINK_HEADER_BYTES
  }

  /** What is kept of an IP packet and its link header, bytes. */
  #kept(bytes: number): number {
    return Math.min(LINK_HEADER_BYTES + bytes, this.#snapLength)
  }

  /** Completes the block of an IP packet that is written, and had `original` bytes. */
  #add(memory: BlockMemory, facts: PacketFacts, original: number, comment: Uint8Array, bytes = original): void {
    const kept = this.#kept(bytes)
    writeLinkHeader(memory, this.#queue.at + this.#format.packetAt, facts.outbound)
    this.#format.writeAround(memory, this.#queue.at, facts, kept, LINK_HEADER_BYTES + original, comment)
    this.#filled(this.#format.blockBytes(kept, comment.length))
    this.#counts[facts.interfaceId]!.taken++
    this.#lastUs = facts.atUs
  }

  #beginFileFor(block: number): void {
    const head = this.#format.head.length
    if (this.#fileBytes + block <= this.#limit || this.#fileBytes === head) return
    this.#queue.nextFile()
    this.#pastBytes += this.#fileBytes
    this.#fileBytes = head
  }

  #filled(bytes: number): void {
    this.#queue.filled(bytes)
    this.#fileBytes += bytes
  }
}
