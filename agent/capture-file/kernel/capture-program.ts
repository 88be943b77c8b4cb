/**
 * A program that captures (dumpcap or tcpdump) and writes what it sees to a pipe, as a classic capture. It dies with us:
 * by the kernel's word, or, where it has got its privileges from its file, by the next packet, which finds the pipe closed.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { readInto } from '../../relay/read-into.js'
import { COOKED_HEADER_BYTES } from './cooked-frame.js'
import { MOST_FRAME_BYTES, PcapStream, type TakeFrame } from './pcap-stream.js'

/** Memory of the kernel for packets that are not yet read, MiB: what a busy loopback carries in 20 ms, an adapter in a second. */
const KERNEL_BUFFER_MIB = 32

/** Room for IP and TCP headers with all options, in bytes: without them nobody can say whose a packet is. */
const LEAST_SNAP_BYTES = 200

/** Characters of its messages that are kept, the last ones. */
const KEPT_WORDS = 4000

/** How long it may take to say its version, and to stop by itself, ms. */
const VERSION_MS = 5000
const STOP_MS = 1000

/** What it says at its beginning and its end, when all is well. */
const NO_COMPLAINT = /^(Capturing on|File: |data link type|listening on|Packets |\d+ packets? |$)/

/** A program, its arguments, and how it says how many packets were lost. */
export interface CaptureProgram {
  readonly name: string
  readonly arguments: (filter: string, snapLength: number) => readonly string[]
  /** Its group is that number. */
  readonly dropped: RegExp
}

/**
 * The programs we know, the better first: what dumpcap sees it shows within a quarter of a second, tcpdump within one.
 * Not tcpdump's immediate mode: in it the kernel's buffer has room for a fixed number of packets, 128 of the greatest length.
 */
export const CAPTURE_PROGRAMS: readonly CaptureProgram[] = [
  {
    name: 'dumpcap',
    arguments: (filter, snap) => `-i any -P -q -p -B ${KERNEL_BUFFER_MIB} -s ${snap} -w - -f`.split(' ').concat(filter),
    dropped: /received\/dropped on interface '[^']*': \d+\/(\d+)/,
  },
  {
    name: 'tcpdump',
    // As root it would become another user, and the kernel forget that it is to die with us.
    arguments: (filter, snap) =>
      `-i any -U -n -p -Z root -B ${KERNEL_BUFFER_MIB * 1024} -s ${snap} -w -`.split(' ').concat(filter),
    dropped: /(\d+) packets? dropped by kernel/,
  },
]

/** What a running program is asked for, and tells. */
export interface RunOptions {
  /** Search path. */
  readonly path: string
  readonly filter: string
  readonly snapLength: number
  readonly frame: TakeFrame
  /** It has ended, or wrote what is no capture: why, in words. Told once. */
  readonly ended: (reason: string) => void
}

/** A program with its version, such as `dumpcap 4.0.17`; undefined where it cannot be found and run. */
export function versionOf(program: string, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env: { PATH: path }, timeout: VERSION_MS }
    const said = (error: NodeJS.ErrnoException | null, stdout: string, stderr: string): void => {
      const version = /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? ''
      resolve(error?.code === 'ENOENT' ? undefined : `${program} ${version}`.trim())
    }
    try {
      execFile(program, ['--version'], options, said as Parameters<typeof execFile>[3])
    } catch {
      // A search path with a file in it (ENOTDIR) throws at once.
      resolve(undefined)
    }
  })
}

/** A program that runs. */
export class RunningProgram {
  readonly #program: CaptureProgram
  readonly #child: ChildProcess
  readonly #stream: PcapStream
  readonly #closed: Promise<void>
  #words = ''
  #fault = ''

  /** Starts it. */
  constructor(program: CaptureProgram, { path, filter, snapLength, frame, ended }: RunOptions) {
    this.#program = program
    this.#stream = new PcapStream(frame)
    const snap = Math.min(MOST_FRAME_BYTES, Math.max(snapLength, LEAST_SNAP_BYTES) + COOKED_HEADER_BYTES)
    const command = ['--pdeathsig', 'KILL', program.name, ...program.arguments(filter, snap)]
    const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: path } })
    this.#child = child
    child.stdout.on('error', () => {})
    child.stderr.on('error', () => {})
    child.stderr.on('data', (bytes: Buffer) => {
      this.#words = (this.#words + bytes.toString('latin1')).slice(-KEPT_WORDS)
    })
    this.#closed = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#fault ||= error.message
        resolve()
      })
      child.once('close', (code, signal) => {
        this.#fault ||= this.#complaint() || `it ended with ${signal ?? `code ${code}`}`
        resolve()
      })
    })
    void this.#closed.then(() => ended(`${program.name}: ${this.#fault}`))
    readInto(child.stdout as Socket, {
      buffer: () => this.#stream.room(),
      received: (length) => this.#received(length),
    })
  }

  /** LINKTYPE of the frames; undefined until the first has come. */
  get linkType(): number | undefined {
    return this.#stream.linkType
  }

  /** Packets the kernel had no room for; known once it has ended. */
  get dropped(): number {
    return Number(this.#program.dropped.exec(this.#words)?.[1] ?? 0)
  }

  /** Ends it; settles when all it wrote has been read. */
  async stop(): Promise<void> {
    this.#child.kill('SIGINT')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await this.#closed
    clearTimeout(late)
  }

  #received(length: number): boolean {
    if (this.#fault !== '') return true
    this.#fault = this.#stream.received(length)
    if (this.#fault !== '') this.#child.kill('SIGKILL')
    return true
  }

  /** The first of its messages that is a complaint, '' when there is none. */
  #complaint(): string {
    const lines = this.#words.split(/[\r\n]+/).map((line) => line.replace(`${this.#program.name}: `, ''))
    return lines.find((line) => !NO_COMPLAINT.test(line)) ?? ''
  }
}
