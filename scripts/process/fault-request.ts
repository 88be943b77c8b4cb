/** `steerlab fault` as it reaches a running lab: what is asked, checked, and what holds then. */

import { z } from 'zod'
import { userMistake } from '../../agent/errors.js'
import { readPopFault, readServiceFault, SERVICES } from '../../gateway/faults/fault.js'
import type { StandingFault } from '../../gateway/faults/fault-board.js'
import type { PopTable } from '../../gateway/pops/pop.js'
import type { CloudProcesses } from './cloud-processes.js'

/** How long a fault lasts, ms: a day at most. */
const forMs = z.number().positive().max(86_400_000).optional()

/** What is asked. */
const request = z.union([
  z.object({ service: z.enum(SERVICES), words: z.array(z.string()), forMs }),
  z.object({ pop: z.string(), words: z.array(z.string()), forMs }),
  z.object({
    clear: z.union([z.literal(true), z.object({ service: z.enum(SERVICES) }), z.object({ pop: z.string() })]),
  }),
  z.object({ list: z.literal(true) }),
])

/** A question about faults; `words` as on the command line (`slow`, `300`), `clear` one target or all. */
export type FaultRequest = z.infer<typeof request>

/** Who answers them. */
export type FaultControl = (params: unknown) => readonly StandingFault[]

/** Sets and clears faults of a cloud, and answers with what holds. Throws a user's mistake: `bad-fault`, `no-such-pop`. */
export function controlFaults(cloud: Pick<CloudProcesses, 'faults' | 'spread'>, table: PopTable): FaultControl {
  const { faults } = cloud
  const names = table.pops.map(({ name }) => name)
  /** The POPs that are meant: one, or all. */
  const meant = (pop: string): readonly string[] => {
    if (pop === 'all') return names
    if (names.includes(pop)) return [pop]
    throw userMistake('no-such-pop', `there is no POP ${pop}; there are ${names.join(', ')}`)
  }
  return (params) => {
    const { data: asked } = request.safeParse(params ?? { list: true })
    if (asked === undefined) throw userMistake('bad-fault', 'this is no question about faults')
    if ('list' in asked) return faults.list()
    if ('service' in asked)
      faults.set({ service: asked.service }, readServiceFault(asked.service, asked.words), asked.forMs)
    else if ('pop' in asked) {
      const fault = readPopFault(asked.words)
      for (const pop of meant(asked.pop)) faults.set({ pop }, fault, asked.forMs)
    } else if (asked.clear === true) faults.clear()
    else if ('pop' in asked.clear) for (const pop of meant(asked.clear.pop)) faults.clear({ pop })
    else faults.clear(asked.clear)
    cloud.spread()
    return faults.list()
  }
}
