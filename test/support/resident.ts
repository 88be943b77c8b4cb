/** How much memory other processes hold. */

import { readFileSync } from 'node:fs'
import type { TestLab } from './steerlab.js'

/** MiB of memory that a process holds in RAM. */
export function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** Measures by how much agent and gateway have grown since now, at any later moment, in MiB, and at most so far. */
export function growthOf(lab: TestLab): { now(): readonly number[]; most(): readonly number[]; stop(): void } {
  const pids = [lab.up.pid, lab.childPid('steerlab gateway')]
  const before = pids.map(residentMiB)
  const now = () => pids.map((pid, index) => Math.round(residentMiB(pid) - before[index]!))
  let most = now()
  const timer = setInterval(() => (most = now().map((mib, index) => Math.max(mib, most[index]!))), 100)
  return { now, most: () => most, stop: () => clearInterval(timer) }
}
