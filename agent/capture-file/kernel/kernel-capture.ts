/**
 * The outer capture as a real adapter shows it: packets of the system, read by dumpcap or tcpdump, of which only the
 * agent's own are let through (own-packets.ts).
 *
 * A datagram of our own (the marker) says where the capture stands: it has begun when it shows one, and has shown all
 * that was there before a marker when it shows that.
 */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Endpoint } from '../../steering/flow.js'
import { type IpPacket, readIpPacket } from '../ip-packet.js'
import { captureFilter } from './capture-filter.js'
import { CAPTURE_PROGRAMS, type CaptureProgram, RunningProgram, versionOf } from './capture-program.js'
import { COOKED, ipInCooked } from './cooked-frame.js'
import { OwnPackets, type OwnPacketsOptions } from './own-packets.js'

/** What is captured, and who hears of it. */
export interface KernelCaptureOptions extends OwnPacketsOptions {
  /** Search path for dumpcap and tcpdump. */
  readonly path: string
  /** Endpoints whose packets the kernel need not hand on: none of them is the agent's way out, such as its doors. */
  readonly exclude: readonly Endpoint[]
  /** The capture has ended by itself; why, in words. Told at most once, and not once `close` has been called. */
  readonly lost: (reason: string) => void
}

/** A capture that runs. */
export interface KernelCapture {
  /** As the program names itself, such as `dumpcap 4.0.17`. */
  readonly program: string
  /** Packets the kernel had no room for; known once it is closed. */
  readonly dropped: number
  /** Stops; settles when what the kernel had seen by now has been handed on. */
  close(): Promise<void>
}

/** How long a program may take to begin, and to show what the kernel has seen, ms. */
const BEGIN_MS = 5000
const DRAIN_MS = 3000

/** How often a marker is sent again until it is seen, and unknown packets are looked at, ms. */
const TICK_MS = 50

const LOOPBACK = '127.0.0.1'

/** Starts a capture and settles when it really listens; why not, where it cannot be: no program, no privilege. */
export async function startKernelCapture(options: KernelCaptureOptions): Promise<KernelCapture | string> {
  const reasons: string[] = []
  for (const program of CAPTURE_PROGRAMS) {
    const version = await versionOf(program.name, options.path)
    if (version === undefined) continue
    const capture = new Capture(options, version)
    const reason = await capture.begin(program)
    if (reason === '') return capture
    reasons.push(reason)
  }
  return reasons.join('; ') || 'neither dumpcap nor tcpdump is installed'
}

class Capture implements KernelCapture {
  readonly program: string
  readonly #options: KernelCaptureOptions
  readonly #own: OwnPackets
  readonly #marker: Socket = createSocket('udp4')
  #markerPort = 0
  #running: RunningProgram | undefined
  /** What the marker in question says, and who waits for it. */
  #sought = 0
  #seen: (outcome: string) => void = () => {}
  #tick: NodeJS.Timeout | undefined
  #hasBegun = false
  #closing: Promise<void> | undefined

  constructor(options: KernelCaptureOptions, program: string) {
    this.program = program
    this.#options = options
    this.#own = new OwnPackets(options)
  }

  get dropped(): number {
    return this.#running?.dropped ?? 0
  }

  /** Starts the program; '' once it listens, or why it does not. */
  async begin(program: CaptureProgram): Promise<string> {
    const { path, snapLength, exclude } = this.#options
    const marker = this.#marker
    marker.on('error', () => {})
    marker.bind(0, LOOPBACK)
    await once(marker, 'listening')
    this.#markerPort = marker.address().port
    this.#running = new RunningProgram(program, {
      path,
      snapLength,
      filter: captureFilter(exclude),
      frame: (atUs, bytes, originalLength) => this.#frame(atUs, bytes, originalLength),
      ended: (reason) => this.#ended(reason),
    })
    this.#tick = setInterval(() => this.#own.lookAgain(performance.now()), TICK_MS)
    const reason = await this.#markerSeen(BEGIN_MS)
    this.#hasBegun = reason === ''
    if (!this.#hasBegun) await this.close()
    return reason === 'late' ? `${program.name}: it shows no packets` : reason
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#hasBegun) await this.#markerSeen(DRAIN_MS)
    await this.#running?.stop()
    this.#release()
  }

  /** Sends markers until the capture shows one: ''. `late` after `withinMs`; or why the program has ended. */
  #markerSeen(withinMs: number): Promise<string> {
    this.#sought += 1
    const words = String(this.#sought)
    return new Promise((resolve) => {
      const settle = (outcome: string): void => {
        clearInterval(sending)
        clearTimeout(late)
        this.#seen = () => {}
        resolve(outcome)
      }
      const send = (): void => this.#marker.send(words, this.#markerPort, LOOPBACK, () => {})
      const sending = setInterval(send, TICK_MS)
      const late = setTimeout(() => settle('late'), withinMs)
      this.#seen = settle
      send()
    })
  }

  #frame(atUs: number, bytes: Buffer, originalLength: number): void {
    const { linkType } = this.#running as RunningProgram
    if (linkType !== COOKED.v1 && linkType !== COOKED.v2) return
    const packet = ipInCooked(linkType, bytes)
    const read = packet && readIpPacket(packet)
    if (packet === undefined || read === undefined) return
    if (this.#isMarker(read)) {
      if (Buffer.from(read.payload).toString('latin1') === String(this.#sought)) this.#seen('')
      return
    }
    const headerBytes = bytes.length - packet.length
    this.#own.take(read, atUs, packet, originalLength - headerBytes, performance.now())
  }

  #isMarker({ protocol, source, sourcePort, destinationPort }: IpPacket): boolean {
    return (
      protocol === 'udp' && source === LOOPBACK && sourcePort === this.#markerPort && destinationPort === sourcePort
    )
  }

  #ended(reason: string): void {
    const wasLost = this.#hasBegun && this.#closing === undefined
    this.#hasBegun = false
    this.#seen(reason)
    if (!wasLost) return
    this.#closing = Promise.resolve()
    this.#release()
    this.#options.lost(reason)
  }

  /** Nothing more comes. */
  #release(): void {
    clearInterval(this.#tick)
    this.#own.lookAgain(performance.now())
    this.#marker.close()
  }
}
