/**
 * What captures hear of one flow, from its door to its end. Every flow has one, because a capture may begin while the flow
 * runs; while none runs it costs a comparison a read. The inner side is the application's: its handshake is written once the
 * verdict is known, which stands on its first packet, with the time it had.
 */

import type { Socket } from 'node:net'
import type { CapturedFlow, DoorName, FlowFailure } from '../capture/door.js'
import type { DriverLog } from '../diag/driver-log.js'
import { type Owner, UNKNOWN_OWNER } from '../process/owner.js'
import { localEndpoint } from '../relay/endpoints.js'
import type { RelayTap, ResetBy } from '../relay/relay-tap.js'
import type { Endpoint, FlowFacts, Verdict } from '../steering/flow.js'
import { verdictWords } from '../steering/verdict-words.js'
import type { OwnSockets } from './own-sockets.js'
import { type CaptureSlot, TappedConversation } from './tapped-conversation.js'

/** The interface bypassed flows are shown on. */
export const DIRECT_INTERFACE = 'direct'

/** Where flows find what runs. */
export interface FlowTapParts {
  readonly inner: CaptureSlot & { readonly keys: boolean }
  /** An outer capture that is rebuilt from what sockets carry. */
  readonly outer: CaptureSlot
  /** The agent's own sockets to origins, for an outer capture of the kernel's packets. */
  readonly ownSockets: OwnSockets
  /** Told what happens at the doors. */
  readonly driverLog: Pick<DriverLog, 'running' | 'report'>
  /** Microseconds since 1970. */
  readonly now: () => number
}

/** A flow whose captures are told when its door says yes or no. */
export interface TappedFlow extends CapturedFlow {
  readonly tap: FlowTap
}

/** The flow with its tap. */
export function tapped(flow: CapturedFlow, parts: FlowTapParts): TappedFlow {
  const tap = new FlowTap(flow, parts)
  return {
    ...flow,
    tap,
    opened() {
      tap.opened()
      flow.opened()
    },
    failed(failure: FlowFailure) {
      tap.refused(failure)
      flow.failed(failure)
    },
  }
}

/** Numbers flows in the driver log. */
let flowsSoFar = 0

/** The tap of one flow. */
export class FlowTap implements RelayTap {
  readonly #parts: FlowTapParts
  readonly #door: DoorName
  readonly #arrivedAt: number
  /** When its handshake ended, 0 while it has not. */
  #openedAt: number
  #isOpened = false
  #inner: TappedConversation | undefined
  #outer: TappedConversation | undefined
  #wire: Socket | undefined
  #owner: Owner = UNKNOWN_OWNER
  /** For the driver log. */
  readonly #number = ++flowsSoFar
  #bytesSent = 0
  #bytesReceived = 0
  #failure: string | undefined

