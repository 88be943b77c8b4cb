/**
 * A made-up world for the tunnel's life: POPs whose round trips wander, which break in several ways and come back, networks
 * that differ, vanish and return, a GSLB service that fails, and outages of everything. The same seed, the same world.
 */

import type { TunnelTransport } from '../../agent/log/event.js'
import type { MeasuredPop, Pop } from '../../agent/pop/pop.js'
import type { GatewayTarget } from '../../agent/pop/target.js'
import type { Random } from '../../agent/synth/random.js'
import type { VirtualTime } from './virtual-time.js'

/** `dropping`: takes sessions and drops them before they are settled. */
export type Condition = 'works' | 'refuses' | 'silent' | 'dropping'

/** A POP of the world. */
export interface WorldPop extends Pop {
  condition: Condition
  /** Since when a client can stay connected to it, ms; undefined while none can. */
  reachableSince: number | undefined
  /** How its round trip has wandered, 1 is not at all. */
  wander: number
  /** Round trip from each network, ms. */
  readonly distances: readonly number[]
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How many networks the computer moves between. */
const NETWORKS = 3

/** Longest round trip that is measured, ms: the deadline of all probes. */
export const PROBE_MS = 1500

/** After everything was out nothing else breaks for this long, ms, so that the way back can be timed. */
export const QUIET_MS = 2 * MINUTE

/** The tenant's gateway and its backup: names, which DNS answers. */
export const BY_NAME: readonly GatewayTarget[] = ['gateway-acme.goskope.com', 'gateway-backup-acme.goskope.com'].map(
  (gateway) => ({ gateway, ip: '', port: 443, pop: '' }),
)

/** The world. */
export class LifeWorld {
  readonly pops: readonly WorldPop[]
  /** The gateway that only the name of the backup leads to. */
  readonly backup: WorldPop
  network = 0
  /** Everything is out, and how that shows. */
  outage: 'refuses' | 'silent' | undefined
  isOnline = true
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #changed: () => void
  readonly #outageOver: () => void
  readonly #udp: readonly boolean[]
  #gslb: 'works' | 'refuses' | 'silent' = 'works'
  #quietUntil = 0

  /** `changed` is called when something else can be reached than before, `outageOver` when everything can after nothing could. */
  constructor(time: VirtualTime, random: Random, changed: () => void, outageOver: () => void) {
    this.#time = time
    this.#random = random
    this.#changed = changed
    this.#outageOver = outageOver
    this.pops = Array.from({ length: random.between(4, 10) }, (_, n) => this.#newPop(`P${n}`))
    this.backup = this.#newPop('BACKUP')
    this.#udp = Array.from({ length: NETWORKS }, (_, n) => n === 0 || random.chance(0.5))
    for (const pop of [...this.pops, this.backup]) this.#breakNow(pop)
    this.#about(2 * HOUR, () => this.#failGslb())
    this.#about(4 * HOUR, () => this.#startOutage())
    this.#wander()
  }

  /** Everything works, and nothing breaks for so long, ms. */
  heal(forMs: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, this.#time.now + forMs)
    this.outage = undefined
    this.isOnline = true
    this.#gslb = 'works'
    for (const pop of [...this.pops, this.backup]) pop.condition = 'works'
    this.#tell()
  }

  /** Another network, or none for a while. */
  move(): void {
    this.network = this.#random.below(NETWORKS)
    this.isOnline = this.#random.chance(0.8) || this.#time.now < this.#quietUntil
    if (!this.isOnline)
      this.#in(this.#random.exponential(40 * SECOND), () => {
        this.isOnline = true
        this.#tell()
      })
    this.#tell()
  }

  /** How an attempt to connect would end. */
  reach(pop: WorldPop, transport: TunnelTransport): Condition {
    if (!this.isOnline) return 'refuses'
    if (this.outage !== undefined) return this.outage
    return transport === 'DTLS' && !this.#udp[this.network] ? 'silent' : pop.condition
  }

