/** What processes have cost so far, from /proc: processor time and memory. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Unit of the times in /proc/PID/stat, the same on every Linux: USER_HZ (proc(5)). */
const TICKS_PER_SECOND = 100

/** Resident memory of a process, KB. */
export function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}

/** Processor time of a process so far, all its threads, seconds. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** The children of a process that run now. */
export function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) && Number(statOf(Number(name))[1]) === parent ? [Number(name)] : []
    } catch {
      // Gone since it was listed.
      return []
    }
  })
}

/** The gateway is the agent's child that calls itself so. */
export function gatewayOf(agentPid: number): number {
  const isGateway = (pid: number): boolean =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('steerlab gateway')
  return childrenOf(agentPid).find(isGateway) ?? 0
}

/** Resolves when a process that is not our child has ended, or after 10 s. */
export async function endOf(pid: number): Promise<void> {
  for (let tries = 0; tries < 200 && existsSync(`/proc/${pid}`); tries += 1) await pause(50)
}

/** The fields behind the program's name, which may have spaces in it: state, parent ... (proc(5)). */
function statOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
}
