/**
 * The story of one flow, from any door: identify, sniff if the decision needs it, decide, log once, open, relay. It
 * owns the flow until it is over and never rejects.
 */

import type { CapturedFlow, FlowFailure } from './capture/door.js'
import type { RefusedDatagram } from './capture/quic-trace.js'
import { type SniffLimits, sniff } from './capture/sniff.js'
import { type FlowTapParts, type TappedFlow, tapped } from './capture-file/flow-tap.js'
import type { DnsServer } from './dns/dns-server.js'
import type { HostMap } from './dns/host-map.js'
import { messageOf } from './errors.js'
import type { FlowHistory, FlowRecord } from './flow-history.js'
import type { EventLog } from './log/event.js'
import { flowEvents, type TunnelName } from './log/flow-event.js'
import type { Dialer, DialFailure } from './outbound/dial.js'
import type { Owner } from './process/owner.js'
import { abort, splice } from './relay/splice.js'
import { authority } from './steering/address.js'
import type { BlockVerdict, FlowFacts, TunnelVerdict, Verdict } from './steering/flow.js'
import { relayStream } from './tunnel/stream-relay.js'
import type { TunnelKeeper } from './tunnel/tunnel-keeper.js'

/** What a flow needs of the agent. `judge` decides by the configuration of the moment: it may change while flows run. */
export interface SteerParts {
  readonly judge: (facts: FlowFacts) => Verdict | 'need-more'
  readonly dns: Pick<DnsServer, 'resolve'>
  readonly hostMap: HostMap
  readonly tunnel: Pick<TunnelKeeper, 'session'>
  readonly dialer: Dialer
  readonly log: EventLog
  readonly history: FlowHistory
  /** How long a flow waits for the tunnel to come (back) up, ms. */
  readonly tunnelWaitMs: () => number
  /** ms, on the host map's clock. */
  readonly now: () => number
  readonly limits: SteerLimits
  /** Where flows find the packet captures that run. */
  readonly captures: FlowTapParts
  /** A fault of ours in a flow; the flow has been ended. */
  readonly fault: (error: unknown) => void
}

/** Bounds of one flow. */
export interface SteerLimits {
  readonly sniff: SniffLimits
  /** Silence in both directions after which a flow ends, ms. */
  readonly idleMs: number
}

/** Takes one flow from its door to its end. */
export async function steer(arrived: CapturedFlow, parts: SteerParts): Promise<void> {
  const flow = tapped(arrived, parts.captures)
  try {
    const identified = await identify(flow, parts)
    if (typeof identified === 'string') return flow.failed(identified)
    let facts = identified
    let head = flow.head
    let verdict = parts.judge(facts)
    if (verdict === 'need-more') {
      flow.opened()
      const found = await sniff(flow.socket, head, parts.limits.sniff)
      facts = { ...facts, sniffed: found.sniffed, host: found.host || facts.host }
      head = found.head
      verdict = parts.judge(facts)
    }
    await carry(flow, facts, head, verdict as Verdict, parts)
  } catch (error) {
    parts.fault(error)
    abort(flow.socket)
  } finally {
    flow.tap.over()
  }
}

/** Who talks to whom. A door that was given a name needs its address first; the answer teaches the host map on the way. */
async function identify(flow: TappedFlow, parts: SteerParts): Promise<FlowFacts | FlowFailure> {
  const { source, host, destination } = flow
  const asked = flow.owner()
  let { ip } = destination
  if (ip === '') {
    const found = await parts.dns.resolve(host)
    if ('failure' in found) return 'host-not-found'
    ip = found.addresses[0]!
  }
  // Before anything is waited for: another host's answer may have the same address a moment later.
  const [known = '', ...otherHosts] = host === '' ? parts.hostMap.hostsOf(ip, parts.now()) : [host]
  const owner = await asked
  flow.tap.ownedBy(owner)
  return {
    transport: 'tcp',
    source,
    destination: { ip, port: destination.port },
    host: known,
    process: owner.process,
    sniffed: 'no',
    ...(otherHosts.length > 0 ? { otherHosts } : {}),
  }
}

async function carry(
  flow: TappedFlow,
  facts: FlowFacts,
  head: Uint8Array,
  verdict: Verdict,
  parts: SteerParts,
): Promise<void> {
  if (verdict.action === 'tunnel') return throughTunnel(flow, facts, head, verdict, parts)
  decided(flow, facts, verdict, NO_TUNNEL, parts)
  if (verdict.action === 'block') return flow.failed('blocked')
  const dialledAt = parts.captures.now()
  const outcome = await parts.dialer.dial(facts.destination)
  if ('failure' in outcome) return flow.failed(DIAL_FAILURES[outcome.failure])
  if (flow.socket.destroyed) return abort(outcome.socket)
  flow.opened()
  flow.tap.direct(outcome.socket, facts.destination, dialledAt)
  await splice(flow.socket, outcome.socket, head, parts.limits.idleMs, flow.tap)
}

