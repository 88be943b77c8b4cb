/** A small cloud with its DNS services on loopback, each with a fault board and a log. */

import type { Test } from 'tap'
import type { ServiceFault, ServiceName } from '../../gateway/faults/fault.js'
import { FaultBoard } from '../../gateway/faults/fault-board.js'
import type { GatewayEntry } from '../../gateway/gateway-log.js'
import type { Pop, PopTable } from '../../gateway/pops/pop.js'
import { type Cloud, DOH_HOST } from '../../gateway/services/cloud-names.js'
import { cloudAnswerer } from '../../gateway/services/dns-answers.js'
import { type DohServerOptions, startDohServer } from '../../gateway/services/doh-server.js'
import { type LdnsServerOptions, startLdnsServer } from '../../gateway/services/ldns-server.js'
import { selfSigned } from './self-signed.js'

const CHICAGO = { country: 'US', latitude: 41.9786, longitude: -87.9048 }
const LONDON = { country: 'GB', latitude: 51.4706, longitude: -0.4619 }
const TOKYO = { country: 'JP', latitude: 35.7647, longitude: 140.3864 }

/** A POP at one of these places. */
export function popAt(name: string, address: string, place: typeof CHICAGO, up = true): Pop {
  const gateway = `gateway-${name.slice(3).toLowerCase()}.goskope.com`
  return { name, gateway, address, ...place, rttMs: 0, jitterMs: 0, capacity: 1, up }
}

/** Clients in the three places, and POPs whose addresses are loopback, so that what a client does next stays here. */
export const TABLE: PopTable = {
  pops: [
    popAt('US-ORD1', '127.18.0.1', CHICAGO),
    popAt('UK-LON1', '127.18.0.2', LONDON),
    popAt('JP-TYO1', '127.18.0.3', TOKYO),
    popAt('JP-TYO2', '127.18.0.4', TOKYO, false),
  ],
  regions: [
    { prefix: '198.51.100.0/24', ...CHICAGO },
    { prefix: '203.0.113.0/25', ...LONDON },
    { prefix: '203.0.113.128/25', ...TOKYO },
  ],
  egress: '198.51.100.7',
}

/** Tenant `lab`, with the POPs of `TABLE`. */
export const CLOUD: Cloud = { table: TABLE, tenant: 'lab' }

/** The address of the tenant's gateway for a client on this machine. */
export const NEAREST = '127.18.0.1'

/** What a test has of a service. */
export interface TestService {
  readonly port: number
  readonly log: readonly GatewayEntry[]
  readonly fail: (fault: ServiceFault) => void
  readonly mend: () => void
  close(): Promise<void>
}

/** DNS over HTTPS, with a certificate for dns.google; closed with the test. */
export async function dohOf(
  t: Test,
  options: Partial<DohServerOptions> = {},
): Promise<TestService & { readonly caFile: string }> {
  const { key, cert, caFile } = await selfSigned(t.testdir(), DOH_HOST)
  const start = (common: Common) => startDohServer({ ...common, key, cert, ...options })
  return { ...(await serviceOf(t, 'doh', start)), caFile }
}

/** A local resolver; closed with the test. */
export function ldnsOf(t: Test, options: Partial<LdnsServerOptions> = {}): Promise<TestService> {
  return serviceOf(t, 'ldns', (common) => startLdnsServer({ ...common, ...options }))
}

type Common = Pick<LdnsServerOptions, 'host' | 'port' | 'answer' | 'fault' | 'log'>

async function serviceOf(
  t: Test,
  service: ServiceName,
  start: (common: Common) => Promise<{ readonly port: number; close(): Promise<void> }>,
): Promise<TestService> {
  const board = new FaultBoard({ now: Date.now })
  const log: GatewayEntry[] = []
  const server = await start({
    host: '127.0.0.1',
    port: 0,
    answer: cloudAnswerer(() => CLOUD),
    fault: board.source({ service }),
    log: (entry) => log.push(entry),
  })
  t.teardown(() => {
    board.clear()
    return server.close()
  })
  return {
    port: server.port,
    log,
    fail: (fault) => board.set({ service }, fault),
    mend: () => board.clear(),
    close: () => server.close(),
  }
}
