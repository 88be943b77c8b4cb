// Pure: the text of the proxy auto-configuration file, in the JavaScript of 1996 that every browser still reads.

import { authority } from '../steering/address.js'
import type { Endpoint } from '../steering/flow.js'

/** What the file tells a browser. */
export interface PacOptions {
  readonly http: Endpoint
  /** Second choice, for a browser that cannot use the first. */
  readonly socks?: Endpoint
  /** Hosts to reach directly: `zoom.us` is that name only, `*.zoom.us` everything below it. */
  readonly bypass: readonly string[]
}

/** The file: plain names, localhost, 127.0.0.0/8, ::1 and `bypass` go direct, everything else to the proxy. */
export function pacText({ http, socks, bypass }: PacOptions): string {
  const proxies = [`PROXY ${authority(http)}`, ...(socks === undefined ? [] : [`SOCKS5 ${authority(socks)}`])]
  const direct = bypass.map((pattern) => pattern.toLowerCase())
  return `function FindProxyForURL(url, host) {
  host = host.toLowerCase();
  if (isPlainHostName(host) && host.indexOf(':') < 0) return 'DIRECT';
  if (/^(127\\.\\d+\\.\\d+\\.\\d+|\\[?::1\\]?)$/.test(host)) return 'DIRECT';
  var direct = ${JSON.stringify(direct)};
  for (var i = 0; i < direct.length; i++) if (shExpMatch(host, direct[i])) return 'DIRECT';
  return ${JSON.stringify(proxies.join('; '))};
}
`
}
