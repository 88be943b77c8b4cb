// Pure: how the gateway was found, which POP served, and what happened to the tunnel.

import { detached } from '../detached.js'
import type { Recognised } from '../recognise.js'
import { popMoment } from './pop-moments.js'
import type { PopMoment, Report } from './report.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type Gateway = Mutable<Report['pop']['gateways'][number]>

const MAX_MOMENTS = 10_000
/** Most gateways and POPs that are told apart: the real world has a few hundred. */
const MAX_NAMES = 1000

/**
 * A failure of TLS is told twice, by nsssl and by nsTunnel, 1 to 3 ms apart (reference 2.3, rows 35 and 36);
 * microseconds.
 */
const SAME_FAILURE = 1_000_000

/** Follows the tunnel of one log after the other. */
export class PopTally {
  readonly #onMoment: ((moment: PopMoment) => void) | undefined
  readonly #timeline: PopMoment[] = []
  #omitted = 0
  readonly #methods = { EDNS: 0, LDNS: 0, GSLB: 0 }
  #failures = 0
  #connections = 0
  #switches = 0
  readonly #gateways = new Map<string, Gateway>()
  readonly #rtt = new Map<string, { count: number; least: number; sum: number; most: number }>()
  /** Of the log under way. */
  #connected: Gateway | undefined
  #addresses = new Map<string, string>()
  #lastConnectFailed = Number.NEGATIVE_INFINITY

  /** `onMoment` hears of every moment. */
  constructor(onMoment?: (moment: PopMoment) => void) {
    this.#onMoment = onMoment
  }

  /** Another log: its first connection is no switch. */
  beginLog(): void {
    this.#connected = undefined
    this.#addresses.clear()
    this.#lastConnectFailed = Number.NEGATIVE_INFINITY
  }

  /** Takes a message and its time, microseconds. */
  add(time: number, recognised: Recognised): void {
    const { group } = recognised.form
    if (group !== 'pop' && group !== 'tunnel') return
    const moment = popMoment(time, recognised.event)
    if (moment === undefined) return
    this.#keep(moment)
    this.#onMoment?.(moment)
    const { what, method, gateway = '', ip = '', pop = '', rtt } = moment
    if (what === 'resolved' && method !== undefined) this.#methods[method]++
    else if (what === 'resolved') this.#learn(gateway, ip)
    else if (what === 'rtt') this.#measured(pop, rtt ?? 0)
    else if (what === 'resolve-failed') this.#failures++
    else if (what === 'connect-failed') this.#failed(moment)
    else if (what === 'connected') this.#connect(gateway, ip)
    else if (what === 'established' && this.#connected?.gateway === gateway) this.#connected.pop = detached(pop)
  }

  #keep(moment: PopMoment): void {
    if (this.#timeline.length >= MAX_MOMENTS) this.#omitted++
    else this.#timeline.push(JSON.parse(JSON.stringify(moment)))
  }

  #learn(gateway: string, ip: string): void {
    if (this.#addresses.size < MAX_NAMES) this.#addresses.set(detached(gateway), detached(ip))
  }

  #measured(pop: string, rtt: number): void {
    const known = this.#rtt.get(pop)
    if (known !== undefined) {
      known.count++
      known.sum += rtt
      known.least = Math.min(known.least, rtt)
      known.most = Math.max(known.most, rtt)
    } else if (this.#rtt.size < MAX_NAMES) this.#rtt.set(detached(pop), { count: 1, least: rtt, sum: rtt, most: rtt })
  }

  #failed({ time, gateway }: PopMoment): void {
    if (gateway === undefined && Math.abs(time - this.#lastConnectFailed) <= SAME_FAILURE) return
    this.#failures++
    if (gateway !== undefined) this.#lastConnectFailed = time
  }

  #connect(gateway: string, said: string): void {
    this.#connections++
    if (this.#connected !== undefined && this.#connected.gateway !== gateway) this.#switches++
    const ip = said === '' ? (this.#addresses.get(gateway) ?? '') : said
    const key = `${gateway} ${ip}`
    const known = this.#gateways.get(key) ?? { gateway: detached(gateway), ip: detached(ip), pop: '', connections: 0 }
    known.connections++
    this.#connected = known
    if (this.#gateways.size < MAX_NAMES) this.#gateways.set(detached(key), known)
  }

  /** What was counted so far. */
  result(): Report['pop'] {
    return {
      methods: { ...this.#methods },
      failures: this.#failures,
      connections: this.#connections,
      switches: this.#switches,
      gateways: [...this.#gateways.values()].map((gateway) => ({ ...gateway })).sort(byConnections),
      rtt: [...this.#rtt].map(([pop, { count, least, sum, most }]) => ({ pop, count, least, mean: sum / count, most })),
      timeline: [...this.#timeline],
      omitted: this.#omitted,
    }
  }
}

function byConnections(a: Gateway, b: Gateway): number {
  return b.connections - a.connections
}
