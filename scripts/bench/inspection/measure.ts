/** One measurement: the client on the way of one system, and what that cost the system's processes. */

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SteerError } from '../../../agent/errors.js'
import { cpuSeconds } from '../process-usage.js'
import type { ClientOpen, ClientResult, ClientTask } from './client.js'
import type { System } from './system.js'

/** What the client does. */
export type Work = Pick<ClientTask, 'flows' | 'bytes' | 'keep' | 'seconds'>

/** What came of it. */
export interface Measured {
  readonly answers: number
  /** How long the client took. */
  readonly seconds: number
  /** Processor time of the system's processes meanwhile. */
  readonly cpuSeconds: number
}

/** Measures one system. Throws SteerError `bench-failed` when the client fails, or is shown the wrong certificate. */
export async function measure(system: System, { flows, bytes, keep, seconds }: Work): Promise<Measured> {
  const { name, port, proxy, host, hostPort, issuer } = system
  const task: ClientTask = { port, proxy, host, hostPort, flows, bytes, keep, seconds }
  const script = fileURLToPath(new URL('./client.js', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const endWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))
  const cpu = (): number => system.pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0)

  let before = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as ClientOpen | ClientResult
    if ('answers' in said) return { ...said, cpuSeconds: cpu() - before }
    if (said.issuer !== issuer)
      throw new SteerError('bench-failed', `${name} shows a certificate of ${said.issuer}, and not of ${issuer}`)
    before = cpu()
  }
  throw new SteerError('bench-failed', `the client of ${name} failed`)
}
