/**
 * A network of a test's own, with nothing but loopback in it, where packets may vanish. What is run under `under` is in a
 * new one; `inside` is how another program joins the network of a process.
 */

import { execFileSync } from 'node:child_process'
import { SEARCH_PATH } from './needs.js'

/** How to be in it. */
export interface OwnNetwork {
  /** Begins a command line that is to run in a new network. */
  readonly under: readonly string[]
  /** Begins a command line that is to run in the network of the process `pid`. */
  inside(pid: number): readonly string[]
  /** From now on no packet to or from `ip` arrives in the network of the process `pid`, and nobody is told. */
  blackHole(pid: number, ip: string): void
}

/** As root, or as the root of a user namespace: another user in it could not change its network later. It needs `capture` (needs.ts). */
export function ownNetwork(): OwnNetwork {
  const isRoot = process.getuid?.() === 0
  const make = isRoot ? [] : ['--map-root-user']
  const join = isRoot ? [] : ['--user', '--preserve-credentials']
  const inside = (pid: number): readonly string[] => ['nsenter', '--target', String(pid), ...join, '--net', '--']
  return {
    under: ['unshare', ...make, '--net', '--', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'],
    inside,
    blackHole: (pid, ip) => {
      const rules = `add table ip hole
add chain ip hole input { type filter hook input priority 0; }
add rule ip hole input ip daddr ${ip} drop
add rule ip hole input ip saddr ${ip} drop
`
      const [program = '', ...args] = [...inside(pid), 'nft', '-f', '-']
      execFileSync(program, args, { input: rules, env: { PATH: SEARCH_PATH } })
    },
  }
}
