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
import { type KernelCapture, startKernelCapture } from './kernel/kernel-capture.js'
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
  readonly #starting = new Set<CaptureKind>()
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

  async start(kind: CaptureKind, request: CaptureRequest): Promise<CaptureReport> {
    const plan = planCapture(kind, request)
    if (typeof plan === 'string') throw userMistake('bad-capture', plan)
    if (this.#starting.has(kind) || this.#captures.get(kind)?.running)
      throw new SteerError('capture-running', `an ${kind} capture is running already`)
    const others = [...this.#captures].filter(([other, { running }]) => other !== kind && running)
    if (others.some(([, other]) => other.plan.file === plan.file))
      throw userMistake('bad-capture', `${plan.file} is being written by another capture`)
    this.#starting.add(kind)
    try {
      const capture = await (kind === 'inner' ? this.#openInner(plan) : this.#openOuter(plan))
      this.#captures.set(kind, capture)
      return reportOf(kind, capture)
    } finally {
      this.#starting.delete(kind)
    }
  }

  async stop(kind: CaptureKind): Promise<CaptureReport> {
    const capture = this.#captures.get(kind)
    if (!capture?.running) throw new SteerError('no-capture', `no ${kind} capture is running`)
    capture.running = false
    await this.#end(kind, capture)
    return reportOf(kind, capture)
  }

  list(): readonly CaptureReport[] {
    return [...this.#captures].map(([kind, capture]) => reportOf(kind, capture))
  }

  /** Stops those that run. */
  async close(): Promise<void> {
    const running = this.list().filter(({ running }) => running)
    await Promise.all(running.map(({ kind }) => this.stop(kind)))
  }

  async #openInner(plan: CapturePlan): Promise<Capture> {
    const writer = await this.#openWriter('inner', plan, INNER_SOURCE, INNER)
    this.#fill('inner', writer, INNER, plan.keys)
    return { plan, writer, kernel: undefined, source: INNER_SOURCE, ...justBegun() }
  }

  async #openOuter(plan: CapturePlan): Promise<Capture> {
    let writer: CaptureWriter | undefined
    const kernel = plan.from === 'socket' ? 'it was asked for so' : await this.#startKernel(plan, () => writer)
    if (typeof kernel === 'string') {
      if (plan.from === 'kernel')
        throw new SteerError('capture-failed', `no packets of the kernel can be had: ${kernel}`)
      const source = `${SOCKET_SOURCE} (${kernel})`
      writer = await this.#openWriter('outer', plan, source, REBUILT)
      this.#fill('outer', writer, REBUILT, false)
      await this.#options.renewTunnel()
      return { plan, writer, kernel: undefined, source, ...justBegun() }
    }
    const source = `packets of the kernel, captured by ${kernel.program}; the mock gateway listens on loopback`
    const wire = [{ name: 'wire', description: "the agent's own sockets" }]
    try {
      writer = await this.#openWriter('outer', plan, source, wire)
    } catch (error) {
      await kernel.close()
      throw error
    }
    return { plan, writer, kernel, source, ...justBegun() }
  }

  #startKernel(plan: CapturePlan, writer: () => CaptureWriter | undefined): Promise<KernelCapture | string> {
    const { path, doors } = this.#options
    const { ownSockets } = this.flows
    return startKernelCapture({
      path,
      exclude: doors(),
      snapLength: plan.snapLength,
      sockets: { has: (local, remote) => this.wire.leadsTo(remote) || ownSockets.has(local, remote) },
      packet: (atUs, packet, length, outbound) => writer()?.raw(0, atUs, packet, length, outbound),
      lost: (reason) => this.#failed('outer', reason),
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
    void this.#end(kind, capture)
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

function justBegun() {
  return { startedAt: new Date().toISOString(), running: true, failure: '' }
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
