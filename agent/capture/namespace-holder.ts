/**
 * The program that runs inside the captured namespace and keeps it: sets up addresses, rules and private files, opens
 * the listeners, hands them to the agent over IPC, and from then on only answers who owns a connection (the question can
 * be answered from inside alone) and tells of refused QUIC. It dies with the agent: when the IPC channel closes, or at
 * once when it cannot set up. With it go the rules; captured programs that live on can reach nothing.
 */

import { spawn, spawnSync } from 'node:child_process'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { messageOf, SteerError } from '../errors.js'
import { openSockDiag } from '../process/netlink.js'
import type { OwnerFinder } from '../process/owner.js'
import { ProcOwnerFinder } from '../process/owner-finder.js'
import type { AgentMessage, HolderMessage, HolderPlan } from './namespace-messages.js'
import { CAPTURE_DNS_PORT, CAPTURE_PORT, IPV4_LINKS, IPV6_LINKS, NFT_RULES } from './namespace-plan.js'
import { parseTraceLine } from './quic-trace.js'
import { makeTransparent } from './transparent.js'

/** Pending connections of the one listener; the kernel's own limit may be lower. */
const BACKLOG = 4096

/** Refused flows remembered, so that a program that tries again and again makes one line. */
const TOLD_FLOWS = 1000

function run(command: string, args: readonly string[], input = ''): string | undefined {
  const done = spawnSync(command, args, { input, encoding: 'utf8' })
  if (done.status === 0) return undefined
  return `${command} ${args.join(' ')}: ${done.error?.message ?? done.stderr.trim().split('\n')[0] ?? 'failed'}`
}

function must(problem: string | undefined): void {
  if (problem !== undefined) throw new SteerError('namespace-failed', problem)
}

/**
 * No addresses but ours: the kernel would give each interface a link-local one a second or two later, and a browser
 * that sees an address come ends its requests with ERR_NETWORK_CHANGED. The settings are absent where the kernel has no IPv6.
 */
function quietIpv6(): void {
  const settings = { addr_gen_mode: '1', accept_dad: '0', router_solicitations: '0' }
  for (const [name, value] of Object.entries(settings)) {
    try {
      writeFileSync(`/proc/sys/net/ipv6/conf/default/${name}`, value)
    } catch {
      // Read-only in many containers: a browser may then have to load its first page twice.
    }
  }
}

function setUpNetwork(): boolean {
  quietIpv6()
  must(run('ip', ['-batch', '-'], IPV4_LINKS))
  const ipv6 = run('ip', ['-6', '-batch', '-'], IPV6_LINKS) === undefined
  must(run('nft', ['-f', '-'], NFT_RULES))
  return ipv6
}

function setUpFiles({ hidden, files }: HolderPlan): void {
  for (const directory of hidden)
    if (existsSync(directory)) must(run('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'steerlab', directory]))
  for (const { path, source } of files) {
    // Behind a hidden directory the file is gone; only there, in our own tmpfs, may one be made to be covered.
    if (!existsSync(path) && hidden.some((directory) => path.startsWith(`${directory}/`))) writeFileSync(path, '')
    must(run('mount', ['--bind', source, path]))
  }
}

function send(message: HolderMessage, handle?: unknown): Promise<void> {
  return new Promise((resolve) => process.send?.(message, handle as never, {}, () => resolve()))
}

/** Hands a listener over and closes our copy: a copy left open would take its share of the connections. */
async function handOver(type: 'tcp' | 'udp4' | 'udp6', listener: { close(done: () => void): unknown }): Promise<void> {
  await send({ type }, listener)
  await new Promise<void>((resolve) => listener.close(resolve))
}

async function handOverTcp(ipv6: boolean): Promise<void> {
  const server = createServer()
  server.listen({ port: CAPTURE_PORT, host: ipv6 ? '::' : '0.0.0.0', backlog: BACKLOG })
  await once(server, 'listening')
  await makeTransparent(server)
  await handOver('tcp', server)
}

async function handOverUdp(type: 'udp4' | 'udp6', address: string): Promise<void> {
  const socket: UdpSocket = createSocket(type)
  socket.bind(CAPTURE_DNS_PORT, address)
  await once(socket, 'listening')
  await handOver(type, socket)
}

/** Answers the agent's questions, those that came together in one message. */
function answerOwners(finder: OwnerFinder): void {
  process.on('message', (message: AgentMessage) => {
    void Promise.all(message.asked.map(async ([id, connection]) => [id, await finder.find(connection)] as const)).then(
      (found) => send({ type: 'owners', found }),
    )
  })
}

/** Somewhere to send UDP 443 packets of our own: TEST-NET-1 (RFC 5737), refused like everywhere. */
const PROBED = '192.0.2.1'

/** How often a probe is sent, ms, and after how many the tracer is taken to be deaf. */
const PROBE = { everyMs: 20, most: 100 } as const

/**
 * Tells of refused UDP 443, each flow once. The tracer says nothing when it begins to listen, so probes are sent until it
 * tells of one; what came before would go unlogged. It is told to die with us, whatever happens to us.
 */
async function watchQuic(finder: OwnerFinder): Promise<void> {
  const told = new Set<string>()
  const tracer = spawn('setpriv', ['--pdeathsig', 'KILL', 'nft', 'monitor', 'trace'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  tracer.on('error', () => {})
  const probe = createSocket('udp4')
  probe.on('error', () => {})
  probe.bind(0)
  await once(probe, 'listening')
  const { port } = probe.address()
  await new Promise<void>((resolve) => {
    let sent = 0
    const timer = setInterval(() => {
      sent += 1
      if (sent > PROBE.most) listening()
      else probe.send('', 443, PROBED, () => {})
    }, PROBE.everyMs)
    const listening = (): void => {
      clearInterval(timer)
      resolve()
    }
    createInterface({ input: tracer.stdout }).on('line', (line) => {
      const refused = parseTraceLine(line)
      if (refused === undefined) return
      const { connection } = refused
      const flow = JSON.stringify(connection)
      if (told.has(flow)) return
      told.add(flow)
      if (told.size > TOLD_FLOWS) told.delete(told.values().next().value ?? '')
      if (connection.local.port === port && connection.remote.ip === PROBED) listening()
      else void finder.find(connection).then((owner) => send({ type: 'quic-refused', ...refused, owner }))
    })
  })
  probe.close()
}

async function hold(plan: HolderPlan): Promise<void> {
  const ipv6 = setUpNetwork()
  setUpFiles(plan)
  const finder = new ProcOwnerFinder({ sockDiag: await openSockDiag(), sameNamespaceOnly: true })
  answerOwners(finder)
  const watching = watchQuic(finder)
  await handOverTcp(ipv6)
  await handOverUdp('udp4', '127.0.0.1')
  if (ipv6) await handOverUdp('udp6', '::1')
  await watching
  const lent = await openSockDiag()
  await send({ type: 'ready', pid: process.pid, ipv6, sockDiag: lent?.fd ?? -1 })
}

process.on('disconnect', () => process.exit(0))
hold(JSON.parse(process.argv[2] ?? '') as HolderPlan).catch(async (error: unknown) => {
  await send({ type: 'failed', reason: messageOf(error) })
  process.exit(1)
})