async function throughTunnel(
  flow: TappedFlow,
  facts: FlowFacts,
  head: Uint8Array,
  verdict: TunnelVerdict,
  parts: SteerParts,
): Promise<void> {
  const tunnel = await parts.tunnel.session(parts.tunnelWaitMs())
  if (flow.socket.destroyed) return
  const { host, process, destination } = facts
  const { via, exempt } = verdict
  const source = authority(facts.source)
  const keys = flow.tap.wantsKeys && { keys: true }
  const stream = tunnel?.session.open({
    host,
    process,
    ...destination,
    via,
    source,
    ...(exempt && { exempt }),
    ...keys,
  })
  if (tunnel === undefined || stream === undefined) return withoutTunnel(flow, facts, head, parts)
  decided(flow, facts, verdict, tunnel, parts)
  // The captured program's handshake is done already: its bytes need not wait for the gateway's answer. A proxy's do.
  if (flow.door !== 'namespace') {
    const opened = await stream.whenOpened()
    if (opened !== 'opened') return flow.failed(RESET_FAILURES[opened.reason])
    if (flow.socket.destroyed) return stream.reset('aborted', 'the program left')
  }
  flow.opened()
  await relayStream(flow.socket, stream, head, parts.limits.idleMs, flow.tap)
}

/** No tunnel came: by now fail-open or fail-close counts, or the client has been disabled. */
async function withoutTunnel(flow: TappedFlow, facts: FlowFacts, head: Uint8Array, parts: SteerParts): Promise<void> {
  const verdict = parts.judge(facts)
  if (verdict !== 'need-more' && verdict.action !== 'tunnel') return carry(flow, facts, head, verdict, parts)
  decided(flow, facts, NO_SESSION, NO_TUNNEL, parts)
  flow.failed('gateway-down')
}

/** It is decided: said, and from now on what captures see of it. */
function decided(flow: TappedFlow, facts: FlowFacts, verdict: Verdict, tunnel: TunnelName, parts: SteerParts): void {
  tell(flow.door, facts, verdict, tunnel, parts)
  flow.tap.decided(facts, verdict, tunnel.sessionId)
}

/** Says what was decided, once: to the history, and in the lines the real client would write. */
export function tell(
  door: FlowRecord['door'],
  facts: FlowFacts,
  verdict: Verdict,
  { transport, sessionId }: TunnelName,
  { history, log, now }: Pick<SteerParts, 'history' | 'log' | 'now'>,
): void {
  history.add({ time: now(), door, facts, verdict, sessionId })
  for (const event of flowEvents(facts, verdict, { transport, sessionId })) log.report(event)
}

/** The kernel has refused a UDP 443 packet already; what is left is to say so. */
export function refuseQuic({ connection, bytes }: RefusedDatagram, owner: Owner, parts: SteerParts): void {
  const facts: FlowFacts = {
    transport: 'udp',
    source: connection.local,
    destination: connection.remote,
    host: parts.hostMap.lookup(connection.remote.ip, parts.now()),
    process: owner.process,
    sniffed: 'no',
  }
  const verdict = parts.judge(facts)
  tell('kernel', facts, isBlock(verdict) ? verdict : NO_UDP, NO_TUNNEL, parts)
  parts.captures.inner.current?.refusedDatagram({
    interfaceName: 'kernel',
    from: facts.source,
    to: facts.destination,
    outbound: true,
    comment: `process: ${facts.process}\nof what was refused only the addresses are known here, and that it had ${bytes} bytes`,
  })
}

function isBlock(verdict: Verdict | 'need-more'): verdict is BlockVerdict {
  return verdict !== 'need-more' && verdict.action === 'block'
}

/** Of a flow that no session carries. */
const NO_TUNNEL: TunnelName = { transport: 'TLS', sessionId: 0 }

/** What became of a flow that was to be tunnelled and could not be. */
const NO_SESSION: BlockVerdict = {
  action: 'block',
  kind: 'no-tunnel',
  rule: { file: 'built-in', path: 'tunnel' },
  reason: 'It was to be tunnelled, and no session could take it.',
}

/** What holds for a captured program whatever the configuration lets through. */
const NO_UDP: BlockVerdict = {
  action: 'block',
  kind: 'udp',
  rule: { file: 'built-in', path: 'capture' },
  reason: 'The captured namespace carries no UDP but DNS.',
}

const DIAL_FAILURES: Readonly<Record<DialFailure, FlowFailure>> = {
  refused: 'refused',
  unreachable: 'unreachable',
  'timed-out': 'timed-out',
  forbidden: 'blocked',
}

const RESET_FAILURES = {
  ...DIAL_FAILURES,
  aborted: 'gateway-down',
  'bad-request': 'gateway-down',
  'too-many': 'gateway-down',
} as const satisfies Record<string, FlowFailure>

/** What a fault in a flow looks like on the agent's standard error. */
export function faultLine(error: unknown): string {
  return `steerlab: a flow was ended by a fault: ${error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error)}`
}
