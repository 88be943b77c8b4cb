/**
 * The packet captures of an agent: one inner and one outer at a time. The inner one is rebuilt from what passes the doors;
 * the outer one is of the kernel's packets where this user may see them, else rebuilt from what the agent's sockets carry.
 * Flows and the tunnel find the one that runs in a slot, so that one starts and stops without touching them.
 */

import { join } from 'node:path'
import { SteerError, userMistake } from '../errors.js'
import type { Endpoint } from '../steering/flow.js'
import { type CapturePlan, planCapture } from './capture-plan.js'
import type { CaptureControl, CaptureKind, CaptureReport, CaptureRequest } from './capture-request.js'
import { CaptureWriter } from './capture-writer.js'
import { DIRECT_INTERFACE, type FlowTapParts } from './flow-tap.js'
import { type KernelCapture, type KernelCaptureOptions, startKernelCapture } from './kernel/kernel-capture.js'
import { OwnSockets } from './own-sockets.js'
import { PacketCapture } from './packet-capture.js'
import { TUNNEL_INTERFACE, TunnelTaps } from './tunnel-taps.js'

/** What they work with. */
export interface CapturesOptions {
  /** Where the files are made. */
  readonly directory: string
  /** Program and version, for the files. */
  readonly application: string
  readonly os: string
  /** Where dumpcap and tcpdump are looked for. */
  readonly path: string
  /** What the kernel's packets need not be read for: the doors. */
  readonly doors: () => readonly Endpoint[]
  /** Opens the tunnel's session anew, beside the old one: its bytes are wanted, or no longer. Settles when that is over. */
  readonly renewTunnel: () => Promise<void>
  /** Microseconds since 1970. */
  readonly now: () => number
  /** Uniform in [0, 2^32). */
  readonly random32: () => number
  readonly warn: (line: string) => void
}

/** A slot that a capture can be put in. */
interface Slot {
  current: PacketCapture | undefined
  keys: boolean
}

/** One capture, running or over. */
interface Capture {
  readonly plan: CapturePlan
  readonly writer: CaptureWriter
  readonly kernel: KernelCapture | undefined
  readonly source: string
  readonly startedAt: string
  running: boolean
  failure: string
}

/** The interfaces of an inner capture: the doors, and DNS. */
const INNER = [
  { name: 'namespace', description: 'captured programs' },
  { name: 'http-connect', description: 'HTTP proxy, CONNECT' },
  { name: 'http-forward', description: 'HTTP proxy, plain requests' },
  { name: 'socks5', description: 'SOCKS5 proxy' },
  { name: 'dns', description: "the agent's DNS server" },
  { name: 'kernel', description: 'refused by the rules of the captured namespace' },
]

const REBUILT = [
  { name: TUNNEL_INTERFACE, description: 'agent to gateway, encrypted' },
  { name: DIRECT_INTERFACE, description: 'bypassed flows' },
]

const INNER_SOURCE = 'rebuilt from what the applications sent and received at the doors, before the tunnel'
const SOCKET_SOURCE =
  "rebuilt from the ciphertext at the tunnel's socket and from bypassed flows; gateways have their public addresses"

