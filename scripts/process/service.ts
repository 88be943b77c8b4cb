/**
 * The program of a service process: waits for its start message, becomes a gateway or a lab, and ends when its parent
 * does (the IPC channel closes) or says so by closing it. Signals of the terminal are the parent's business.
 */

import { readFile } from 'node:fs/promises'
import { messageOf } from '../../agent/errors.js'
import { parseSocksUrl } from '../../agent/outbound/socks-upstream.js'
import { ensureLabAuthority } from '../../certs/lab-authority.js'
import { ensureTenantCertificates } from '../../certs/tenant-authority.js'
import { startGateway } from '../../gateway/gateway.js'
import { startLab } from '../lab/lab.js'
import { homePaths } from './home.js'
import { CONNECT_TIMEOUT_MS, IDLE_MS, KEEP_ALIVE } from './limits.js'
import type { FaultMessage, GatewayStart, ServiceAnswer, ServiceStart } from './service-messages.js'

/** How long an orderly stop may take, ms, before the process just ends. */
const STOP_MS = 1000

interface Running {
  readonly answer: ServiceAnswer
  close(): Promise<void>
}

async function gateway(start: GatewayStart): Promise<Running> {
  const { home, tenant, user, org, services, upstreamSocks } = start
  const certificates = await ensureTenantCertificates({ home, tenant, user, org, now: new Date() })
  const paths = homePaths(home)
  const running = await startGateway({
    ...start,
    key: certificates.gateway.key,
    cert: certificates.gateway.chain,
    clientCa: certificates.gateway.clientAuthority,
    logFile: paths.gatewayLog,
    inspection: {
      directory: paths.inspection,
      transactionLog: paths.transactionLog,
      tenant,
      issuer: certificates.gateway.issuer,
      // The lab's root is a public one of its world.
      extraRoots: start.lab === undefined ? [] : [await readFile(start.lab.caFile, 'utf8')],
    },
    socks: upstreamSocks === undefined ? undefined : parseSocksUrl(upstreamSocks),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    idleMs: IDLE_MS,
    keepAlive: KEEP_ALIVE,
    services: services && {
      ...services,
      tenant,
      tenantDirectory: paths.tenant,
      rootCertificate: certificates.agent.authority,
      tenantCertificate: certificates.agent.tenantAuthority,
      userPkcs12: certificates.agent.pfx,
      user,
    },
  })
  process.on('message', (message: FaultMessage) => running.faults.replaceAll(message.faults))
  return { answer: { type: 'ready', service: 'gateway', part: running.part }, close: () => running.close() }
}

async function lab(home: string): Promise<Running> {
  const authority = await ensureLabAuthority({ home, now: () => new Date() })
  const running = await startLab({ authority })
  return { answer: { type: 'ready', service: 'lab', lab: running.description }, close: () => running.close() }
}

/** A process for one POP says which: who kills it must find it. */
function titleOf(start: ServiceStart): string {
  return start.service === 'gateway' && start.only?.length === 1 ? `gateway ${start.only[0]}` : start.service
}

function answer(message: ServiceAnswer): void {
  process.send?.(message)
}

let running: Running | undefined

process.once('message', (start: ServiceStart) => {
  process.title = `steerlab ${titleOf(start)} ${start.home}`
  const begun = start.service === 'gateway' ? gateway(start) : lab(start.home)
  begun.then(
    (service) => {
      running = service
      answer(service.answer)
    },
    (error: unknown) => answer({ type: 'failed', reason: messageOf(error) }),
  )
})

process.on('disconnect', () => {
  setTimeout(() => process.exit(0), STOP_MS).unref()
  void Promise.resolve(running?.close()).finally(() => process.exit(0))
})
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('SIGTERM', () => process.disconnect?.())