  constructor(flow: CapturedFlow, parts: FlowTapParts) {
    const { door, source, destination, host } = flow
    this.#parts = parts
    this.#door = door
    this.#arrivedAt = parts.now()
    // The kernel of the captured namespace answers before the flow is here.
    this.#openedAt = door === 'namespace' ? this.#arrivedAt : 0
    const { driverLog } = parts
    if (driverLog.running) driverLog.report({ type: 'accepted', flow: this.#number, door, source, destination, host })
  }

  /** Whose flow it is. */
  ownedBy(owner: Owner): void {
    this.#owner = owner
    const { driverLog } = this.#parts
    const { process, pid } = owner
    if (driverLog.running) driverLog.report({ type: 'owner', flow: this.#number, process, ...(pid > 0 && { pid }) })
  }

  /** Whether the secrets of its TLS are wanted. */
  get wantsKeys(): boolean {
    return this.#parts.inner.keys
  }

  /** What became of it. */
  decided(facts: FlowFacts, verdict: Verdict, sessionId: number): void {
    const { source: client, destination: server } = facts
    const comment = () => flowComment(facts, verdict, this.#owner, sessionId)
    this.#inner = new TappedConversation(this.#parts.inner, { interfaceName: this.#door, client, server, comment })
    this.#inner.begin(this.#arrivedAt)
    if (this.#openedAt > 0) this.#inner.accepted(this.#openedAt)
    const { driverLog } = this.#parts
    if (!driverLog.running) return
    const { file, path } = verdict.rule
    const said = { verdict: verdictWords(verdict), host: facts.host, rule: `${file} ${path}` }
    driverLog.report({ type: 'decided', flow: this.#number, ...said })
  }

  /** The application was told yes. */
  opened(): void {
    // What has to be sniffed is told yes before it is decided, and then once more.
    if (this.#isOpened) return
    this.#isOpened = true
    const { driverLog } = this.#parts
    if (driverLog.running) driverLog.report({ type: 'opened', flow: this.#number })
    if (this.#openedAt > 0) return
    this.#openedAt = this.#parts.now()
    this.#inner?.accepted(this.#openedAt)
  }

  /** The application was told no. */
  refused(failure: FlowFailure): void {
    this.#failure = failure
    if (this.#openedAt > 0) this.#inner?.reset('agent')
    else this.#inner?.refused()
  }

  /** It goes past the tunnel, through this socket, which was dialled at `dialledAt`, microseconds since 1970. */
  direct(socket: Socket, destination: Endpoint, dialledAt: number): void {
    const client = localEndpoint(socket)
    if (client.ip === '') return
    this.#wire = socket
    this.#parts.ownSockets.opened(socket)
    const facts = { interfaceName: DIRECT_INTERFACE, client, server: destination, comment: () => 'a bypassed flow' }
    this.#outer = TappedConversation.open(this.#parts.outer, facts, dialledAt, this.#parts.now())
  }

  sent(bytes: Uint8Array): void {
    this.#bytesSent += bytes.length
    this.#inner?.sent(bytes)
    this.#outer?.sent(bytes)
  }

  received(bytes: Uint8Array): void {
    this.#bytesReceived += bytes.length
    this.#inner?.received(bytes)
    this.#outer?.received(bytes)
  }

  sentEnd(): void {
    this.#inner?.sentEnd()
    this.#outer?.sentEnd()
  }

  receivedEnd(): void {
    this.#inner?.receivedEnd()
    this.#outer?.receivedEnd()
  }

  keys(line: Uint8Array): void {
    const { current, keys } = this.#parts.inner
    if (keys) current?.secrets(Buffer.from(line).toString('latin1'))
  }

  reset(by: ResetBy): void {
    this.#failure ??= `reset by the ${by}`
    this.#inner?.reset(by)
    // Outside it is the agent that the origin hears of.
    this.#outer?.reset(by === 'origin' ? 'origin' : 'application')
  }

  /** Its story has ended. */
  over(): void {
    const { driverLog, ownSockets } = this.#parts
    if (this.#wire !== undefined) ownSockets.closed(this.#wire)
    // Nothing, where both sides have ended.
    this.#inner?.reset('application')
    this.#outer?.reset('application')
    if (!driverLog.running) return
    const [sent, received, failure] = [this.#bytesSent, this.#bytesReceived, this.#failure]
    driverLog.report({ type: 'closed', flow: this.#number, sent, received, failure })
  }
}

/** Who, whereto, what became of it and why; a line each. */
function flowComment({ host }: FlowFacts, verdict: Verdict, { process, pid }: Owner, sessionId: number): string {
  const { rule, reason } = verdict
  return [
    `host: ${host || 'unknown'}`,
    `process: ${process}${pid > 0 ? `, pid ${pid}` : ''}`,
    `verdict: ${verdictWords(verdict)}${sessionId > 0 ? `, session ${sessionId}` : ''}`,
    `rule: ${rule.file} ${rule.path}`,
    reason,
  ].join('\n')
}
