// Pure: the log of a tunnel being opened, in short, as `storyOf` of cloud-under-test.ts tells it. Gateways are without
// their domain, and without the `gateway-` all of them begin with.

/** A gateway is tried. */
export const connecting = (gateway = 'lab'): string => `tunnel-connecting gateway-${gateway}`

/** It is reached at the address of a POP, and the tunnel is up. */
export const connected = (pop: string, gateway = 'lab'): readonly string[] => [
  `gateway-resolved ${pop}`,
  `tunnel-connected gateway-${gateway}`,
  `tunnel-established gateway-${gateway} ${pop}`,
  'tunnel-up',
]

/** It is not reached. */
export const notConnected = (gateway = 'lab'): readonly string[] => [
  `tunnel-connect-failed gateway-${gateway}`,
  'tunnel-failed',
]

/** DNS over HTTPS finds its address. */
export const edns = (gateway = 'lab'): readonly string[] => ['edns-downloaded', `gateway-found-edns gateway-${gateway}`]
