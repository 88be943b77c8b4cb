/**
 * The add-on service, `addon-<tenant>.goskope.com`: HTTPS on loopback, from which clients download their configuration
 * and to which they post their status. What is answered is in addon-routes, its log has no keys in it.
 */

import { FAULTLESS, type FaultSource, type ServiceFault } from '../faults/fault.js'
import { type AddonCertificates, answerTo } from './addon-routes.js'
import { ClientStatusFile } from './client-status-file.js'
import { text } from './http-answer.js'
import { type Answerer, type HttpService, type HttpServiceOptions, startHttpService } from './http-service.js'
import { TenantStore } from './tenant-store.js'

/** What the service is started with. */
export interface AddonServerOptions
  extends AddonCertificates,
    Pick<HttpServiceOptions, 'host' | 'port' | 'log' | 'requestMs'> {
  /** Server key, PEM. */
  readonly key: string
  /** Server certificate and its chain, PEM. */
  readonly cert: string
  /** The tenant's directory; it may be missing. */
  readonly tenantDirectory: string
  readonly now: () => Date
  /** Left out, it is never faulty. */
  readonly fault?: FaultSource<ServiceFault>
}

/** A running service. */
export type AddonServer = HttpService

/** Starts the service; throws SteerError `port-in-use` or `listen-failed`. */
export function startAddonServer(options: AddonServerOptions): Promise<AddonServer> {
  const { host, port, key, cert, tenantDirectory, now, log, requestMs, fault = FAULTLESS } = options
  const store = new TenantStore({ directory: tenantDirectory, now, log })
  const statuses = new ClientStatusFile(tenantDirectory)
  const answer: Answerer = async (request) => {
    const given = answerTo(request, await store.current(), options)
    if (given.clientStatus !== undefined && given.user !== undefined) {
      await statuses.append(now(), given.user, given.clientStatus)
      log({ event: 'client-status', user: given.user, status: given.clientStatus.event })
    }
    return given
  }
  return startHttpService({
    name: 'addon',
    host,
    port,
    tls: { key, cert },
    answer,
    faulty: {
      empty: () => text('', 'application/json'),
      'wrong-tenant': (request) => answer({ ...request, query: withoutKey(request.query) }),
    },
    fault,
    log,
    requestMs,
  })
}

/** The parameters with a key that no tenant has. */
function withoutKey(query: URLSearchParams): URLSearchParams {
  const other = new URLSearchParams(query)
  other.set('orgkey', '')
  return other
}
