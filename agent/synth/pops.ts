// Pure: the POPs a make-believe client chooses among. Gateways ord1, ord2 and iad2, their addresses, mia2 and the POP
// US-STL1 are public (TAB, LCL); the others follow their pattern in the vendor's range 163.116.128.0/17.

/** A point of presence. */
export interface Pop {
  readonly code: string
  readonly gateway: string
  readonly ip: string
  /** Round trip from an endpoint, ms. */
  readonly rtt: number
}

/** POPs, neighbours beside each other; how far they are is an endpoint's matter. */
export const POPS: ReadonlyArray<Omit<Pop, 'rtt'>> = [
  { code: 'US-ORD1', gateway: 'gateway-ord1.goskope.com', ip: '163.116.133.35' },
  { code: 'US-ORD2', gateway: 'gateway-ord2.goskope.com', ip: '163.116.249.35' },
  { code: 'US-IAD2', gateway: 'gateway-iad2.goskope.com', ip: '163.116.146.35' },
  { code: 'US-STL1', gateway: 'gateway-stl1.goskope.com', ip: '163.116.136.35' },
  { code: 'US-MIA2', gateway: 'gateway-mia2.goskope.com', ip: '163.116.150.35' },
  { code: 'US-DFW1', gateway: 'gateway-dfw1.goskope.com', ip: '163.116.138.35' },
  { code: 'UK-LON2', gateway: 'gateway-lon2.goskope.com', ip: '163.116.164.35' },
  { code: 'DE-FRA1', gateway: 'gateway-fra1.goskope.com', ip: '163.116.176.35' },
  { code: 'NL-AMS1', gateway: 'gateway-ams1.goskope.com', ip: '163.116.180.35' },
  { code: 'FR-PAR1', gateway: 'gateway-par1.goskope.com', ip: '163.116.182.35' },
]
