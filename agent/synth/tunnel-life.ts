// Pure: a day of an endpoint's tunnel: up, down, through which transport and from which address, and everything the client
// says on the way. Faults come in here; flows only ask what holds at their time.

import type { TunnelTransport } from '../log/event.js'
import { US_PER_MINUTE, US_PER_SECOND } from './calendar.js'
import type { Endpoint, Network } from './endpoint.js'
import type { Awake } from './hours.js'
import { ClientVoice, type ConnectTroubles, type Moment, PERIODS } from './moments.js'
import type { Pop } from './pops.js'
import type { Random } from './random.js'
import type { FaultKind } from './scenario.js'
import type { World } from './world.js'

/** A time in which nothing changes for flows; times in microseconds from midnight. */
export interface Segment {
  readonly from: number
  readonly to: number
  /** `off`: the client steers nothing and writes nothing of flows. */
  readonly state: 'up' | 'down' | 'off'
  readonly transport: TunnelTransport
  readonly network: Network
  readonly pop: Pop
}

/** A fault with its time. */
export interface PlannedFault {
  readonly kind: FaultKind
  readonly from: number
  readonly to: number
}

/** A day of a tunnel. */
export interface TunnelLife {
  /** In order, without overlap; between them the computer sleeps. */
  readonly segments: readonly Segment[]
  readonly moments: readonly Moment[]
}

/** How long a keep-alive goes unanswered before the tunnel is given up (LCL: 2 min 1 s). */
const KEEP_ALIVE_TIMEOUT = 121 * US_PER_SECOND

/** The life of a day. */
export function tunnelLife(
  world: World,
  endpoint: Endpoint,
  awake: readonly Awake[],
  faults: readonly PlannedFault[],
  random: Random,
): TunnelLife {
  const life = new Life(world, endpoint, faults, random)
  for (const stretch of awake) life.live(stretch, stretch === awake.at(-1))
  return { segments: life.segments, moments: life.voice.moments }
}

class Life {
  readonly segments: Segment[] = []
  readonly voice: ClientVoice
  readonly #endpoint: Endpoint
  readonly #faults: readonly PlannedFault[]
  readonly #random: Random
  readonly #checker: string
  /** The network of the place, and the one in use. */
  #usual: Network
  #network: Network
  #pop: Pop
  #transport: TunnelTransport = 'TLS'
  /** Where the segment under way began. */
  #since = 0

  constructor(world: World, endpoint: Endpoint, faults: readonly PlannedFault[], random: Random) {
    this.voice = new ClientVoice(world, endpoint, random)
    this.#endpoint = endpoint
    this.#faults = faults
    this.#random = random
    this.#usual = endpoint.networks[1]
    this.#network = this.#usual
    this.#pop = endpoint.pops[0]!
    this.#checker = world.configuration.branding.SFCheckerHost ?? 'sfchecker.goskope.com'
  }

