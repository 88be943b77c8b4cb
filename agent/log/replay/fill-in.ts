// Pure: what a line leaves out of its flow, concluded from the other lines of the log where they leave no doubt.

import type { FlowFacts } from '../../steering/flow.js'
import { type ToldFlow, transportOf } from './told-flow.js'

/** Where a flow went, as far as anybody can tell; an address that nobody can is ''. */
export type FilledFlow = Pick<FlowFacts, 'process' | 'host' | 'destination' | 'transport'>

/** The port of a flow of which no line says one. */
const USUAL_PORT = 443

/**
 * Fills in flows by the lines of their log: the only address a host was seen at, the only port a program used for a host
 * (else 443), and where the line names the program but no host, the only host seen at the address.
 */
export function fillerOf(told: Iterable<ToldFlow>): (flow: ToldFlow) => FilledFlow {
  const addresses = new OnlyValues<string>()
  const ports = new OnlyValues<number>()
  const hosts = new OnlyValues<string>()
  for (const { process, host, ip, port } of told) {
    if (host !== '' && port > 0) ports.add(`${process}\0${host}`, port)
    if (host === '' || ip === '') continue
    addresses.add(host, ip)
    hosts.add(ip, host)
  }
  return ({ verdict, process, host: saidHost, ip: saidIp, port: saidPort, leftOut }) => {
    const ip = saidIp || (addresses.of(saidHost) ?? '')
    const nameable = leftOut.includes('host') && process !== ''
    const host = (nameable ? hosts.of(ip) : undefined) ?? saidHost
    const port = saidPort || (ports.of(`${process}\0${saidHost}`) ?? USUAL_PORT)
    return { process: process || 'unknown', host, destination: { ip, port }, transport: transportOf(verdict, port) }
  }
}

/** The value of each key that has only one. */
class OnlyValues<Value> {
  readonly #values = new Map<string, Value | undefined>()

  add(key: string, value: Value): void {
    if (!this.#values.has(key)) this.#values.set(key, value)
    else if (this.#values.get(key) !== value) this.#values.set(key, undefined)
  }

  /** Undefined when there is none, or more than one. */
  of(key: string): Value | undefined {
    return this.#values.get(key)
  }
}
