/** The doors of a mock POP with its faults in hand, and agents' sessions to it, as tests need them. */

import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import { type GatewayHello, readGatewayHello } from '../../agent/tunnel/hello.js'
import type { KeepAlive } from '../../agent/tunnel/keep-alive.js'
import { WINDOW_BYTES } from '../../agent/tunnel/mux.js'
import { TunnelSession } from '../../agent/tunnel/session.js'
import type { TenantCertificates } from '../../certs/tenant-authority.js'
import type { PopFault } from '../../gateway/faults/fault.js'
import { FaultBoard } from '../../gateway/faults/fault-board.js'
import type { GatewayEntry } from '../../gateway/gateway-log.js'
import type { Pop } from '../../gateway/pops/pop.js'
import { type PopDoor, type PopDoorOptions, startPopDoor } from '../../gateway/pops/pop-door.js'
import { connected } from './loopback.js'
import { QUIET } from './session-pair.js'
import { rawAgent, TEST_POP } from './tenant-gateway.js'

/** A POP next door. */
export const ORD: Pop = { ...TEST_POP, name: 'US-ORD1', gateway: 'gateway-ord1.goskope.com', capacity: 100 }

/** What differs from the ordinary doors. */
export interface TestDoorOptions extends Partial<Omit<PopDoorOptions, 'pop'>> {
  readonly pop?: Partial<Pop>
}

/** Doors, their log, and their faults. */
export interface TestDoor extends PopDoor {
  readonly entries: readonly GatewayEntry[]
  fail(fault: PopFault, forMs?: number): void
  mend(): void
}

/** Opens the doors; they are closed at the end of the test. Whatever a flow asks for, it gets to `originPort`. */
export async function doorOf(
  t: Test,
  { gateway: { key, chain, clientAuthority } }: TenantCertificates,
  { pop, ...options }: TestDoorOptions = {},
  originPort = 9,
): Promise<TestDoor> {
  const board = new FaultBoard({ now: Date.now })
  const target = { pop: ORD.name }
  const entries: GatewayEntry[] = []
  const door = await startPopDoor({
    pop: { ...ORD, ...pop },
    host: '127.0.0.1',
    ports: { tunnel: 0, dtls: 0, probe: 0 },
    key,
    cert: chain,
    clientCa: clientAuthority,
    egressIp: '',
    keepAlive: QUIET,
    dialer: { dial: async () => ({ socket: await connected(originPort) }) },
    resolve: async () => [],
    idleMs: 60_000,
    fault: board.source(target),
    random: () => 0.5,
    log: (entry) => void entries.push(entry),
    ...options,
  })
  t.teardown(() => door.close())
  return { ...door, entries, fail: (fault, forMs) => board.set(target, fault, forMs), mend: () => board.clear(target) }
}

/** An agent's session. */
export interface AgentSession {
  readonly socket: TLSSocket
  readonly session: TunnelSession
  readonly hello: GatewayHello
  readonly ended: Promise<string>
  /** Whether the gateway has hung up, or anything has closed the connection. */
  isCutOff(): boolean
}

/** Opens a session; rejects when the door does not take it. */
export async function agentSession(
  t: Test,
  port: number,
  tenant: TenantCertificates,
  keepAlive: KeepAlive = QUIET,
): Promise<AgentSession> {
  const socket = rawAgent({ ip: '127.0.0.1', port }, tenant)
  t.teardown(() => socket.destroy())
  let cutOff = false
  for (const event of ['end', 'close', 'error'] as const)
    socket.once(event, () => {
      cutOff = true
    })
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
  let end: (reason: string) => void
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  let session: TunnelSession
  const hello = await new Promise<GatewayHello>((resolve, reject) => {
    const owner = {
      hello: (payload: Uint8Array) => {
        resolve(readGatewayHello(payload)!)
        return WINDOW_BYTES
      },
      ended: (reason: string) => {
        end(reason)
        reject(new Error(reason))
      },
    }
    session = new TunnelSession('agent', socket, owner, keepAlive)
    session.sendHello({ protocol: 1, client: '', device: 'desk', window: WINDOW_BYTES })
  })
  return { socket, session: session!, hello, ended, isCutOff: () => cutOff }
}

/** What a measuring agent finds: ms of the connect, and from the request to the first byte, whichever is longer. */
export async function measuredRtt(port: number): Promise<number> {
  const begun = performance.now()
  const socket: Socket = await connected(port)
  const connectedAt = performance.now()
  socket.write('GET / HTTP/1.1\r\nhost: pop\r\n\r\n')
  return new Promise((resolve, reject) => {
    socket.once('data', () => {
      socket.destroy()
      resolve(Math.max(connectedAt - begun, performance.now() - connectedAt))
    })
    socket.once('close', () => reject(new Error('no answer')))
  })
}
