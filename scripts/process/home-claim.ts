/**
 * A home belongs to one process at a time: the one that listens on its control socket. It is claimed before anything else
 * is started or written there; who asks before the agent is up waits for it.
 */

import type { Agent } from '../../agent/agent.js'
import { ControlServer } from '../../agent/control/control-server.js'

/** A claimed home. */
export interface HomeClaim {
  /** Programs that use the agent now. */
  leases(): number
  /** The agent is up and answers from now on. */
  serve(agent: Agent): void
  /** Gives the home up. */
  close(): void
}

/** Claims the home of a control socket. Throws SteerError `already-running`. */
export async function claimHome(controlSocket: string, lastLeaseEnded: () => void): Promise<HomeClaim> {
  let serve = (_agent: Agent): void => {}
  const agent = new Promise<Agent>((resolve) => {
    serve = resolve
  })
  const status = async () => ({ ...(await agent).status(), leases: control.leases })
  const lease = async () => {
    await (await agent).captureSettled()
    return status()
  }
  const control = new ControlServer(
    {
      status,
      map: async () => (await agent).mappings(),
      flows: async () => (await agent).flows(),
      update: async () => (await agent).update(),
      lease,
    },
    lastLeaseEnded,
  )
  await control.listen(controlSocket)
  return { leases: () => control.leases, serve, close: () => control.close() }
}
