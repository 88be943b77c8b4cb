/**
 * The doors of one mock POP, on an address of its own: the tunnel over TLS and over DTLS, and the place where its round
 * trip is measured. All of them are equally far away and fail together.
 */

import type { FaultSource, PopFault } from '../faults/fault.js'
import type { GatewayLog } from '../gateway-log.js'
import { TunnelServer, type TunnelServerOptions } from '../tunnel/server.js'
import { startDtlsDoor } from './dtls-door.js'
import type { Pop } from './pop.js'
import { startProbeServer } from './probe-server.js'
import { isLost, roadTo } from './round-trip.js'

/** What the doors are made of. */
export interface PopDoorOptions extends Omit<TunnelServerOptions, 'pop' | 'capacity' | 'road'> {
  readonly pop: Pop
  readonly host: string
  /** 0 takes a free port. */
  readonly ports: { readonly tunnel: number; readonly dtls: number; readonly probe: number }
  readonly fault: FaultSource<PopFault>
  /** In [0, 1): the jitter of the round trip. */
  readonly random: () => number
}

/** The open doors of a POP. */
export interface PopDoor {
  readonly name: string
  readonly tunnelPort: number
  /** UDP; undefined where DTLS is not to be had. */
  readonly dtlsPort: number | undefined
  readonly probePort: number
  /** Sessions and flows now. */
  counts(): { readonly sessions: number; readonly flows: number }
  close(): Promise<void>
}

/** The fault of a POP that the table says is not up. */
const ALWAYS_DOWN: FaultSource<PopFault> = { current: { kind: 'down' }, onChange: () => {} }

/**
 * Opens the doors of a POP. One that is not up has ports too, and refuses there: an address of it leads nowhere else.
 * Each entry of the log names the POP. Throws SteerError `port-in-use` or `listen-failed`.
 */
export async function startPopDoor(options: PopDoorOptions): Promise<PopDoor> {
  const { pop, host, ports, random } = options
  const fault = pop.up ? options.fault : ALWAYS_DOWN
  const road = roadTo(pop, fault, random)
  const log: GatewayLog = (entry) => options.log({ ...entry, pop: pop.name })
  const tunnel = new TunnelServer({ ...options, pop: pop.name, capacity: pop.capacity, road, fault, log })
  const doors: { cutOff(): void; close(): Promise<void> }[] = [tunnel]
  const close = async (): Promise<void> => {
    await Promise.all(doors.map((door) => door.close()))
  }
  try {
    const { port: tunnelPort } = await tunnel.listen(host, ports.tunnel)
    const serve: TunnelServer['serve'] = (...client) => tunnel.serve(...client)
    const dtls = await startDtlsDoor({ ...options, port: ports.dtls, capacity: pop.capacity, fault, serve, log })
    if (dtls !== undefined) doors.push(dtls)
    const probe = await startProbeServer({ host, port: ports.probe, road, fault })
    doors.push(probe)
    let wasLost = isLost(road)
    fault.onChange(() => {
      // What was silent has missed too much to go on.
      if (wasLost && !isLost(road)) for (const door of doors) door.cutOff()
      wasLost = isLost(road)
    })
    return {
      name: pop.name,
      tunnelPort,
      dtlsPort: dtls?.port,
      probePort: probe.port,
      counts: () => tunnel.counts,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
