// Pure: what the client writes of itself, in the order and with the pauses real logs show (reference 1.7, founding
// document): start, choice of the POP, connect, and what it does by the clock. Messages a build does not have are left out
// by who writes them.

import type { LogEvent, TunnelTransport } from '../log/event.js'
import { modeEvents } from '../log/mode-event.js'
import { socketErrorNumber } from '../log/socket-error.js'
import { US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from './calendar.js'
import type { Endpoint, Network } from './endpoint.js'
import type { Pop } from './pops.js'
import type { Random } from './random.js'
import type { World } from './world.js'

/** One thing the client says of itself, microseconds from midnight. */
export interface Moment {
  readonly time: number
  readonly event: LogEvent
}

/** There is no system proxy (TAB's line). */
export const NO_PROXY: LogEvent = { type: 'system-proxy', state: 'Not Detected', count: 0, pacHost: 'N/A' }

/** First release that asks the GSLB service (founding document: 96.1). */
const GSLB_RELEASE = 96

/** Where POPs are asked for (client-behaviour 3). */
const GSLB_HOST = 'gateway.gslb.goskope.com'

/** What a client meets when it connects. */
export interface ConnectTroubles {
  /** DNS over HTTPS, or the GSLB service, does not answer. */
  readonly ednsTimeout: boolean
  /** UDP 443 to the gateway is blocked on the way. */
  readonly dtlsBlocked: boolean
}

/** A tunnel that came up: when, and how. */
export interface Connected {
  readonly at: number
  readonly transport: TunnelTransport
}

/** Writes an endpoint's own messages, one after the other. */
export class ClientVoice {
  readonly moments: Moment[] = []
  readonly #world: World
  readonly #endpoint: Endpoint
  readonly #random: Random
  /** The POP the service chose last. */
  #pop = ''

  constructor(world: World, endpoint: Endpoint, random: Random) {
    this.#world = world
    this.#endpoint = endpoint
    this.#random = random
  }

  /** One event at a time. */
  say(time: number, event: LogEvent): void {
    if (this.#world.profile.messages.has(event.type)) this.moments.push({ time, event })
  }

  /** The service starts; answers when it is ready to connect. */
  start(time: number, network: Network): number {
    const { hostname, user } = this.#endpoint
    let at = time
    const then = (event: LogEvent, least: number, most: number): void => {
      this.say(at, event)
      at += this.#random.pause(least, most)
    }
    then(this.#userAgent(), 1, 9)
    then({ type: 'user-agent-hostname', hostname }, 2, 20)
    then(this.#windowsEdition(), 5, 60)
    then({ type: 'ca-locations', file: '', directory: '/etc/ssl/certs' }, 5, 40)
    then(NO_PROXY, 5, 80)
    then(this.#configDownload(), 80, 400)
    then({ type: 'current-user', user }, 3, 30)
    then({ type: 'tray-shown' }, 3, 30)
    then({ type: 'tray-ready' }, 3, 30)
    then({ type: 'ipc-port', port: 0 }, 3, 30)
    then({ type: 'preferred-source-ip', ip: network.ip, iface: network.iface }, 20, 120)
    return at
  }

  /** The computer wakes up; answers when the client is ready to connect. */
  resume(time: number, network: Network): number {
    this.say(time, { type: 'power-change', event: 'resume' })
    const told = time + this.#random.pause(20, 90)
    this.say(told, this.#userAgent())
    this.say(told + this.#random.pause(2, 20), { type: 'preferred-source-ip', ip: network.ip, iface: network.iface })
    return told + this.#random.pause(40, 200)
  }

  /** The client knows where it is and what to steer. */
  steeringMode(time: number, network: Network): void {
    const isOffice = network === this.#endpoint.networks[0]
    const told = isOffice ? 'on-prem' : 'remote'
    for (const event of modeEvents(this.#world.policy, isOffice ? 'on-prem' : 'off-prem', told)) this.say(time, event)
  }

  /** Finds the gateway and connects to it. */
  connect(time: number, pop: Pop, network: Network, troubles: ConnectTroubles): Connected {
    const gslb = this.#world.profile.release >= GSLB_RELEASE
    const found = gslb ? this.gslb(time, pop, troubles) : time
    // Real logs of 2024 have DTLS; those before have TLS, and DTLS beside it.
    const wanted: TunnelTransport = gslb || troubles.dtlsBlocked ? 'DTLS' : 'TLS'
    const gateway = gslb ? pop.gateway : this.#world.configuration.client.nsgw.host
    let at = this.#resolve(found, gateway, pop, wanted, troubles.ednsTimeout)
    let transport: TunnelTransport = wanted
    if (wanted === 'DTLS' && troubles.dtlsBlocked) {
      at += this.#random.pause(4900, 5100)
      this.say(at, {
        type: 'tunnel-connect-failed',
        transport: 'DTLS',
        gateway,
        port: 443,
        error: socketErrorNumber('ETIMEDOUT', this.#world.profile.platform),
      })
      at += this.#random.pause(1, 3)
      this.say(at, { type: 'tunnel-failed', transport: 'DTLS', error: -1 })
      transport = 'TLS'
      at = this.#resolve(at + this.#random.pause(2, 12), gateway, pop, transport, false)
    }
    at += Math.round(this.#random.normal(pop.rtt * 4 + 60, 12)) * US_PER_MS
    this.say(at, { type: 'tunnel-connected', transport, gateway, ip: pop.ip, port: 443 })
    at += this.#random.pause(1, 4)
    this.say(at, { type: 'tunnel-established', transport, gateway, pop: pop.code })
    at += this.#random.pause(1, 3)
    this.say(at, { type: 'tunnel-source-ip', ip: network.ip })
    this.say(at, { type: 'tunnel-up' })
    return { at: at + this.#random.pause(5, 40), transport }
  }

  /** A round of the GSLB service while the tunnel is up: the POP stays. */
  gslbCheck(time: number, pop: Pop): void {
    this.#pop = pop.code
    this.gslb(time, pop, { ednsTimeout: false, dtlsBlocked: false })
  }

  /** A round of the GSLB service: POPs, round trips, the choice. */
  gslb(time: number, pop: Pop, { ednsTimeout }: ConnectTroubles): number {
    let at = time
    this.say(at, { type: 'gslb-begin', client: 'NSClient' })
    if (ednsTimeout) {
      at += this.#random.pause(4990, 5020)
      this.say(at, { type: 'download-failed', code: 28, error: 'Timeout was reached' })
      at += this.#random.pause(1, 4)
      this.say(at, { type: 'gslb-failed', client: 'NSClient', host: GSLB_HOST, error: -2 })
      return at + this.#random.pause(2, 9)
    }
    at += this.#random.pause(70, 260)
    const heard = this.#endpoint.pops.slice(0, this.#random.between(4, 6))
    for (const { code, ip, rtt } of heard) {
      at += this.#random.pause(1, 12)
      const measured = Math.max(1, Math.round(this.#random.normal(rtt, rtt / 12)))
      this.say(at, { type: 'gslb-rtt', client: 'NSClient', pop: code, ip, rtt: measured })
    }
    at += this.#random.pause(2, 30)
    this.say(at, {
      type: this.#pop === pop.code ? 'gslb-unchanged' : 'gslb-changed',
      client: 'NSClient',
      pop: pop.code,
    })
    this.#pop = pop.code
    return at + this.#random.pause(1, 10)
  }

  /** The checks of the device that come by the hour. */
  posture(time: number): void {
    const { platform } = this.#world.profile
    let at = time
    const then = (event: LogEvent): void => {
      this.say(at, event)
      at += this.#random.pause(0, 3)
    }
    if (platform === 'windows')
      then({ type: 'disk-encryption', volume: 'C:', status: 1, media: 'Fixed hard disk media' })
    then({ type: 'posture-no-certificate-rule' })
    if (platform === 'windows') then({ type: 'posture-disk', name: 'bitlocker', status: 1 })
    then({ type: 'posture-no-opswat-rule' })
    then({ type: 'posture-os-version', status: 1 })
    then({ type: 'posture-no-rule', check: 'AV check' })
    then({ type: 'posture-no-rule', check: 'file check' })
    then(this.#clientStatus())
    then(this.#userAgent())
    then(this.#configDownload())
  }

  /** What is downloaded every five minutes. */
  supportability(time: number): void {
    this.say(time, { type: 'config-supportability' })
  }

  /** Tells what asks for the gateway's address, as EDNS or LDNS in early releases. */
  #resolve(time: number, gateway: string, pop: Pop, transport: TunnelTransport, ednsTimeout: boolean): number {
    let at = time
    this.say(at, { type: 'tunnel-connecting', transport, gateway, port: 443 })
    if (this.#world.profile.release < GSLB_RELEASE) {
      if (ednsTimeout) {
        at += this.#random.pause(4990, 5020)
        this.say(at, { type: 'download-failed', code: 28, error: 'Timeout was reached' })
        at += this.#random.pause(1, 3)
        this.say(at, { type: 'edns-download-failed', error: -2 })
        at += this.#random.pause(3, 7)
        this.say(at, { type: 'edns-failed', gateway })
        at += this.#random.pause(2, 5)
        this.say(at, { type: 'gateway-found-ldns', gateway })
      } else {
        at += this.#random.pause(90, 260)
        this.say(at, { type: 'edns-downloaded' })
        at += this.#random.pause(2, 5)
        this.say(at, { type: 'gateway-found-edns', gateway })
      }
    } else at += this.#random.pause(1, 30)
    at += this.#random.pause(1, 2)
    this.say(at, { type: 'gateway-resolved', transport, gateway, ip: pop.ip, port: 443 })
    return at
  }

  #configDownload(): LogEvent {
    const host = this.#world.configuration.branding.AddonManagerHost
    return { type: 'config-download', host: 'addon.goskope.com', url: `https://${host}` }
  }

  #windowsEdition(): LogEvent {
    const is11 = this.#endpoint.system.includes('11')
    return { type: 'windows-edition', edition: `Windows ${is11 ? 11 : 10} Enterprise`, build: is11 ? '22631' : '19045' }
  }

  #userAgent(): LogEvent {
    const { system, version, hostname } = this.#endpoint
    return { type: 'user-agent', os: system, version, hostname }
  }

  /** In the schema AS4 reads (reference 2.10). */
  #clientStatus(): LogEvent {
    const { system, hostname } = this.#endpoint
    const { platform } = this.#world.profile
    const [os_version = ''] = /[\d.]+/.exec(system) ?? []
    const host_info = { os: platform, os_version, hostname, device_make: 'Contoso', device_model: 'Lab' }
    const client_status = { event: 'Tunnel Up', host_info, device_classification_status: 'managed' }
    return { type: 'client-status', json: JSON.stringify({ client_status }) }
  }
}

/** Periods of what comes by the clock: supportability every 5 minutes (MIC), GSLB about every 14 (POP), checks hourly (documentation). */
export const PERIODS = {
  supportability: 5 * US_PER_MINUTE,
  gslb: 14 * US_PER_MINUTE,
  posture: 60 * US_PER_MINUTE,
  jitter: 2 * US_PER_SECOND,
} as const