  /** Whether the GSLB service answers. */
  get gslb(): 'works' | 'refuses' | 'silent' {
    return this.isOnline ? (this.outage ?? this.#gslb) : 'refuses'
  }

  /** Where a target leads; the service's DNS names the nearest POP that is well. */
  at({ gateway }: GatewayTarget): WorldPop {
    if (gateway === BY_NAME[1]!.gateway) return this.backup
    const near = this.near()
    return (
      near.find((pop) => pop.gateway === gateway) ?? near.find(({ condition }) => condition === 'works') ?? near[0]!
    )
  }

  /** The service's list. */
  near(): readonly WorldPop[] {
    return [...this.pops].sort((a, b) => a.distances[this.network]! - b.distances[this.network]!)
  }

  /** Round trip now, ms, with jitter. */
  rtt({ distances, wander }: WorldPop): number {
    return Math.round(distances[this.network]! * wander * (1 + this.#random.unit() / 10) * 10) / 10
  }

  /** What probes find. */
  measure(): readonly MeasuredPop[] {
    return this.near().map((pop) => {
      const reach = this.reach(pop, 'TLS')
      const rttMs = reach === 'works' || reach === 'dropping' ? this.rtt(pop) : undefined
      return { ...pop, rttMs: rttMs !== undefined && rttMs <= PROBE_MS ? rttMs : undefined }
    })
  }

  #newPop(name: string): WorldPop {
    return {
      name,
      gateway: `gateway-${name.toLowerCase()}.goskope.com`,
      ip: `192.0.2.${name === 'BACKUP' ? 99 : Number(name.slice(1))}`,
      port: 443,
      condition: 'works',
      reachableSince: 0,
      wander: 1,
      distances: Array.from({ length: NETWORKS }, () => Math.min(150, 5 + this.#random.exponential(60))),
    }
  }

  /** Round trips are other ones a minute later. */
  #wander(): void {
    for (const pop of this.pops)
      pop.wander = Math.min(4, Math.max(0.5, pop.wander * (0.9 + this.#random.unit() * 0.22)))
    this.#in(MINUTE, () => this.#wander())
  }

  #breakNow(pop: WorldPop): void {
    this.#about(90 * MINUTE, () => {
      const again = () => this.#breakNow(pop)
      if (this.#time.now < this.#quietUntil) return again()
      const isFlapping = this.#random.chance(0.3)
      pop.condition = this.#random.pick(['refuses', 'silent', 'dropping'])
      this.#in(this.#random.exponential(isFlapping ? 5 * SECOND : 5 * MINUTE), () => {
        pop.condition = 'works'
        this.#tell()
        again()
      })
      this.#tell()
    })
  }

  #failGslb(): void {
    if (this.#time.now >= this.#quietUntil) this.#gslb = this.#random.pick(['refuses', 'silent'])
    this.#in(this.#random.exponential(10 * MINUTE), () => {
      this.#gslb = 'works'
    })
    this.#about(2 * HOUR, () => this.#failGslb())
  }

  /** When it is over, everything works. */
  #startOutage(): void {
    if (this.#time.now >= this.#quietUntil) {
      this.outage = this.#random.pick(['refuses', 'silent'])
      this.#in(20 * SECOND + this.#random.exponential(4 * MINUTE), () => {
        this.heal(QUIET_MS)
        this.#outageOver()
      })
      this.#tell()
    }
    this.#about(4 * HOUR, () => this.#startOutage())
  }

  #tell(): void {
    const isOut = !this.isOnline || this.outage !== undefined
    for (const pop of [...this.pops, this.backup])
      pop.reachableSince = isOut || pop.condition !== 'works' ? undefined : (pop.reachableSince ?? this.#time.now)
    this.#changed()
  }

  /** Some time around `meanMs` from now. */
  #about(meanMs: number, happens: () => void): void {
    this.#in(this.#random.exponential(meanMs), happens)
  }

  #in(ms: number, happens: () => void): void {
    this.#time.schedule(ms, happens)
  }
}
