/**
 * The one dialer of agent and gateway. In order: a forbidden destination is refused; inside the lab the address becomes a
 * loopback port; behind an upstream SOCKS5 proxy the proxy dials; otherwise the address is dialled as it is.
 */

import { connect, type Socket } from 'node:net'
import { isLoopback } from '../steering/address.js'
import type { Dialer, DialFailure, DialOutcome, DialRequest } from './dial.js'
import { type LabDescription, routeInLab } from './lab-route.js'
import { connectThroughSocks, type SocksUpstream } from './socks-upstream.js'

/** What a dialer is made of. */
export interface RouteDialerOptions {
  /** Connect time-out, ms. */
  readonly timeoutMs: number
  readonly lab?: LabDescription | undefined
  /** In the lab: the loopback address origins see as the source. */
  readonly labSource?: string | undefined
  readonly socks?: SocksUpstream | undefined
  /** A sentence why a destination may not be dialled, or undefined when it may. */
  readonly forbidden?: (ip: string, port: number) => string | undefined
}

const FAILURES: Readonly<Record<string, DialFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'timed-out',
}

/** A dialer for these options. */
export function routeDialer(options: RouteDialerOptions): Dialer {
  const { timeoutMs, lab, labSource, socks, forbidden } = options
  return {
    async dial({ ip, port }: DialRequest): Promise<DialOutcome> {
      const reason = forbidden?.(ip, port)
      if (reason !== undefined) return { failure: 'forbidden', detail: reason }
      if (lab !== undefined) {
        const route = routeInLab(lab, ip, port)
        if (typeof route === 'string') return { failure: route, detail: `${ip}:${port} is ${route} in the lab` }
        return dialDirect(route.host, route.port, timeoutMs, labSource)
      }
      // Loopback is this machine's, and not the proxy's.
      if (socks !== undefined && !isLoopback(ip)) return connectThroughSocks(socks, { ip, port }, timeoutMs)
      return dialDirect(ip, port, timeoutMs, undefined)
    },
  }
}

function dialDirect(host: string, port: number, timeoutMs: number, source: string | undefined): Promise<DialOutcome> {
  return new Promise((resolve) => {
    const socket: Socket = connect({
      host,
      port,
      allowHalfOpen: true,
      noDelay: true,
      ...(source === undefined ? {} : { localAddress: source }),
    })
    let settled = false
    const settle = (outcome: DialOutcome): void => {
      if (settled) return
      settled = true
      socket.setTimeout(0)
      socket.off('timeout', onTimeout)
      resolve(outcome)
    }
    socket.once('connect', () => settle({ socket }))
    // This listener stays for the life of the socket: an error between here and the relay must not be unheard.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      settle({ failure: FAILURES[error.code ?? ''] ?? 'unreachable', detail: error.message }),
    )
    const onTimeout = (): void => {
      settle({ failure: 'timed-out', detail: `no answer from ${host}:${port} within ${timeoutMs} ms` })
      socket.destroy()
    }
    socket.setTimeout(timeoutMs, onTimeout)
  })
}
