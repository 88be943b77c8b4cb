// Pure: the flows a program can make, each decided and its lines prepared beforehand: which host, address and port, and
// what the log says of it. A draw among them is all that a flow costs.

import type { TunnelTransport } from '../log/event.js'
import { flowEvents } from '../log/flow-event.js'
import { type LineParts, lineParts } from '../log/line-parts.js'
import { decide } from '../steering/decide.js'
import { type FlowFacts, type Location, ORDINARY_SITUATION, type Situation, type Verdict } from '../steering/flow.js'
import type { App, Target } from './app.js'
import type { Site } from './sites.js'
import { Weighted, zipfWeights } from './weighted.js'
import { sitesFor, type World } from './world.js'

/** One kind of flow of one program: to one address and port of one host. */
export interface FlowKind {
  readonly facts: FlowFacts
  /** Whether the destination, and so the source, is an IPv6 address. */
  readonly ipv6: boolean
  /** The lines it makes, by where the endpoint is; none for what is not steered. */
  readonly lines: Readonly<Record<Location, FlowLines>>
}

/** Lines by the tunnel's transport. */
type FlowLines = Readonly<Record<TunnelTransport, readonly LineParts[]>>

/** The kinds of flows of one process of a program. */
export interface FlowChoice {
  /** What a session begins with. */
  readonly opening: Weighted<FlowKind>
  readonly rest: Weighted<FlowKind>
}

/** Stands for the source, which the lines leave open. */
const ANY_SOURCE = { ip: '', port: 0 }

/** The share of flows that go over IPv6 where host and endpoint have it. */
const IPV6_SHARE = 0.25

/** The choices of all programs of a world, each made when it is first asked for. */
export class FlowChoices {
  readonly #world: World
  readonly #known = new Map<string, FlowChoice>()

  constructor(world: World) {
    this.#world = world
  }

  /** The choice of a program's process; `blind` = nobody answered its DNS queries, so that no host is known. */
  of(app: App, process: string, blind: boolean): FlowChoice {
    const key = `${app.name}\n${process}\n${blind}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const rest = kindsOf(this.#world, process, app.targets, blind)
    const opening = app.opening === undefined ? rest : kindsOf(this.#world, process, app.opening, blind)
    this.#known.set(key, { opening, rest })
    return { opening, rest }
  }
}

function kindsOf(world: World, process: string, targets: readonly Target[], blind: boolean): Weighted<FlowKind> {
  const kinds: FlowKind[] = []
  const weights: number[] = []
  for (const target of targets) {
    const sites = sitesFor(world, target)
    const shares = zipfWeights(sites.length)
    const total = shares.reduce((sum, share) => sum + share, 0)
    for (const [rank, site] of sites.entries()) {
      const weight = (target.weight * shares[rank]!) / total
      const nameless = blind ? BLIND : target.nameless
      for (const [ip, share] of addressesOf(site))
        for (const [host, part] of [
          [site.host, 1 - nameless],
          ['', nameless],
        ] as const) {
          if (part === 0) continue
          kinds.push(kindOf(world, process, target, host, ip))
          weights.push(weight * share * part)
        }
    }
  }
  return new Weighted(kinds, weights)
}

/** The share of flows without a host while no DNS answer is seen: what was learnt before is still known. */
const BLIND = 0.85

/** Each address of a site with its share; the first one is used most. */
function addressesOf({ addresses, addresses6 }: Site): readonly (readonly [ip: string, share: number])[] {
  const shares = (list: readonly string[], whole: number) => {
    const weights = zipfWeights(list.length)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return list.map((ip, i) => [ip, (whole * weights[i]!) / total] as const)
  }
  const share6 = addresses6.length > 0 ? IPV6_SHARE : 0
  return [...shares(addresses, 1 - share6), ...shares(addresses6, share6)]
}

function kindOf(world: World, process: string, target: Target, host: string, ip: string): FlowKind {
  const { transport, port } = target
  const facts: FlowFacts = { transport, source: ANY_SOURCE, destination: { ip, port }, host, process, sniffed: 'no' }
  const outside = linesOf(world, facts, 'off-prem')
  const inside = world.policy.dynamic ? linesOf(world, facts, 'on-prem') : outside
  return { facts, ipv6: ip.includes(':'), lines: { 'off-prem': outside, 'on-prem': inside } }
}

function linesOf(world: World, facts: FlowFacts, location: Location): FlowLines {
  const verdict = settled(facts, world, location)
  const lines = (transport: TunnelTransport): readonly LineParts[] =>
    flowEvents(facts, verdict, { transport, sessionId: SESSION })
      .map((event) => lineParts(world.profile, event))
      .filter((parts) => parts !== undefined)
  return { TLS: lines('TLS'), DTLS: lines('DTLS') }
}

/** All public flow lines name session 1. */
const SESSION = 1

/** What the agent decides; a flow it wants to look into turns out to be what the host map says, or nothing it can read. */
function settled(facts: FlowFacts, { policy }: World, location: Location): Verdict {
  // Made-up endpoints belong to a company, which manages them.
  const situation: Situation = { ...ORDINARY_SITUATION, location, device: 'managed' }
  const first = decide(facts, policy, situation)
  if (first !== 'need-more') return first
  return decide({ ...facts, sniffed: facts.host === '' ? 'opaque' : 'tls' }, policy, situation) as Verdict
}
