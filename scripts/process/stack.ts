/**
 * A whole lab of one home: the agent in this process, mock cloud and (with `--lab`) mock internet as processes of their
 * own. Starts them in order and stops all of them; whatever kills this process ends the others too.
 */

import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname, release, type } from 'node:os'
import { basename, join } from 'node:path'
import { startAgent } from '../../agent/agent.js'
import { hostResolvConf, preparePrivateFiles } from '../../agent/capture/private-files.js'
import { loadSet } from '../../agent/config/load.js'
import { writeDefaultConfiguration } from '../../agent/config/write-defaults.js'
import type { Profile } from '../../agent/log/profile.js'
import { parseSocksUrl } from '../../agent/outbound/socks-upstream.js'
import type { Agent, AgentStatus } from '../../agent/running-agent.js'
import { ensureTenantCertificates } from '../../certs/tenant-authority.js'
import { loadInspection } from '../../gateway/inspect/settings/find-inspection.js'
import type { PopTable } from '../../gateway/pops/pop.js'
import { CloudProcesses } from './cloud-processes.js'
import { controlFaults } from './fault-request.js'
import { searchPath } from './find-command.js'
import { type Home, homePaths } from './home.js'
import { claimHome } from './home-claim.js'
import { CONNECT_TIMEOUT_MS, IDLE_MS, SNIFF } from './limits.js'
import { makeHome } from './make-home.js'
import { ServiceChild } from './service-child.js'
import { DEFAULT_TENANT, tenantOf } from './tenant.js'
import { VERSION } from './version.js'

/** What a stack is started with. */
export interface StackOptions {
  /** Home directory. */
  readonly home: string
  readonly lab: boolean
  readonly profile: Profile
  /** Loopback ports of the explicit doors; 0 takes a free one. */
  readonly ports: { readonly http: number; readonly socks: number; readonly dns: number }
  readonly upstreamSocks?: string | undefined
  /** The POPs of the mock cloud. */
  readonly table: PopTable
  /** A process for each of them. */
  readonly processPerPop: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** One line about something that went wrong and was survived. */
  readonly warn: (line: string) => void
  readonly lastLeaseEnded?: () => void
  /** The stack cannot go on: a part that is not started again has died. It has been stopped. */
  readonly broken: (reason: string) => void
}

/** A running stack. */
export interface Stack {
  status(): AgentStatus
  /** Whether the tunnel is up, waiting so many ms for it. */
  connected(withinMs: number): Promise<boolean>
  /** Programs that use the agent now. */
  leases(): number
  stop(): Promise<void>
}

/** Starts everything. Throws SteerError; nothing is left running then. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const home = homePaths(options.home)
  makeHome(home)
  await writeDefaultConfiguration(home.stagent, DEFAULT_TENANT)
  const loaded = await loadSet(home.stagent)
  const identity = tenantOf(loaded.configuration)
  // A gateway that runs goes on with what it had; one that starts with a wrong file would have no policy at all.
  loadInspection(home.inspection)
  const socks = options.upstreamSocks === undefined ? undefined : parseSocksUrl(options.upstreamSocks)

  const claim = await claimHome(home.controlSocket, options.lastLeaseEnded ?? (() => {}))
  // What runs that were killed have left.
  emptyRun(home)
  const stopping: (() => Promise<unknown>)[] = []
  let stopped = false
  const stop = async (): Promise<void> => {
    if (stopped) return
    stopped = true
    // In this order, and first: nobody joins an agent that stops, and the home's next owner may write there at once.
    emptyRun(home)
    claim.close()
    for (const end of stopping.reverse()) await end()
  }
  try {
    const labChild = options.lab ? new ServiceChild() : undefined
    let cloudProcesses: CloudProcesses | undefined
    stopping.push(() => Promise.all([labChild?.stop(), cloudProcesses?.stop()]))
    const [certificates, labReady] = await Promise.all([
      ensureTenantCertificates({ home: home.root, ...identity, now: new Date() }),
      labChild?.begin({ service: 'lab', home: home.root }),
    ])
    const lab = labReady?.lab
    const fail = async (reason: string): Promise<void> => {
      await stop()
      options.broken(reason)
    }
    const { branding } = loaded.configuration
    cloudProcesses = new CloudProcesses({
      start: {
        home: home.root,
        ...identity,
        table: options.table,
        services: { orgKey: branding.OrgKey ?? '', responseCode: branding.AddonCheckerResponseCode ?? '' },
        lab,
        upstreamSocks: options.upstreamSocks,
      },
      processPerPop: options.processPerPop,
      warn: options.warn,
      broken: (reason) => void fail(reason),
    })
    const cloud = await cloudProcesses.start()
    const { authority: ca, pfx, passphrase } = certificates.agent
    const agent: Agent = await startAgent({
      version: VERSION,
      loaded,
      logs: home.logs,
      profile: options.profile,
      credentials: { ca, pfx, passphrase },
      cloud,
      nameservers: lab === undefined ? hostResolvConf().nameservers : [lab.dns],
      lab,
      socks,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      limits: { sniff: SNIFF, idleMs: IDLE_MS },
      ports: options.ports,
      capture: {
        plan: () =>
          preparePrivateFiles(join(home.run, 'captured'), lab === undefined ? [] : [readFileSync(lab.caFile, 'utf8')]),
        path: searchPath(options.env),
        env: options.env,
        kinds: process.getuid?.() === 0 ? ['privileged', 'user'] : ['user'],
      },
      machine: { system: type(), release: release(), hostname: hostname() },
      warn: options.warn,
    })
    stopping.push(() => agent.close())
    claim.serve(agent, controlFaults(cloudProcesses, options.table))

    void labChild?.ended.then(async (how) => {
      if (!labChild.stopping) await fail(`the lab is gone: ${how}`)
    })
    return {
      status: () => agent.status(),
      connected: (withinMs) => agent.connected(withinMs),
      leases: claim.leases,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Removes everything from the run directory but the control socket: browser profiles, trust, private files. */
function emptyRun({ run, controlSocket }: Home): void {
  for (const name of readdirSync(run))
    if (name !== basename(controlSocket)) rmSync(join(run, name), { recursive: true, force: true })
}
