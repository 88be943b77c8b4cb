// Pure: what the GSLB service answers, in the shape of the public samples (client-behaviour 3.2), and lists of POPs.

import type { MeasuredPop, Pop } from '../../../agent/pop/pop.js'

/** One POP of an answer, with these changes. */
export function popEntry(changes: object = {}): object {
  return {
    name: 'UK-LON1',
    distance: 10.91,
    rtt_endpoints: [{ ip: '163.116.128.9', port: 80, scheme: 'http', path: '/' }],
    country: 'GB',
    in_country: true,
    dp_gateway_fqdn: 'gateway-lon1.goskope.com',
    ip_address: '163.116.128.8',
    ...changes,
  }
}

/** The answer to GET, with these changes. */
export function listBody(changes: object = {}): string {
  const head = { egress_ip: '203.0.113.7', request_id: 'aGVsbG8_-w==', scope: 'default', version: 'a1b2c' }
  return JSON.stringify({ ...head, rtt_protocol: 'tcp', client_country: 'GB', pops: [popEntry()], ...changes })
}

/** The answer to POST, with these changes. */
export function choiceBody(changes: object = {}): string {
  const pops = [{ name: 'UK-LON1', ip: '163.116.128.8' }]
  return JSON.stringify({ egress_ip: '203.0.113.7', request_id: 'aGVsbG8', scope: 'default', pops, ...changes })
}

/** What `popEntry` is to the agent. */
export const LONDON: Pop = {
  name: 'UK-LON1',
  gateway: 'gateway-lon1.goskope.com',
  ip: '163.116.128.8',
  port: 443,
  distance: 10.91,
  probe: { ip: '163.116.128.9', port: 80, path: '/' },
}

/** A POP of this name that was measured. */
export function measuredPop(name: string, rttMs?: number): MeasuredPop {
  return { ...LONDON, name, rttMs }
}
