// Pure: what the kernel is asked for, in the language of pcap-filter(7). Coarse, for nobody can say beforehand which
// connections will be the agent's.

import type { Endpoint } from '../../steering/flow.js'

/** The filter for TCP and UDP, but that from or to `exclude`. */
export function captureFilter(exclude: readonly Endpoint[]): string {
  return ['(tcp or udp)', ...exclude.map(({ ip, port }) => `not (host ${ip} and port ${port})`)].join(' and ')
}
