/**
 * The capture door for `steerlab run`: makes a namespace with a holder process in it, takes over the listeners the
 * holder opens inside, and hands each accepted connection on as a flow. Sockets accepted here live inside the namespace;
 * everything the agent dials lives outside. Should the holder die, the listeners close: captured programs then fail
 * closed, and the next `open()` makes a new namespace.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket as UdpSocket } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SteerError } from '../errors.js'
import { borrowSockDiag, type SockDiagTable } from '../process/netlink.js'
import { type OwnedConnection, type Owner, UNKNOWN_OWNER } from '../process/owner.js'
import { ProcOwnerFinder } from '../process/owner-finder.js'
import { localEndpoint, remoteEndpoint } from '../relay/endpoints.js'
import { abort } from '../relay/splice.js'
import type { Endpoint } from '../steering/flow.js'
import type { FlowHandler } from './door.js'
import type { AgentMessage, HolderMessage, HolderPlan } from './namespace-messages.js'
import { makeCommand, type NamespaceKind } from './namespace-plan.js'
import type { RefusedDatagram } from './quic-trace.js'

/** What the door hands on. */
export interface NamespaceDoorOptions {
  /** What the holder is to do; called for each namespace that is made, so that it may write the files it names. */
  readonly plan: () => HolderPlan
  /** Search path for `unshare`, `ip`, `nft`. */
  readonly path: string
  /** Environment of the holder. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Kinds to try, in order. */
  readonly kinds: readonly NamespaceKind[]
  readonly flow: FlowHandler
  /** A DNS-over-TCP connection. */
  readonly dnsStream: (socket: Socket, client: Endpoint) => void
  /** A UDP socket that receives the captured DNS queries. */
  readonly dnsDatagrams: (socket: UdpSocket) => void
  readonly quicRefused: (refused: RefusedDatagram, owner: Owner) => void
  /** The namespace is gone although nobody closed it. */
  readonly lost: (reason: string) => void
}

/** What a program that joins must know. */
export interface OpenNamespace {
  readonly kind: NamespaceKind
  readonly holderPid: number
  readonly ipv6: boolean
}

interface HolderReady {
  readonly holderPid: number
  readonly ipv6: boolean
  readonly sockDiag: number
}

/** How long set-up may take, ms; measured 35-75, 143 on a loaded machine. */
const SETUP_MS = 10_000

/** How long a question for an owner may take, ms; then the flow's program is `unknown`. */
const OWNER_MS = 2000

const NOTHING = new Uint8Array(0)

/** Closes a listener that its user (the DNS server, for UDP) may have closed already. */
function closeOnce(listener: { close(): unknown }): void {
  try {
    listener.close()
  } catch {
    // ERR_SOCKET_DGRAM_NOT_RUNNING: closed already.
  }
}

/** The captured namespace, from the agent's side. */
export class NamespaceDoor {
  readonly #options: NamespaceDoorOptions
  #holder: ChildProcess | undefined
  #sockDiag: SockDiagTable | undefined
  #finder: ProcOwnerFinder | undefined
  #listeners: { close(): unknown }[] = []
  readonly #sockets = new Set<Socket>()
  readonly #questions = new Map<number, (owner: Owner) => void>()
  #nextQuestion = 0
  #asked: (readonly [number, OwnedConnection])[] = []

  constructor(options: NamespaceDoorOptions) {
    this.#options = options
  }

  /** Makes the namespace. Throws SteerError `namespace-failed` with the reason of every kind tried. */
  async open(): Promise<OpenNamespace> {
    const reasons: string[] = []
    for (const kind of this.#options.kinds) {
      const opened = await this.#open(kind)
      if (typeof opened !== 'string') {
        const { holderPid, ipv6, sockDiag } = opened
        this.#sockDiag = sockDiag < 0 ? undefined : await borrowSockDiag(holderPid, sockDiag)
        this.#finder = this.#sockDiag && new ProcOwnerFinder({ sockDiag: this.#sockDiag })
        return { kind, holderPid, ipv6 }
      }
      reasons.push(opened)
      this.#release()
    }
    throw new SteerError('namespace-failed', `a captured namespace cannot be made: ${reasons.join('; ')}`)
  }

  /** Connections accepted and not yet ended. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Closes the listeners, ends the holder and every connection. */
  close(): void {
    this.#release()
  }

