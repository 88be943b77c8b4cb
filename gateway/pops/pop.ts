// Pure: the table of mock POPs, the one source of what GSLB, DoH, LDNS and the doors of the POPs say and do. Names, gateway
// hosts and addresses follow the public pattern.

/** One mock POP. */
export interface Pop {
  /** Such as `US-ORD1`. */
  readonly name: string
  /** Such as `gateway-ord1.goskope.com`. */
  readonly gateway: string
  /** The public IPv4 address it is told by; it listens on loopback. */
  readonly address: string
  /** Two capital letters. */
  readonly country: string
  /** Degrees north and east. */
  readonly latitude: number
  readonly longitude: number
  /** Simulated round trip, ms; 0 = none. */
  readonly rttMs: number
  /** The round trip varies by up to this, ms. */
  readonly jitterMs: number
  /** Sessions at once; more are turned away. */
  readonly capacity: number
  /** A POP that is not up does not listen, and no service names it. */
  readonly up: boolean
}

/** Where clients of a prefix are. */
export interface Region {
  /** IPv4 CIDR; the longest that holds an address counts. */
  readonly prefix: string
  readonly country: string
  readonly latitude: number
  readonly longitude: number
}

/** All POPs, and where clients are. */
export interface PopTable {
  readonly pops: readonly Pop[]
  readonly regions: readonly Region[]
  /** The address clients on this machine are seen by, in place of their loopback address. */
  readonly egress: string
  /** Name of the POP behind `gateway-backup-<tenant>.goskope.com`; left out = the second nearest. */
  readonly backup?: string
}
