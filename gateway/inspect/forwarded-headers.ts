// Pure: the headers by which a request says that it came through this gateway, where inspect.json asks for them. What is
// there already stays, and ours follows it (RFC 9110 7.6.3; X-Forwarded-For has no standard, but this habit).

import type { InspectedConnection } from './exchange.js'
import type { InspectSettings } from './settings/settings.js'

/** The values a request came with; several lines of one name are joined by commas. */
export interface PresentForwarding {
  readonly via?: string | undefined
  readonly xForwardedFor?: string | undefined
}

/** The headers to be set, by lower-case name; none where the settings ask for none. */
export function forwardedHeaders(
  connection: InspectedConnection,
  settings: InspectSettings,
  present: PresentForwarding,
): Record<string, string> {
  const { flow, protocol } = connection
  const version = protocol === 'h2' ? '2' : '1.1'
  const headers: Record<string, string> = {}
  if (settings.forwarded.via) headers['via'] = following(present.via, `${version} ${viaName(flow.pop)}`)
  if (settings.forwarded.xForwardedFor) headers['x-forwarded-for'] = following(present.xForwardedFor, flow.clientIp)
  return headers
}

/** Who Via says a request came through; what no token of HTTP can have becomes `-`. */
export function viaName(pop: string): string {
  return `ns-${pop.toLowerCase()}`.replace(/[^\w.!#$%&'*+^`|~-]/g, '-')
}

function following(present: string | undefined, added: string): string {
  return present === undefined || present === '' ? added : `${present}, ${added}`
}