/** All of them. */
export class Captures implements CaptureControl {
  readonly #options: CapturesOptions
  readonly #captures = new Map<CaptureKind, Capture>()
  /** One start or end at a time: both open and close files. Never rejects. */
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false
  readonly #slots: Readonly<Record<CaptureKind, Slot>> = {
    inner: { current: undefined, keys: false },
    outer: { current: undefined, keys: false },
  }
  /** What the tunnel's sockets are shown to. */
  readonly wire: TunnelTaps
  /** What flows find. */
  readonly flows: Omit<FlowTapParts, 'driverLog'>

  constructor(options: CapturesOptions) {
    this.#options = options
    const { now } = options
    const { inner, outer } = this.#slots
    this.wire = new TunnelTaps(outer, now)
    this.flows = { inner, outer, ownSockets: new OwnSockets(), now }
  }

  start(kind: CaptureKind, request: CaptureRequest): Promise<CaptureReport> {
    return this.#inTurn(async () => {
      const plan = planCapture(kind, request)
      if (typeof plan === 'string') throw userMistake('bad-capture', plan)
      if (this.#isClosed) throw new SteerError('capture-failed', 'the agent is stopping')
      for (const [other, { running, plan: theirs }] of this.#captures) {
        if (running && other === kind) throw new SteerError('capture-running', `an ${kind} capture is running already`)
        if (running && stemOf(theirs.file) === stemOf(plan.file))
          throw userMistake('bad-capture', `${plan.file} would go over ${theirs.file}, which another capture writes`)
      }
      const capture = await (kind === 'inner' ? this.#startInner(plan) : this.#startOuter(plan))
      if (capture.failure !== '') throw new SteerError('capture-failed', capture.failure)
      return reportOf(kind, capture)
    })
  }

  stop(kind: CaptureKind): Promise<CaptureReport> {
    return this.#inTurn(async () => {
      const capture = this.#captures.get(kind)
      if (!capture?.running) throw new SteerError('no-capture', `no ${kind} capture is running${lastWords(capture)}`)
      capture.running = false
      await this.#end(kind, capture)
      return reportOf(kind, capture)
    })
  }

  list(): readonly CaptureReport[] {
    return [...this.#captures].map(([kind, capture]) => reportOf(kind, capture))
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#captures.values()].map(({ writer }) => writer.flush()))
  }

  /** Stops those that run, and settles when all files are whole; none is started after. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#turn
    const running = this.list().filter(({ running }) => running)
    await Promise.all(running.map(({ kind }) => this.stop(kind)))
    await this.#turn
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(act)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #startInner(plan: CapturePlan): Promise<Capture> {
    const writer = await this.#openWriter('inner', plan, INNER_SOURCE, INNER)
    const capture = this.#begin('inner', { plan, writer, kernel: undefined, source: INNER_SOURCE })
    this.#fill('inner', writer, INNER, plan.keys)
    return capture
  }

  /** From here on it is known, and can fail. */
  #begin(kind: CaptureKind, made: Pick<Capture, 'plan' | 'writer' | 'kernel' | 'source'>): Capture {
    const capture = { ...made, startedAt: new Date().toISOString(), running: true, failure: '' }
    this.#captures.set(kind, capture)
    return capture
  }

  async #startOuter(plan: CapturePlan): Promise<Capture> {
    let writer: CaptureWriter | undefined
    let lost: string | undefined
    const kernel =
      plan.from === 'socket'
        ? 'it was asked for so'
        : await this.#startKernel(plan, {
            packet: (atUs, packet, length, outbound) => writer?.raw(0, atUs, packet, length, outbound),
            lost: (reason) => {
              lost = reason
              this.#failed('outer', reason)
            },
          })
    if (typeof kernel === 'string') {
      if (plan.from === 'kernel')
        throw new SteerError('capture-failed', `no packets of the kernel can be had: ${kernel}`)
      const source = `${SOCKET_SOURCE} (${kernel})`
      writer = await this.#openWriter('outer', plan, source, REBUILT)
      const capture = this.#begin('outer', { plan, writer, kernel: undefined, source })
      this.#fill('outer', writer, REBUILT, false)
      await this.#options.renewTunnel()
      return capture
    }
    const source = `packets of the kernel, captured by ${kernel.program}; the mock gateway listens on loopback`
    const wire = [{ name: 'wire', description: "the agent's own sockets" }]
    try {
      writer = await this.#openWriter('outer', plan, source, wire)
    } catch (error) {
      await kernel.close()
      throw error
    }
    const capture = this.#begin('outer', { plan, writer, kernel, source })
    if (lost !== undefined) this.#failed('outer', lost)
    return capture
  }

  #startKernel(
    plan: CapturePlan,
    hears: Pick<KernelCaptureOptions, 'packet' | 'lost'>,
  ): Promise<KernelCapture | string> {
    const { path, doors } = this.#options
    const { ownSockets } = this.flows
    return startKernelCapture({
      path,
      exclude: doors(),
      snapLength: plan.snapLength,
      sockets: { has: (local, remote) => this.wire.leadsTo(remote) || ownSockets.has(local, remote) },
      ...hears,
    })
  }

  #openWriter(
    kind: CaptureKind,
    { file, snapLength, maxBytes, files, format, keys }: CapturePlan,
    source: string,
    interfaces: readonly { readonly name: string; readonly description: string }[],
  ): Promise<CaptureWriter> {
    const { directory, application, os } = this.#options
    return CaptureWriter.open({
      path: join(directory, file),
      format,
      interfaces,
      comment: `${kind} capture: ${source}`,
      application,
      os,
      snapLength,
      maxBytes,
      files,
      awaitsSecrets: keys,
      failed: (error) => this.#failed(kind, error.message),
    })
  }

  /** From here on flows find it. */
  #fill(
    kind: CaptureKind,
    writer: CaptureWriter,
    interfaces: readonly { readonly name: string }[],
    keys: boolean,
  ): void {
    const { now, random32 } = this.#options
    const slot = this.#slots[kind]
    slot.current = new PacketCapture({ writer, interfaces: interfaces.map(({ name }) => name), now, random32 })
    slot.keys = keys
  }

  /** The disk is full, or the capturing program has gone: the capture ends, and nothing else does. */
  #failed(kind: CaptureKind, reason: string): void {
    const capture = this.#captures.get(kind)
    if (!capture?.running) return
    capture.running = false
    capture.failure = reason
    this.#options.warn(`steerlab: the ${kind} capture has stopped: ${reason}`)
    void this.#inTurn(() => this.#end(kind, capture))
  }

  async #end(kind: CaptureKind, { writer, kernel }: Capture): Promise<void> {
    const slot = this.#slots[kind]
    const wasRebuilt = kind === 'outer' && slot.current !== undefined
    slot.current = undefined
    slot.keys = false
    if (wasRebuilt) void this.#options.renewTunnel()
    await kernel?.close()
    await writer.close()
  }
}

/** Of one that has ended by itself: why, and what there is of it. */
function lastWords(capture: Capture | undefined): string {
  if (capture === undefined || capture.failure === '') return ''
  return `: the last one ended by itself after ${capture.writer.packets} packets in ${capture.writer.path} (${capture.failure})`
}

/** A name without its place in the ring: `x.pcap` of `x.2.pcap`. */
function stemOf(file: string): string {
  return file.replace(/\.\d+(?=\.[^.]+$)/, '')
}

function reportOf(kind: CaptureKind, { plan, writer, kernel, source, ...capture }: Capture): CaptureReport {
  const { startedAt, running, failure } = capture
  return {
    kind,
    running,
    file: writer.path,
    startedAt,
    source,
    packets: writer.packets,
    bytes: writer.bytes,
    dropped: writer.dropped + (kernel?.dropped ?? 0),
    keys: plan.keys,
    failure,
  }
}
