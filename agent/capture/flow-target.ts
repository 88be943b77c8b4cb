// Pure: where a flow is meant to go, read from what an application tells a proxy: a host and a port (SOCKS), the
// target of CONNECT (RFC 9112 3.2.3) or an absolute-form target (RFC 9112 3.2.2).

import { isIP } from 'node:net'
import { canonicalAddress } from '../steering/address.js'
import type { Endpoint } from '../steering/flow.js'
import { wireName } from '../steering/wire-name.js'

/** A destination by name (`destination.ip` is '') or by address (`host` is ''), in the one spelling the rest expects. */
export interface FlowTarget {
  readonly host: string
  readonly destination: Endpoint
}

/** An absolute-form target: `authority` is its Host header, `path` its origin-form (path and query). */
export interface AbsoluteTarget {
  readonly target: FlowTarget
  readonly authority: string
  readonly path: string
}

const AUTHORITY = /^(\[[^\]]{2,45}\]|[^:[\]]{1,255})(?::(\d{1,5}))?$/
const ABSOLUTE = /^http:\/\/([^/?#@]+)([/?][^#]*)?$/i
// The system's resolver takes `127.1`, `0x7f.1` and `2130706433` for addresses, past every rule on addresses.
const NUMBER_LIKE = /(?:^|\.)(?:\d+|0x[\da-f]*)$/

/** `hostText` is a name or an IP address without brackets; undefined when it is neither, or the port is not 1-65535. */
export function flowTarget(hostText: string, port: number): FlowTarget | undefined {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return undefined
  if (isIP(hostText) === 0) {
    const host = wireName(hostText)
    return host === '' || NUMBER_LIKE.test(host) ? undefined : { host, destination: { ip: '', port } }
  }
  if (hostText.includes('%')) return undefined
  return { host: '', destination: { ip: canonicalAddress(hostText), port } }
}

/** `zoom.us:443`, `192.0.2.1:443`, `[2001:db8::1]:443`; undefined for anything else (a missing port too). */
export function parseConnectTarget(text: string): FlowTarget | undefined {
  const [, host, port] = AUTHORITY.exec(text) ?? []
  return host === undefined || port === undefined ? undefined : hostTarget(host, Number(port))
}

/** `http://box.com:8080/a?b`; undefined for other schemes, user names and whatever is not a URL of a host. */
export function parseAbsoluteTarget(text: string): AbsoluteTarget | undefined {
  const [, authority = '', rest = ''] = ABSOLUTE.exec(text) ?? []
  const [, host, port] = AUTHORITY.exec(authority) ?? []
  const target = host === undefined ? undefined : hostTarget(host, port === undefined ? 80 : Number(port))
  return target && { target, authority, path: rest.startsWith('/') ? rest : `/${rest}` }
}

/** In a URL an IPv6 address stands in brackets and nothing else does. */
function hostTarget(host: string, port: number): FlowTarget | undefined {
  if (!host.startsWith('[')) return flowTarget(host, port)
  const address = host.slice(1, -1)
  return isIP(address) === 6 ? flowTarget(address, port) : undefined
}
