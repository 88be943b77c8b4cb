/** A stack with the lab on whatever ports are free, as the demo and the lesson play in. */

import { DEFAULT_PROFILE, PROFILES } from '../../agent/log/profiles.js'
import { choosePops } from './choose-pops.js'
import type { Home } from './home.js'
import { type Stack, startStack } from './stack.js'

/** Starts it; `warn` and `broken` are as of `startStack`, and so is what it throws. */
export async function startLabStack(
  home: Home,
  env: NodeJS.ProcessEnv,
  warn: (line: string) => void,
  broken: (reason: string) => void,
): Promise<Stack> {
  return startStack({
    home: home.root,
    lab: true,
    profile: PROFILES[DEFAULT_PROFILE],
    table: await choosePops(undefined, home.root),
    processPerPop: false,
    ports: { http: 0, socks: 0, dns: 0 },
    env,
    warn,
    broken,
  })
}
