/** Tenants' directories, add-on services on them, and a client that asks. */

import { request } from 'node:https'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { TenantCertificates } from '../../certs/tenant-authority.js'
import { addonServerName } from '../../certs/tenant-identity.js'
import type { GatewayEntry } from '../../gateway/gateway-log.js'
import { type AddonServer, type AddonServerOptions, startAddonServer } from '../../gateway/services/addon-server.js'
import { createTenant } from '../../gateway/services/tenant.js'
import type { TenantFiles } from '../../gateway/services/tenant-files.js'
import type { Tenant } from '../../gateway/services/tenant-json.js'
import { defaultTexts } from './config-files.js'
import { USER } from './tenant-gateway.js'

/** Whom test tenants are for. */
export const IDENTITY = { tenant: 'acme', org: 'Acme', user: USER }

/** The administrator's files of a new tenant. */
export function tenantTexts(changes: TenantFiles = {}): TenantFiles {
  const { 'nsbranding.json': _, ...texts } = defaultTexts()
  return { ...texts, ...changes }
}

/** A tenant in a directory of its own. */
export interface TestTenant {
  readonly directory: string
  readonly tenant: Tenant
}

/** Makes a tenant in the test's directory. */
export async function tenantFor(t: Test, changes: TenantFiles = {}): Promise<TestTenant> {
  const directory = join(t.testdir(), 'tenant')
  return { directory, tenant: await createTenant(directory, IDENTITY, tenantTexts(changes)) }
}

/** What the service said. */
export interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly bytes: Buffer
  /** The body as JSON; throws when it is none. */
  json(): Record<string, unknown>
}

/** A running service and its log. */
export interface TestAddon extends AddonServer {
  readonly log: readonly GatewayEntry[]
  ask(path: string, options?: AskOptions): Promise<Heard>
}

/** How it is asked, if not by GET. */
export interface AskOptions {
  readonly method?: string
  readonly body?: string
}

/** A service on a tenant's directory, closed at the end of the test. */
export async function addonOf(
  t: Test,
  tenantDirectory: string,
  { gateway, agent }: TenantCertificates,
  options: Partial<AddonServerOptions> = {},
): Promise<TestAddon> {
  const log: GatewayEntry[] = []
  const server = await startAddonServer({
    host: '127.0.0.1',
    port: 0,
    key: gateway.key,
    cert: gateway.chain,
    rootCertificate: agent.authority,
    tenantCertificate: agent.tenantAuthority,
    userPkcs12: agent.pfx,
    user: USER,
    tenantDirectory,
    now: () => new Date(),
    log: (entry) => log.push(entry),
    ...options,
  })
  t.teardown(() => server.close())
  return { ...server, log, ask: (path, options) => askAddon(server.port, agent.authority, path, options) }
}

/** Asks once, on a connection of its own. Rejects when there is no answer. */
export function askAddon(
  port: number,
  ca: string,
  path: string,
  { method = 'GET', body }: AskOptions = {},
): Promise<Heard> {
  const servername = addonServerName(IDENTITY.tenant)
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, servername, ca, path, method, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, bytes, json: () => JSON.parse(bytes.toString()) })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