  #open(kind: NamespaceKind): Promise<string | HolderReady> {
    const { plan, path, env } = this.#options
    const program = fileURLToPath(new URL('./namespace-holder.js', import.meta.url))
    const [command, ...args] = makeCommand(kind, [process.execPath, program, JSON.stringify(plan())])
    const holder = spawn(command!, args, {
      env: { ...env, PATH: path },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Its own session: Ctrl-C in the terminal must not reach it before the agent has stopped in order.
      detached: true,
    })
    this.#holder = holder
    let errors = ''
    holder.stderr?.on('data', (chunk: Buffer) => {
      if (errors.length < 1000) errors += chunk.toString()
    })
    return new Promise((resolve) => {
      let settled = false
      const settle = (outcome: string | HolderReady): void => {
        if (settled) return
        settled = true
        clearTimeout(timer)
        resolve(outcome)
      }
      const timer = setTimeout(() => settle('set-up took too long'), SETUP_MS)
      holder.on('error', (error) => settle(error.message))
      holder.on('exit', (code, signal) => {
        const reason = errors.trim().split('\n').at(-1) || `the holder ended with ${signal ?? code}`
        if (!settled) return settle(reason)
        if (this.#holder !== holder) return
        this.#release()
        this.#options.lost(reason)
      })
      holder.on('message', (message: HolderMessage, handle: unknown) => {
        if (message.type === 'ready') settle({ holderPid: message.pid, ...message })
        else if (message.type === 'failed') settle(message.reason)
        else this.#onMessage(message, handle)
      })
    })
  }

  #onMessage(message: HolderMessage, handle: unknown): void {
    switch (message.type) {
      case 'tcp': {
        const server = handle as Server
        // A server received over IPC is made without options; these are what its connections would inherit.
        Object.assign(server, { allowHalfOpen: true, noDelay: true })
        server.on('connection', (socket) => this.#accept(socket))
        server.on('error', () => {})
        this.#listeners.push(server)
        break
      }
      case 'udp4':
      case 'udp6': {
        const socket = handle as UdpSocket
        socket.on('error', () => {})
        this.#listeners.push(socket)
        this.#options.dnsDatagrams(socket)
        break
      }
      case 'owners':
        for (const [id, owner] of message.found) {
          this.#questions.get(id)?.(owner)
          this.#questions.delete(id)
        }
        break
      case 'quic-refused':
        this.#options.quicRefused(message, message.owner)
        break
    }
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    const source = remoteEndpoint(socket)
    const destination = localEndpoint(socket)
    // Already reset by the program: its addresses are gone.
    if (source.ip === '' || destination.ip === '') return void socket.destroy()
    if (destination.port === 53) return this.#options.dnsStream(socket, source)
    const owner = this.#find({ transport: 'tcp', local: source, remote: destination })
    void this.#options.flow({
      door: 'namespace',
      socket,
      source,
      destination,
      host: '',
      head: NOTHING,
      owner: () => owner,
      opened: () => {},
      // The handshake is long done (TPROXY accepts before we decide), so the only honest no is a reset.
      failed: () => abort(socket),
    })
  }

  /**
   * A program that owned a connection lately is found at once, through the borrowed socket. For others the holder
   * searches, so that the search does not hold up this process; questions of one turn leave in one message.
   */
  #find(connection: OwnedConnection): Promise<Owner> {
    const recent = this.#finder?.findRecent(connection)
    if (recent !== undefined) return Promise.resolve(recent)
    return new Promise((resolve) => {
      const id = this.#nextQuestion++
      const timer = setTimeout(() => {
        this.#questions.delete(id)
        resolve(UNKNOWN_OWNER)
      }, OWNER_MS)
      this.#questions.set(id, (owner) => {
        clearTimeout(timer)
        this.#finder?.noteOwner(owner.pid)
        resolve(owner)
      })
      if (this.#asked.length === 0) setImmediate(() => this.#ask())
      this.#asked.push([id, connection])
    })
  }

  #ask(): void {
    const message: AgentMessage = { type: 'find', asked: this.#asked }
    this.#asked = []
    if (this.#holder?.connected) this.#holder.send(message, () => {})
  }

  #release(): void {
    const holder = this.#holder
    this.#holder = undefined
    this.#finder = undefined
    this.#sockDiag?.close()
    this.#sockDiag = undefined
    for (const listener of this.#listeners) closeOnce(listener)
    this.#listeners = []
    for (const socket of [...this.#sockets]) abort(socket)
    for (const answer of this.#questions.values()) answer(UNKNOWN_OWNER)
    this.#questions.clear()
    // It has nothing to put in order, and a kill reaches it whatever it is doing; its tracer dies with it.
    holder?.kill('SIGKILL')
  }
}
