/**
 * Ourselves, with a policy and the transaction log: the whole product by its explicit proxy, so that the client is the one
 * all systems have, and the gateway alone behind the least that can stand in for the agent. Both through the same gateway
 * process.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as z from 'zod'
import { routeInCloud } from '../../../agent/outbound/cloud-route.js'
import type { AgentStatus } from '../../../agent/running-agent.js'
import { tenantSubject } from '../../../certs/tenant-identity.js'
import { TUNNEL_PORT } from '../../../gateway/cloud-part.js'
import type { policyFileSchema } from '../../../gateway/inspect/policy/policy-file.js'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import type { Home } from '../../process/home.js'
import { RELAY_FLAGS } from '../../process/service-child.js'
import { DEFAULT_TENANT } from '../../process/tenant.js'
import { gatewayOf } from '../process-usage.js'
import { freePort, startProgram } from './program.js'
import type { System } from './system.js'

/** The host that is asked for: steered, and of the lab. */
const HOST = 'box.com'

/** Of each kind of condition one; all are asked for every request, and none but the last holds. */
const POLICY: z.input<typeof policyFileSchema> = {
  rules: [
    { name: 'No gambling', action: 'block', categories: ['Gambling'] },
    { name: 'No uploads', action: 'block', hosts: [HOST, '*.box.com'], methods: ['POST', 'PUT'] },
    { name: 'No administration', action: 'block', paths: ['/admin'], users: ['*@lab.example'] },
    { name: 'No programs', action: 'block', direction: 'download', contentTypes: ['application/x-msdownload'] },
    { name: 'Very large', action: 'alert', direction: 'download', minBytes: 2 ** 40 },
    { name: 'Everything else', action: 'allow' },
  ],
}

/** Writes the administrator's files into a home, before there is a gateway. */
export function writePolicy({ inspection }: Home): void {
  mkdirSync(inspection, { recursive: true, mode: 0o700 })
  writeFileSync(join(inspection, 'policy.json'), JSON.stringify(POLICY))
}

/** The product and its gateway, of a home whose agent runs. Throws SteerError `bench-failed`. */
export async function ourselves(home: Home, status: AgentStatus): Promise<readonly System[]> {
  const pop = DEFAULT_POP_TABLE.pops[0]!
  const tunnel = routeInCloud(status.cloud, { ip: pop.address, port: TUNNEL_PORT })
  const pid = gatewayOf(status.pid)
  const door = await freePort()
  const script = fileURLToPath(new URL('./tunnel-relay.js', import.meta.url))
  const relay = await startProgram({
    name: 'tunnel-relay',
    command: [
      process.execPath,
      ...RELAY_FLAGS,
      script,
      home.root,
      pop.gateway,
      tunnel.ip,
      String(tunnel.port),
      String(door),
    ],
    port: door,
  })
  const common = { proxy: true, host: HOST, hostPort: 443, issuer: tenantSubject(DEFAULT_TENANT).commonName ?? '' }
  return [
    { ...common, name: 'steerlab', port: Number(new URL(status.proxy.http).port), pids: () => [status.pid, pid] },
    { ...common, name: 'steerlab gateway', port: door, pids: () => [relay, pid] },
  ]
}
