/**
 * The GSLB service, `gateway.gslb.goskope.com`: HTTPS on loopback, where a client gets its list of POPs and posts how far
 * they are. What is answered is in gslb-routes.
 */

import type { PopTable } from '../pops/pop.js'
import { answerGslb, OTHER_TENANTS_POP, withoutFootprint } from './gslb-routes.js'
import { type Answerer, type HttpService, type HttpServiceOptions, startHttpService } from './http-service.js'

/** What the service is started with. */
export interface GslbServerOptions extends Pick<HttpServiceOptions, 'host' | 'port' | 'fault' | 'log'> {
  /** Server key, PEM. */
  readonly key: string
  /** Server certificate and its chain, PEM. */
  readonly cert: string
  /** The table as it is now. */
  readonly table: () => PopTable
  /** The OrgKeys that are footprint ids: the tenant's own may come and change while it runs. */
  readonly orgKeys: () => Promise<readonly string[]> | readonly string[]
  /** 0 to 1, as Math.random. */
  readonly random: () => number
}

/** Starts the service; throws SteerError `port-in-use` or `listen-failed`. */
export function startGslbServer(options: GslbServerOptions): Promise<HttpService> {
  const { host, port, key, cert, table, orgKeys, random, fault, log } = options
  const answerBy =
    (tableNow: () => PopTable): Answerer =>
    async (request) =>
      answerGslb(request, { table: tableNow(), orgKeys: await orgKeys(), random })
  return startHttpService({
    name: 'gslb',
    host,
    port,
    tls: { key, cert },
    answer: answerBy(table),
    faulty: {
      empty: answerBy(() => ({ ...table(), pops: [] })),
      'wrong-tenant': answerBy(() => ({ ...table(), pops: [OTHER_TENANTS_POP] })),
    },
    fault,
    log,
    loggedPath: withoutFootprint,
  })
}
