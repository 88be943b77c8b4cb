// Pure: what a message says of the tunnel's life and of the choice of its POP.

import type { LogEvent } from '../event.js'
import type { PopMoment } from './report.js'

/** The moment of an event, undefined for an event that is none. */
export function popMoment(time: number, event: LogEvent): PopMoment | undefined {
  const said = saidBy(event)
  return said && { time, ...said }
}

function saidBy(event: LogEvent): Omit<PopMoment, 'time'> | undefined {
  switch (event.type) {
    case 'gateway-found-edns':
      return { what: 'resolved', method: 'EDNS', gateway: event.gateway }
    case 'gateway-found-ldns':
      return { what: 'resolved', method: 'LDNS', gateway: event.gateway }
    case 'gslb-changed':
      return { what: 'resolved', method: 'GSLB', pop: event.pop, detail: `${event.client}, another POP` }
    case 'gslb-unchanged':
      return { what: 'resolved', method: 'GSLB', pop: event.pop, detail: `${event.client}, the POP stays` }
    case 'gateway-resolved':
      return { what: 'resolved', transport: event.transport, gateway: event.gateway, ip: event.ip }
    case 'edns-failed':
      return { what: 'resolve-failed', method: 'EDNS', gateway: event.gateway }
    case 'gslb-failed':
      return { what: 'resolve-failed', method: 'GSLB', detail: `${event.client}, ${event.host}, error ${event.error}` }
    case 'gslb-rtt':
      return { what: 'rtt', method: 'GSLB', pop: event.pop, ip: event.ip, rtt: event.rtt, detail: event.client }
    case 'tunnel-connecting':
      return { what: 'connecting', transport: event.transport, gateway: event.gateway }
    case 'tunnel-connected': {
      const ip = 'ip' in event ? { ip: event.ip } : {}
      return { what: 'connected', transport: event.transport, gateway: event.gateway, ...ip }
    }
    case 'tunnel-established':
      return { what: 'established', transport: event.transport, gateway: event.gateway, pop: event.pop }
    case 'tunnel-connect-failed': {
      const { transport, gateway, error } = event
      return { what: 'connect-failed', transport, gateway, detail: `error ${error}` }
    }
    case 'tunnel-failed':
      return { what: 'connect-failed', transport: event.transport, detail: `error ${event.error}` }
    case 'keep-alive-failed':
      return { what: 'keep-alive-failed', detail: `${event.tries} tries` }
    case 'tunnel-closed':
      return { what: 'closed', transport: event.transport }
    case 'tunnel-disconnecting':
      return { what: 'disconnected', transport: event.transport, detail: event.context }
    case 'client-disabled':
      return { what: 'disabled', detail: `by ${event.who}` }
    case 'client-enabled':
      return { what: 'enabled', detail: `by ${event.who}` }
    case 'captive-portal':
      return { what: 'captive-portal', detail: `${event.host} answers ${event.code}` }
    case 'captive-portal-left':
      return { what: 'captive-portal', detail: `left, ${event.host} answers ${event.code}` }
    case 'network-changed':
      return { what: 'network-changed', detail: `${event.from} -> ${event.to}` }
    default:
      return undefined
  }
}
