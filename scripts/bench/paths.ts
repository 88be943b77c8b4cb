/** The paths a benchmark's client can take to the same origin, each with its processes, and how the client is run on it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { joinCommand } from '../../agent/capture/namespace-plan.js'
import { SteerError } from '../../agent/errors.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import { RELAY_FLAGS } from '../process/service-child.js'

/** The paths measured. */
export const PATHS = ['direct', 'splice', 'tls pair', 'bypass', 'tunnel'] as const
export type PathName = (typeof PATHS)[number]

/** Where a client on a path connects to, and whether it runs inside the captured namespace. */
export interface BenchPath {
  readonly host: string
  readonly port: number
  readonly captured: boolean
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve)
    child.once('exit', (code) => reject(new SteerError('bench-failed', `a benchmark process ended with ${code}`)))
  })
}

/** Starts the yardsticks beside a running agent and gives every path; `stop` ends them. */
export async function openPaths(
  status: AgentStatus,
): Promise<{ readonly paths: Readonly<Record<PathName, BenchPath>>; stop(): void }> {
  const relays: ChildProcess[] = []
  const relay = async (kind: string, port: number): Promise<number> => {
    const child = spawn(process.execPath, [...RELAY_FLAGS, script('./relay.js'), kind, String(port)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    relays.push(child)
    return Number(await firstLine(child))
  }
  const origin = status.lab!.ports['80']!
  const local = (port: number): BenchPath => ({ host: '127.0.0.1', port, captured: false })
  const paths = {
    direct: local(origin),
    splice: local(await relay('splice', origin)),
    'tls pair': local(await relay('near', await relay('far', origin))),
    bypass: { host: 'zoom.us', port: 80, captured: true },
    tunnel: { host: 'box.com', port: 80, captured: true },
  }
  return {
    paths,
    stop: () => {
      for (const child of relays) child.stdin?.end()
    },
  }
}

/** Starts the client on a path. */
export function startClient(
  status: AgentStatus,
  { host, port, captured }: BenchPath,
  kind: 'bulk' | 'flows' | 'requests' | 'idle',
  count: number,
  seconds: number,
): { readonly child: ChildProcess; readonly answer: Promise<string> } {
  const command = [process.execPath, script('./client.js'), kind, host, String(port), String(count), String(seconds)]
  const { capture } = status
  if (captured && !capture.available) throw new SteerError('bench-failed', `capture is needed: ${capture.reason}`)
  const [file, ...args] =
    captured && capture.available ? joinCommand(capture.kind, capture.holderPid, process.cwd(), command) : command
  const child = spawn(file!, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  return { child, answer: firstLine(child) }
}
