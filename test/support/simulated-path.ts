/** Two ends of a reliable stream joined by a path of the worst kind, under a clock that only this file moves. */

import { Connection, type ConnectionOptions, type Failure } from '../../agent/tunnel/reliable/connection.js'

/** What the path does to datagrams. Chances are 0 to 1. */
export interface PathConduct {
  readonly loss: number
  readonly duplicate: number
  /** One way, ms: every datagram draws its own, so they overtake each other. */
  readonly delayMs: readonly [least: number, most: number]
  /** In [0, 1). */
  readonly random: () => number
}

/** A number generator of its own, in [0, 1): the same seed, the same path (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** Byte `offset` of the stream that tests send: no two stretches of it are alike. */
export function streamByte(offset: number): number {
  return (Math.imul(offset, 0x9e3779b1) >>> 13) & 0xff
}

/** Bytes [from, to) of that stream. */
export function streamBytes(from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = streamByte(from + at)
  return bytes
}

interface Arrival {
  readonly at: number
  readonly to: SimulatedEnd
  readonly bytes: Uint8Array
}

/** One end: the state machine, with what it sent. */
export class SimulatedEnd {
  readonly connection: Connection
  failure: Failure | undefined
  datagrams = 0
  bytes = 0

  constructor(datagram: number, options: ConnectionOptions | undefined) {
    this.connection = new Connection(datagram, options)
  }
}

/** Largest datagram of the path, bytes. */
export const PATH_DATAGRAM = 1200

/** The path, and the ends `a` and `b`. */
export class SimulatedPath {
  readonly a: SimulatedEnd
  readonly b: SimulatedEnd
  /** The clock, ms. */
  now = 1000
  /** Settable: a path can go dead, or recover. */
  conduct: PathConduct
  #arrivals: Arrival[] = []

  constructor(conduct: PathConduct, options?: ConnectionOptions) {
    this.conduct = conduct
    this.a = new SimulatedEnd(PATH_DATAGRAM, options)
    this.b = new SimulatedEnd(PATH_DATAGRAM, options)
  }

  /** Sends what the ends have to send; call it after reading or writing. Throws when an end asks for a time that has passed. */
  flush(): void {
    for (const [end, other] of [
      [this.a, this.b],
      [this.b, this.a],
    ] as const) {
      const memory = new Uint8Array(PATH_DATAGRAM)
      while (end.failure === undefined) {
        const length = end.connection.next(memory, this.now)
        if (length === 0) break
        if (length > PATH_DATAGRAM) throw new Error('a datagram that is too long')
        end.datagrams += 1
        end.bytes += length
        this.#carry(other, memory.slice(0, length))
      }
      if (end.failure === undefined && end.connection.deadline <= this.now) throw new Error('a busy loop')
    }
  }

  /** Goes on to the next thing that happens; false when nothing will. */
  step(): boolean {
    const due = Math.min(
      this.#arrivals[0]?.at ?? Number.POSITIVE_INFINITY,
      ...[this.a, this.b].map(({ connection, failure }) => (failure ? Number.POSITIVE_INFINITY : connection.deadline)),
    )
    if (due === Number.POSITIVE_INFINITY) return false
    this.now = Math.max(this.now, due)
    while (this.#arrivals.length > 0 && this.#arrivals[0]!.at <= this.now) {
      const { to, bytes } = this.#arrivals.shift()!
      to.failure ??= to.connection.receive(bytes, this.now)
    }
    for (const end of [this.a, this.b]) end.failure ??= end.connection.onTime(this.now)
    this.flush()
    return true
  }

  #carry(to: SimulatedEnd, bytes: Uint8Array): void {
    const { loss, duplicate, delayMs, random } = this.conduct
    const copies = (random() < loss ? 0 : 1) + (random() < duplicate ? 1 : 0)
    for (let copy = 0; copy < copies; copy += 1) {
      const at = this.now + delayMs[0] + random() * (delayMs[1] - delayMs[0])
      let place = this.#arrivals.length
      while (place > 0 && this.#arrivals[place - 1]!.at > at) place -= 1
      this.#arrivals.splice(place, 0, { at, to, bytes })
    }
  }
}

/** Writes, ends and reads one direction of a path in pieces of random size, and checks each byte. */
export class Transfer {
  readonly #from: Connection
  readonly #to: Connection
  readonly #total: number
  readonly #random: () => number
  #written = 0
  #ended = false
  read = 0

  constructor(from: Connection, to: Connection, total: number, random: () => number) {
    this.#from = from
    this.#to = to
    this.#total = total
    this.#random = random
  }

  /** Writes and reads a little, or nothing; throws at a wrong byte. `eager`: all it can. */
  move(eager = false): void {
    while (this.#written < this.#total && (eager || this.#random() < 0.7)) {
      const size = Math.min(this.#total - this.#written, Math.ceil(this.#random() ** 4 * 40_000))
      const taken = this.#from.write(streamBytes(this.#written, this.#written + size))
      this.#written += taken
      if (taken < size) break
    }
    if (this.#written === this.#total && !this.#ended && (eager || this.#random() < 0.5)) {
      this.#ended = true
      this.#from.end()
    }
    while (eager || this.#random() < 0.6) {
      const bytes = this.#to.read(Math.ceil(this.#random() * 30_000))
      if (bytes === undefined) break
      if (!bytes.equals(streamBytes(this.read, this.read + bytes.length)))
        throw new Error(`wrong bytes at ${this.read}`)
      this.read += bytes.length
    }
  }

  /** Whether every byte and the end have arrived, and the sender knows. */
  get done(): boolean {
    return this.read === this.#total && this.#to.readAll && this.#from.sentAll
  }
}

/** Moves both transfers until they are done and the path is silent; throws when nothing moves any more or for too long. */
export function runToEnd(path: SimulatedPath, transfers: readonly Transfer[], mostSteps = 1_000_000): void {
  for (let steps = 0; steps < mostSteps; steps += 1) {
    for (const transfer of transfers) transfer.move()
    path.flush()
    if (path.step()) continue
    if (transfers.every(({ done }) => done)) return
    for (const transfer of transfers) transfer.move(true)
    path.flush()
    if (!path.step() && !transfers.every(({ done }) => done)) throw new Error('nothing moves')
  }
  throw new Error('too many steps')
}
