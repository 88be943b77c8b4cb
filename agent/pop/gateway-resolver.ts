/**
 * Finds a gateway's address by its name, as the client did before GSLB and does when GSLB fails: DNS over HTTPS (EDNS)
 * first, then local DNS (LDNS). Each step writes the lines of the founding document.
 */

import type { EventLog } from '../log/event.js'
import { failureEvents } from '../outbound/told-failure.js'
import type { DohOutcome } from './doh-client.js'
import type { LdnsOutcome } from './ldns-client.js'
import type { Method } from './pop.js'
import type { GatewayTarget } from './target.js'

/** Who is asked. None of them rejects. */
export interface GatewayResolverParts {
  readonly doh: (name: string, signal: AbortSignal) => Promise<DohOutcome>
  readonly ldns: (name: string) => Promise<LdnsOutcome>
  readonly log: EventLog
}

/** An address and how it was found. */
export interface FoundGateway {
  readonly ip: string
  readonly method: Method
}

/** The log's number for a download that failed (founding document). */
const DOWNLOAD_FAILED = -2

/** And for a connection whose handshake failed. */
const NO_SOCKET_ERROR = -1

/** Finds addresses of gateways. */
export class GatewayResolver {
  readonly #parts: GatewayResolverParts

  constructor(parts: GatewayResolverParts) {
    this.#parts = parts
  }

  /** The gateway's address; undefined when neither method finds one, or none is wanted any more. */
  async resolve(gateway: string, signal: AbortSignal): Promise<FoundGateway | undefined> {
    const { doh, ldns, log } = this.#parts
    const answer = await doh(gateway, signal)
    if (signal.aborted) return undefined
    const [ip] = 'failure' in answer ? [] : answer.addresses
    if (ip !== undefined) {
      log.report({ type: 'edns-downloaded' })
      log.report({ type: 'gateway-found-edns', gateway })
      return { ip, method: 'edns' }
    }
    if ('failure' in answer) for (const event of failureEvents(answer)) log.report(event)
    log.report({ type: 'edns-download-failed', error: DOWNLOAD_FAILED })
    log.report({ type: 'edns-failed', gateway })
    const local = await ldns(gateway)
    if (signal.aborted) return undefined
    const [found] = 'failure' in local ? [] : local.addresses
    if (found === undefined) {
      log.report({ type: 'ldns-failed', gateway })
      return undefined
    }
    log.report({ type: 'gateway-found-ldns', gateway })
    return { ip: found, method: 'ldns' }
  }

  /**
   * What local DNS says in place of an address of EDNS at which another's gateway answered; undefined when it says no
   * other, or is not wanted any more.
   */
  async resolveOtherwise(
    { gateway, port }: GatewayTarget,
    refused: string,
    signal: AbortSignal,
  ): Promise<FoundGateway | undefined> {
    const { ldns, log } = this.#parts
    const local = await ldns(gateway)
    if (signal.aborted) return undefined
    const ip = 'failure' in local ? undefined : local.addresses.find((address) => address !== refused)
    if (ip === undefined) return undefined
    log.report({ type: 'tunnel-connect-failed', transport: 'TLS', gateway, port, error: NO_SOCKET_ERROR })
    log.report({ type: 'edns-failed', gateway })
    log.report({ type: 'gateway-found-ldns', gateway })
    return { ip, method: 'ldns' }
  }
}
