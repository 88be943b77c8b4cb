/** How a request of nsdiag's own goes through a running agent: by its DNS server and its SOCKS5 door. */

import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { lookupHost } from '../../agent/dns/host-lookup.js'
import { RelayUpstream } from '../../agent/dns/upstream.js'
import { systemRoots } from '../../agent/location/system-roots.js'
import { connectThroughSocks, parseSocksUrl } from '../../agent/outbound/socks-upstream.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import type { TimingMeans } from './time-request.js'

/** How long a connection may take, ms: the agent itself gives up before. */
const CONNECT_MS = 30_000

/** How long all of a request may take, ms. */
const REQUEST_MS = 120_000

/** What of an agent's status the way goes by. */
export type WayStatus = Pick<AgentStatus, 'proxy' | 'lab'>

/** The way through an agent; the authorities are the system's, the tenant's root and, in the lab, its own. */
export function wayThrough({ proxy, lab }: WayStatus, tenantRoot: string): TimingMeans {
  const [ip = '', port = ''] = proxy.dns.split(':')
  const upstream = new RelayUpstream({ servers: [{ ip, port: Number(port) }] })
  const socks = parseSocksUrl(proxy.socks)
  const files = lab === null ? [tenantRoot] : [tenantRoot, lab.caFile]
  return {
    resolve: async (host) => {
      const ask = upstream.ask.bind(upstream)
      const found = await lookupHost(host, { ipv6: true, known: () => [], ask })
      return 'failure' in found ? [] : found.addresses
    },
    connect: (target) => connectThroughSocks(socks, target, CONNECT_MS),
    roots: [systemRoots() ?? rootCertificates.join('\n'), ...files.map((file) => readFileSync(file, 'utf8'))],
    now: () => performance.now(),
    withinMs: REQUEST_MS,
  }
}
