/**
 * The client's connection to its cloud, as a user sees it: enabled or disabled, up or down, here or there. Joins the
 * tunnel (tunnel/, pop/) with what is true of the endpoint (location/), hears of changes of the network and of sleep, and
 * tells log and tenant.
 */

import type { Configuration } from './config/configuration.js'
import type { ClientEvent } from './config/download/client-status.js'
import type { InForce } from './config/live-configuration.js'
import { isOn } from './config/schema/values.js'
import { userMistake } from './errors.js'
import { EndpointState, type EndpointStatus } from './location/endpoint-state.js'
import type { NetworkChange } from './location/network-state.js'
import { NetworkWatch } from './location/network-watch.js'
import { SleepWatch } from './location/sleep-watch.js'
import type { EventLog } from './log/event.js'
import { modeChanges } from './log/mode-event.js'
import type { Profile } from './log/profile.js'
import { type CloudDescription, routeInCloud } from './outbound/cloud-route.js'
import type { Dialer } from './outbound/dial.js'
import { routeDialer } from './outbound/route-dialer.js'
import type { PopStatus } from './pop/pop-record.js'
import { selectionSettings, tunnelSettings } from './pop/settings.js'
import type { Location, Situation } from './steering/flow.js'
import { type AssembledTunnel, assembleTunnel } from './tunnel/assemble-tunnel.js'
import type { TunnelCredentials } from './tunnel/open-tunnel.js'
import type { TunnelChange, TunnelStatus } from './tunnel/tunnel.js'
import type { TunnelKeeper } from './tunnel/tunnel-keeper.js'
import type { TunnelWire } from './tunnel/tunnel-wire.js'

/** What a connection is made of. */
export interface ClientConnectionOptions {
  readonly cloud: CloudDescription
  readonly credentials: TunnelCredentials
  readonly inForce: () => InForce
  readonly profile: Profile
  readonly log: EventLog
  /** Addresses of a name as the endpoint's own programs find it. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  /** The way out, not through the tunnel. */
  readonly dialer: Dialer
  /** Who wants to see what the tunnel's sockets carry. */
  readonly wire?: TunnelWire | undefined
  /** Told to the tenant. */
  readonly post: (event: ClientEvent) => void
}

/** The connection as `steerlab status` shows it. */
export interface ConnectionStatus {
  readonly tunnel: TunnelStatus
  readonly endpoint: EndpointStatus
}

/** The port captive portals are looked for on. */
const CHECKER_PORT = 80

/** How long a connection to their checker may take, ms: it is on loopback. */
const CHECKER_MS = 3000

/** One client's connection. */
export class ClientConnection {
  readonly #options: ClientConnectionOptions
  readonly #tunnel: AssembledTunnel
  readonly #endpoint: EndpointState
  readonly #watches: readonly { close(): void }[]
  /** The way to the gateway as the configuration had it last. */
  #way: string

