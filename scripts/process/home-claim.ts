/**
 * A home belongs to one process at a time: the one that listens on its control socket. It is claimed before anything else
 * is started or written there; who asks before the agent is up waits for it.
 */

import { ControlServer } from '../../agent/control/control-server.js'
import type { Agent } from '../../agent/running-agent.js'
import type { FaultControl } from './fault-request.js'

/** A claimed home. */
export interface HomeClaim {
  /** Programs that use the agent now. */
  leases(): number
  /** The agent is up and answers from now on; the faults of its cloud are controlled by the other. */
  serve(agent: Agent, faults: FaultControl): void
  /** Gives the home up. */
  close(): void
}

/** Claims the home of a control socket. Throws SteerError `already-running`. */
export async function claimHome(controlSocket: string, lastLeaseEnded: () => void): Promise<HomeClaim> {
  let serve = (_running: { readonly agent: Agent; readonly faults: FaultControl }): void => {}
  const running = new Promise<Parameters<typeof serve>[0]>((resolve) => {
    serve = resolve
  })
  const status = async () => {
    const { agent, faults } = await running
    return { ...agent.status(), faults: faults({ list: true }), leases: control.leases }
  }
  const lease = async () => {
    await (await running).agent.captureSettled()
    return status()
  }
  const after = (act: (agent: Agent) => void) => async () => {
    act((await running).agent)
    return status()
  }
  const control = new ControlServer(
    {
      status,
      map: async () => (await running).agent.mappings(),
      flows: async () => (await running).agent.flows(),
      pop: async (params) => {
        const { agent } = await running
        if (isNow(params)) await agent.reselect()
        return agent.pops()
      },
      update: async () => (await running).agent.update(),
      enable: after((agent) => agent.enable()),
      disable: after((agent) => agent.disable()),
      fault: async (params) => (await running).faults(params),
      lease,
    },
    lastLeaseEnded,
  )
  await control.listen(controlSocket)
  return {
    leases: () => control.leases,
    serve: (agent, faults) => serve({ agent, faults }),
    close: () => control.close(),
  }
}

/** Whether POPs are to be looked at anew before the answer. */
function isNow(params: unknown): boolean {
  return (params as { readonly now?: unknown } | undefined)?.now === true
}