  /** From waking up to falling asleep; the `last` stretch of a day ends with the computer shut down. */
  live(awake: Awake, last: boolean): void {
    const begin = awake.from * US_PER_MINUTE + this.#random.below(US_PER_MINUTE)
    const end = awake.to * US_PER_MINUTE + this.#random.below(US_PER_MINUTE)
    this.#usual = this.#endpoint.networks[awake.place === 'office' ? 0 : 1]
    this.#network = this.#usual
    this.#since = begin
    const at = this.voice[awake.begins === 'boot' ? 'start' : 'resume'](begin, this.#network)
    this.voice.steeringMode(at + this.#random.pause(40, 200), this.#network)
    this.#connect(at + this.#random.pause(250, 2500))
    for (const { kind, from, to } of this.#disturbances(begin, end)) {
      // What comes while another is under way comes after it.
      const later = Math.max(0, this.#since + this.#random.pause(5000, 20_000) - from)
      if (from + later < end - US_PER_MINUTE) this.#suffer({ kind, from: from + later, to: to + later }, end)
    }
    this.#close('up', Math.max(end, this.#since + US_PER_SECOND))
    this.#byTheClock(begin, end)
    this.voice.say(end, { type: 'power-change', event: last ? 'shutdown' : 'suspend' })
  }

  /** Faults of the stretch in order, and what a normal day has of it: POPs change a time or two, a telephone's network helps out. */
  #disturbances(begin: number, end: number): PlannedFault[] {
    const within = this.#faults.filter(({ kind, from }) => from > begin && from < end && !CONNECT_FAULTS.has(kind))
    const switches: PlannedFault[] = []
    const every = 4 * 60 * US_PER_MINUTE
    for (let at = begin + this.#random.exponential(every); at < end; at += this.#random.exponential(every))
      switches.push({ kind: 'pop-flap', from: Math.floor(at), to: Math.floor(at) })
    if (this.#random.chance(0.12)) {
      const at = begin + this.#random.unit() * (end - begin)
      const back = at + this.#random.between(10, 50) * US_PER_MINUTE
      for (const from of [at, back].map(Math.floor))
        if (from < end) switches.push({ kind: 'network-change', from, to: from })
    }
    return [...within, ...switches].sort((a, b) => a.from - b.from)
  }

  #suffer({ kind, from, to }: PlannedFault, end: number): void {
    switch (kind) {
      case 'pop-flap':
        return this.#flap(from, Math.min(to, end - 2 * US_PER_MINUTE))
      case 'keepalive-loss':
        this.#close('up', from)
        this.voice.say(from, { type: 'keep-alive-failed', tries: 15 })
        return this.#lose(from + KEEP_ALIVE_TIMEOUT, end)
      case 'network-change':
        this.#close('up', from)
        return this.#changeNetwork(from, end)
      case 'captive-portal':
        return this.#meetPortal(from, Math.min(to, end - US_PER_MINUTE), end)
      case 'user-disable':
        return this.#disable(from, to, end)
      default:
        return
    }
  }

  /** Reconnects in pairs 21 to 41 s apart (a real day of macOS R114), as long as it flaps. */
  #flap(from: number, to: number): void {
    let at = from
    do {
      this.#reconnect(at)
      at = this.#since + this.#random.between(21 * US_PER_SECOND, 41 * US_PER_SECOND)
      this.#reconnect(at)
      at = this.#since + this.#random.between(4 * US_PER_MINUTE, 12 * US_PER_MINUTE)
    } while (at < to)
  }

  /** To the other near POP, or to the same again. */
  #reconnect(at: number): void {
    this.#close('up', at)
    this.voice.say(at, { type: 'tunnel-closed', transport: this.#transport })
    if (this.#random.chance(0.7)) this.#pop = this.#endpoint.pops.find((pop) => pop !== this.#pop) ?? this.#pop
    this.#connect(at + this.#random.pause(300, 1800))
  }

  #lose(at: number, end: number): void {
    if (at >= end) return this.#close('down', end)
    this.voice.say(at, { type: 'tunnel-closed', transport: this.#transport })
    this.#connect(at + this.#random.pause(950, 1050))
  }

  #changeNetwork(at: number, end: number): void {
    const before = this.#network
    this.#network = before === this.#usual ? this.#endpoint.networks[2] : this.#usual
    this.voice.say(at, { type: 'network-changed', from: before.ip, to: this.#network.ip })
    this.voice.steeringMode(at + this.#random.pause(60, 300), this.#network)
    this.#lose(at + this.#random.pause(400, 900), end)
  }

  #meetPortal(from: number, to: number, end: number): void {
    this.#close('up', from)
    this.voice.say(from, { type: 'tunnel-closed', transport: this.#transport })
    for (let at = from + this.#random.pause(800, 1500); at < to; at += this.#random.pause(29_500, 30_500))
      this.voice.say(at, { type: 'captive-portal', host: this.#checker, code: 302 })
    if (to >= end) return
    this.voice.say(to, { type: 'captive-portal-left', host: this.#checker, code: 200 })
    this.#connect(to + this.#random.pause(200, 900))
  }

  #disable(from: number, to: number, end: number): void {
    this.#close('up', from)
    const { voice } = this
    voice.say(from, {
      type: 'tunnel-disconnecting',
      transport: this.#transport,
      context: 'NSTUNNEL_DISCONNECTED_BYUSER',
    })
    voice.say(from + this.#random.pause(1, 9), { type: 'client-disabled', who: 'user' })
    this.#close('off', Math.min(to, end))
    if (to >= end) return
    voice.say(to, { type: 'client-enabled', who: 'user' })
    this.#connect(to + this.#random.pause(200, 900))
  }

  /** Down until it is up; troubles by the hour of the clock. */
  #connect(at: number): void {
    const connected = this.voice.connect(at, this.#pop, this.#network, this.#troublesAt(at))
    this.#transport = connected.transport
    this.#close('down', connected.at)
  }

  #troublesAt(time: number): ConnectTroubles {
    const holds = (kind: FaultKind) =>
      this.#faults.some((fault) => fault.kind === kind && fault.from <= time && time < fault.to)
    return { ednsTimeout: holds('edns-timeout'), dtlsBlocked: holds('dtls-blocked') }
  }

  /** Ends the segment under way. */
  #close(state: Segment['state'], to: number): void {
    if (to <= this.#since) return
    this.segments.push({
      from: this.#since,
      to,
      state,
      transport: this.#transport,
      network: this.#network,
      pop: this.#pop,
    })
    this.#since = to
  }

  /** What comes by the clock while the computer is awake; GSLB and checks need a tunnel. */
  #byTheClock(begin: number, end: number): void {
    const each = (period: number, tell: (at: number) => void): void => {
      for (let at = begin + this.#random.below(period); at < end; at += period)
        tell(at + this.#random.below(PERIODS.jitter))
    }
    each(PERIODS.supportability, (at) => this.voice.supportability(at))
    each(PERIODS.gslb, (at) => {
      const segment = this.segments.find(({ from, to }) => from <= at && at < to)
      if (segment?.state === 'up') this.voice.gslbCheck(at, segment.pop)
    })
    each(PERIODS.posture, (at) => this.voice.posture(at))
  }
}

/** Faults that only matter when the tunnel connects. */
const CONNECT_FAULTS: ReadonlySet<FaultKind> = new Set(['edns-timeout', 'dtls-blocked', 'dns-blind', 'sleep'])
