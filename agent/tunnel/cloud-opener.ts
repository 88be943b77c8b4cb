/**
 * Opens sessions in the mock cloud: finds the address of a gateway that is only a name, goes by the cloud's routes, and
 * dials TLS or DTLS.
 */

import type { EventLog, TunnelTransport } from '../log/event.js'
import type { FoundGateway, GatewayResolver } from '../pop/gateway-resolver.js'
import type { GatewayTarget } from '../pop/target.js'
import type { Endpoint } from '../steering/flow.js'
import { openDtls } from './open-dtls.js'
import { openTls, type TunnelAttempt } from './open-tunnel.js'
import type { Opened, TunnelOpener } from './tunnel.js'

/** What it works with. */
export interface CloudOpenerParts {
  readonly resolver: GatewayResolver
  /** Where a public endpoint really listens. */
  readonly route: (endpoint: Endpoint, transport: 'tcp' | 'udp') => Endpoint
  /** What is the same for all attempts, as it is now. */
  readonly attempt: () => Omit<TunnelAttempt, 'gateway' | 'shownAs' | 'endpoint' | 'signal'>
  /** Bytes of an IP packet on the way to the gateway: `mtu` of nsconfig.json. */
  readonly mtu: () => number
  readonly log: EventLog
}

/** Opens sessions. */
export class CloudOpener implements TunnelOpener {
  readonly #parts: CloudOpenerParts

  constructor(parts: CloudOpenerParts) {
    this.#parts = parts
  }

  async open(target: GatewayTarget, transport: TunnelTransport, signal: AbortSignal): Promise<Opened> {
    const { resolver } = this.#parts
    const { gateway } = target
    const found =
      target.ip === '' ? await resolver.resolve(gateway, signal) : { ip: target.ip, method: 'gslb' as const }
    if (found === undefined)
      return { ip: '', method: 'ldns', outcome: { failure: 'its name was not found', code: 'ENOTFOUND' } }
    const opened = await this.#dial(target, found, transport, signal)
    // DTLS has its own way on, which is TLS.
    const isForeign = found.method === 'edns' && transport === 'TLS' && isAnothers(opened)
    const other = isForeign ? await resolver.resolveOtherwise(target, found.ip, signal) : undefined
    if (other === undefined) return opened
    return this.#dial(target, other, transport, signal)
  }

  async #dial(
    { gateway, port }: GatewayTarget,
    found: FoundGateway,
    transport: TunnelTransport,
    signal: AbortSignal,
  ): Promise<Opened> {
    const { route, attempt, mtu, log } = this.#parts
    if (signal.aborted) return { ...found, outcome: { failure: 'given up', code: 'ECANCELED' } }
    const { ip } = found
    log.report({ type: 'gateway-resolved', transport, gateway, ip, port })
    const endpoint = route({ ip, port }, transport === 'DTLS' ? 'udp' : 'tcp')
    const wanted = { ...attempt(), gateway, shownAs: { ip, port }, endpoint, signal }
    wanted.wire?.dialling(endpoint)
    return { ...found, outcome: transport === 'DTLS' ? await openDtls(wanted, mtu()) : await openTls(wanted) }
  }
}

/** Whether somebody answered whose certificate is not our gateway's: OpenSSL's and Node's codes for that. */
function isAnothers({ outcome }: Opened): boolean {
  return 'failure' in outcome && /CERT|SIGNATURE|ISSUER|INVALID_(CA|PURPOSE)/.test(outcome.code)
}