  constructor(options: ClientConnectionOptions) {
    this.#options = options
    const { inForce, cloud, resolve, dialer, log, post } = options
    this.#endpoint = new EndpointState({
      inForce,
      waitMs: () => tunnelSettings(inForce().configuration).waitMs,
      resolve,
      dialer,
      checker: async () => {
        const [ip] = await this.#tunnel.resolve(inForce().configuration.branding.AddonCheckerHost ?? '')
        return ip === undefined ? undefined : routeInCloud(cloud, { ip, port: CHECKER_PORT })
      },
      checkerDialer: routeDialer({ timeoutMs: CHECKER_MS }),
      log,
      moved: (now, before) => this.#tellMode(now, { ...inForce(), location: before }),
      failsClosed: () => post('Fail close'),
      now: () => performance.now(),
    })
    this.#tunnel = assembleTunnel({
      ...options,
      configuration: () => inForce().configuration,
      changed: (change) => this.#tunnelChanged(change),
      now: Date.now,
      random: Math.random,
    })
    this.#way = wayOf(inForce().configuration, options.profile)
    this.#watches = [
      new NetworkWatch({ changed: (change) => this.#networkChanged(change) }),
      new SleepWatch({ resumed: () => this.#resumed() }),
    ]
  }

  /** Connects, and says where the client is and what it steers. */
  start(): void {
    const { log, inForce } = this.#options
    const { policy } = inForce()
    for (const event of modeChanges({ policy, situation: { location: this.#endpoint.location } })) log.report(event)
    this.#endpoint.follow()
    this.keeper.enable()
  }

  /** Gives new flows their session. */
  get keeper(): TunnelKeeper {
    return this.#tunnel.keeper
  }

  /** How long a flow should wait for a tunnel now, ms. */
  get waitMs(): number {
    return this.#endpoint.waitLeftMs
  }

  /** What a flow is decided by now. */
  get situation(): Situation {
    return this.#endpoint.situation
  }

  get status(): ConnectionStatus {
    return { tunnel: this.keeper.status, endpoint: this.#endpoint.status }
  }

  get pops(): PopStatus {
    return this.#tunnel.record.status
  }

  /** The user enables the client, as in the tray; enabled already, nothing happens. */
  enable(): void {
    if (!this.keeper.isOff) return
    this.#options.log.report({ type: 'client-enabled', who: 'user' })
    this.#options.post('User Enabled')
    this.#endpoint.tunnelIs('down')
    this.keeper.enable()
  }

  /** Throws a user's mistake `not-allowed` where the configuration forbids to disable the client. */
  checkDisabling(): void {
    const { client } = this.#options.inForce().configuration
    const refusal = whyNotDisabled(client)
    if (refusal !== undefined) throw userMistake('not-allowed', `the client cannot be disabled: ${refusal}`)
  }

  /** The user disables it. Throws as `checkDisabling`. */
  disable(): void {
    this.checkDisabling()
    if (this.keeper.isOff) return
    this.keeper.disable()
    this.#endpoint.tunnelIs('disabled')
    this.#options.log.report({ type: 'client-disabled', who: 'user' })
    this.#options.post('User Disabled')
  }

  /** Another configuration is in force. */
  configurationChanged(before: InForce): void {
    const { inForce, profile } = this.#options
    const { location } = this.#endpoint
    this.#tellMode(location, { ...before, location: this.#endpoint.locationUnder(before.configuration) })
    this.#endpoint.follow()
    const way = wayOf(inForce().configuration, profile)
    if (way !== this.#way) this.keeper.lookAnew()
    this.#way = way
  }

  close(): void {
    for (const watch of this.#watches) watch.close()
    this.#endpoint.close()
    this.#tunnel.close()
  }

  #tunnelChanged(change: TunnelChange): void {
    if (!this.keeper.isOff) this.#endpoint.tunnelIs(change.to)
    if (change.to === 'up' && !change.wasUp) this.#options.post('Tunnel Up')
    else if (change.to === 'down') this.#options.post('Tunnel Down')
  }

  #networkChanged({ from, to }: NetworkChange): void {
    this.#options.log.report({ type: 'network-changed', from, to })
    this.#options.post('Change in network')
    this.#endpoint.networkChanged()
    this.keeper.lookAnew()
  }

  #resumed(): void {
    this.#options.log.report({ type: 'power-change', event: 'resume' })
    this.#endpoint.networkChanged()
    this.keeper.lookAnew()
  }

  #tellMode(location: Location, before: Pick<InForce, 'policy'> & { readonly location: Location }): void {
    const { log, inForce } = this.#options
    const was = { policy: before.policy, situation: { location: before.location } }
    for (const event of modeChanges({ policy: inForce().policy, situation: { location } }, was)) log.report(event)
  }
}

function whyNotDisabled({ allowClientDisabling, failClose }: Configuration['client']): string | undefined {
  if (isOn(failClose?.fail_close)) return 'it fails closed (nsconfig.json $.failClose.fail_close)'
  if (allowClientDisabling !== undefined && !isOn(allowClientDisabling))
    return 'its users may not (nsconfig.json $.allowClientDisabling)'
  return undefined
}

/** What of a configuration decides where the tunnel goes, and when that is looked at. */
function wayOf(configuration: Configuration, { release }: Profile): string {
  const { wanted, reselectMs } = tunnelSettings(configuration)
  return JSON.stringify([selectionSettings(configuration, release), wanted, reselectMs])
}
