/** A lab of its own for a benchmark, whose gateway does not inspect, with the paths to its origin. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_PROFILE } from '../../agent/log/profiles.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import { type Home, homePaths } from '../process/home.js'
import { leaseAgent } from '../process/on-demand.js'
import { type BenchPath, openPaths, type PathName } from './paths.js'
import { endOf } from './process-usage.js'

/** The lab, as long as it is not closed. */
export interface UninspectedLab {
  readonly home: Home
  readonly status: AgentStatus
  readonly paths: Readonly<Record<PathName, BenchPath>>
  /** Ends it; settles when nothing of it is left. */
  close(): Promise<void>
}

/** Starts one in a directory of its own. */
export async function uninspectedLab(): Promise<UninspectedLab> {
  const directory = mkdtempSync(join(tmpdir(), 'steerlab-bench-'))
  const home = homePaths(directory)
  mkdirSync(home.inspection, { recursive: true, mode: 0o700 })
  writeFileSync(join(home.inspection, 'inspect.json'), JSON.stringify({ inspect: false }))
  const { status, release } = await leaseAgent(home, { lab: true, profile: DEFAULT_PROFILE })
  const { paths, stop } = await openPaths(status)
  return {
    home,
    status,
    paths,
    close: async () => {
      stop()
      release()
      // What still runs still writes.
      await endOf(status.pid)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
