// Pure: what POP selection is about. A POP is found by one of three methods (founding document): the GSLB service names
// several, DNS over HTTPS (EDNS) and local DNS (LDNS) name one address of the tenant's gateway.

/** How a gateway was found. */
export type Method = 'gslb' | 'edns' | 'ldns'

/** A POP a tunnel can go to. */
export interface Pop {
  /** Such as `US-ORD1`; '' where the method does not say (EDNS, LDNS): the gateway's HELLO will. */
  readonly name: string
  /** Host its certificate is for: `gateway-ord1.goskope.com`, or `gateway-<tenant>.goskope.com`. */
  readonly gateway: string
  readonly ip: string
  readonly port: number
  /** Distance the service says, in its unit (not public; ours is km); undefined where it says none. */
  readonly distance?: number
  /** Where its round trip is measured; undefined where the method names no such place. */
  readonly probe?: { readonly ip: string; readonly port: number; readonly path: string }
}

/** A POP and its round trip in ms, undefined when it gave no answer in time. */
export interface MeasuredPop extends Pop {
  readonly rttMs: number | undefined
}
