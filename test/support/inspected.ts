/** A gateway that inspects, in front of the lab's internet, and flows through its tunnel, as an agent opens them. */

import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import type { LabDescription } from '../../agent/outbound/lab-route.js'
import { StreamDuplex } from '../../agent/tunnel/stream-duplex.js'
import { ensureLabAuthority } from '../../certs/lab-authority.js'
import type { LeafContexts } from '../../certs/leaf-contexts.js'
import type { TenantCertificates } from '../../certs/tenant-authority.js'
import type { GatewayOptions } from '../../gateway/gateway.js'
import type { Transaction } from '../../gateway/inspect/transaction.js'
import { startLab } from '../../scripts/lab/lab.js'
import { shortDirectory } from './short-directory.js'
import { gatewayOf, newTenant, type TestGateway, tunnelTo } from './tenant-gateway.js'
import { waitUntil } from './wait-until.js'

/** A gateway under test. */
export interface Inspected {
  /** PEM of the tenant's root, and of the lab's, a public one of its world. */
  readonly tenantRoot: string
  readonly labRoot: string
  readonly tenant: TenantCertificates
  readonly gateway: TestGateway
  /** The program's end of a new flow, as soon as the gateway has opened it. */
  open(host: string, port?: number, request?: object): Promise<Duplex>
  /** TLS over a new flow, after its handshake; by default it trusts the tenant's root alone. */
  tls(host: string, options?: ConnectionOptions & { readonly request?: object }): Promise<TLSSocket>
  /** What it answers to a GET over HTTP/1.1 and a connection of its own. */
  get(host: string, path: string, options?: ConnectionOptions & { readonly accept?: string }): Promise<string>
  transactions(): readonly Transaction[]
  /** Waits for a transaction that has all of these fields, and gives the last. */
  recorded(fields: Partial<Transaction>): Promise<Transaction>
  /** Rewrites a file of the administrator's, and waits until it is in force. */
  configure(file: 'inspect.json' | 'policy.json' | 'categories.json', content: object): Promise<void>
}

/** What differs from the ordinary lab. */
export interface InspectedOptions {
  /** The test's own origins, which come before the lab's: ports by address and port of the lab's internet. */
  readonly origins?: (leaves: LeafContexts) => Promise<NonNullable<LabDescription['hosts']>>
  readonly gateway?: Partial<GatewayOptions>
}

/** Starts lab, gateway and tunnel, all ended with the test. */
export async function inspectedLab(t: Test, options: InspectedOptions = {}): Promise<Inspected> {
  const home = shortDirectory(t)
  const tenant = await newTenant(t)
  const authority = await ensureLabAuthority({ home: join(home, 'lab'), now: () => new Date() })
  const lab = await startLab({ authority })
  t.teardown(() => lab.close())
  const hosts = { ...lab.description.hosts, ...(await options.origins?.(authority.leaves)) }
  const transactionLog = join(home, 'gateway', 'transactions.log')
  const directory = dirname(transactionLog)
  mkdirSync(directory, { recursive: true })
  const gateway = await gatewayOf(t, tenant, {
    ...options.gateway,
    lab: { ...lab.description, hosts },
    logFile: join(directory, 'gateway.log'),
    inspection: {
      directory,
      transactionLog,
      tenant: 'acme',
      issuer: tenant.gateway.issuer,
      extraRoots: [authority.certificate],
    },
  })
  const { tunnel } = tunnelTo(t, gateway, tenant)
  const resolver = new Resolver({ timeout: 3000, tries: 1 })
  resolver.setServers([`${lab.description.dns.ip}:${lab.description.dns.port}`])
  const addresses = new Map<string, Promise<string[]>>()

  const open: Inspected['open'] = async (host, port = 443, request = {}) => {
    if (!addresses.has(host)) addresses.set(host, resolver.resolve4(host))
    const [ip = ''] = (await addresses.get(host)) ?? []
    const origin = { host, ip, port, process: 'curl', via: 'nsProxy', source: '10.0.0.7:50123' }
    const stream = (await tunnel.session(2000))!.session.open({ ...origin, ...request })!
    const outcome = await stream.whenOpened()
    if (outcome !== 'opened') throw new Error(`${outcome.reason}: ${outcome.detail}`)
    return new StreamDuplex(stream, new Uint8Array(0))
  }
  const tls: Inspected['tls'] = async (host, { request, ...options } = {}) => {
    const socket = await open(host, 443, request)
    const client = connect({ socket, servername: host, ca: tenant.agent.authority, ...options })
    client.on('error', () => {})
    await once(client, 'secureConnect')
    return client
  }
  const transactions = (): Transaction[] =>
    readFileSync(transactionLog, { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Transaction)
  const fits = (fields: Partial<Transaction>) => (found: Transaction) =>
    Object.entries(fields).every(([name, value]) => found[name as keyof Transaction] === value)
  return {
    tenantRoot: tenant.agent.authority,
    labRoot: authority.certificate,
    tenant,
    gateway,
    open,
    tls,
    async get(host, path, { accept = 'application/json', ...options } = {}) {
      const client = await tls(host, options)
      client.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`)
      let answer = ''
      for await (const chunk of client) answer += chunk.toString()
      return answer
    },
    transactions,
    async recorded(fields) {
      await waitUntil(() => transactions().some(fits(fields)))
      return transactions().findLast(fits(fields))!
    },
    async configure(file, content) {
      const seen = gateway.log().length
      writeFileSync(join(directory, file), JSON.stringify(content))
      await waitUntil(() =>
        gateway
          .log()
          .slice(seen)
          .some((entry) => entry['file'] === file),
      )
    },
  }
}
