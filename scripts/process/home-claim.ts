/**
 * A home belongs to one process at a time: the one that listens on its control socket. It is claimed before anything else
 * is started or written there; who asks before the agent is up waits for it.
 */

import { ControlServer } from '../../agent/control/control-server.js'
import {
  captureRequest,
  disableRequest,
  driverLogRequest,
  logRequest,
  popRequest,
  readParams,
  speedTestRequest,
} from '../../agent/control/requests.js'
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
  const control = new ControlServer(
    {
      status,
      map: async () => (await running).agent.mappings(),
      flows: async () => (await running).agent.flows(),
      pop: async (params) => {
        const { now = false } = readParams('pop', popRequest, params)
        const { agent } = await running
        if (now) await agent.reselect()
        return agent.pops()
      },
      update: async () => (await running).agent.update(),
      enable: async () => {
        const { agent } = await running
        agent.enable()
        return status()
      },
      disable: async (params) => {
        const { password } = readParams('disable', disableRequest, params)
        await (await running).agent.disable(password)
        return status()
      },
      details: async () => (await running).agent.details(),
      log: async (params) => (await running).agent.setLog(readParams('log', logRequest, params)),
      blocked: async () => (await running).agent.blocked(),
      'driver-log': async (params) => {
        const asked = readParams('driver-log', driverLogRequest, params)
        const { driverLog } = (await running).agent
        return asked.act === 'start' ? driverLog.start(asked.file) : driverLog.stop()
      },
      capture: async (params) => {
        const { captures } = (await running).agent
        if (params === undefined) {
          // Who asks reads the files next.
          await captures.flush()
          return captures.list()
        }
        const asked = readParams('capture', captureRequest, params)
        if (asked.act === 'stop') return [await captures.stop(asked.kind)]
        const { kind, act: _, ...request } = asked
        return [await captures.start(kind, request)]
      },
      'speed-test': async (params) => {
        const asked = readParams('speed-test', speedTestRequest, params)
        return (await running).agent.speedTest(asked)
      },
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
