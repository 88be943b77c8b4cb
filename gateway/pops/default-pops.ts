// Pure: the POPs there are where no table is given. Names, gateways and addresses are those of the generated logs
// (agent/synth/pops.ts, which says what of them is public), so that a lab's log and a generated one look alike. Round
// trips are made up, as from Chicago.

import type { Pop, PopTable } from './pop.js'

/** Sessions at once, each POP: more than any demo has. */
export const DEFAULT_CAPACITY = 256

type Row = Pick<Pop, 'name' | 'address' | 'country' | 'rttMs' | 'jitterMs'> & {
  /** Degrees north and east. */
  readonly at: readonly [latitude: number, longitude: number]
}

/** Where the cities' carrier hotels or airports are; the nearest one costs nothing, as if there were no POP table. */
const ROWS: readonly Row[] = [
  { name: 'US-ORD1', address: '163.116.133.35', country: 'US', at: [41.98, -87.9], rttMs: 0, jitterMs: 0 },
  { name: 'US-ORD2', address: '163.116.249.35', country: 'US', at: [41.85, -87.62], rttMs: 16, jitterMs: 2 },
  { name: 'US-STL1', address: '163.116.136.35', country: 'US', at: [38.63, -90.2], rttMs: 22, jitterMs: 2 },
  { name: 'US-IAD2', address: '163.116.146.35', country: 'US', at: [39.02, -77.46], rttMs: 30, jitterMs: 2 },
  { name: 'US-DFW1', address: '163.116.138.35', country: 'US', at: [32.8, -96.82], rttMs: 34, jitterMs: 3 },
  { name: 'US-MIA2', address: '163.116.150.35', country: 'US', at: [25.78, -80.19], rttMs: 44, jitterMs: 3 },
  { name: 'UK-LON2', address: '163.116.164.35', country: 'GB', at: [51.51, -0.01], rttMs: 98, jitterMs: 5 },
  { name: 'NL-AMS1', address: '163.116.180.35', country: 'NL', at: [52.3, 4.94], rttMs: 105, jitterMs: 5 },
  { name: 'FR-PAR1', address: '163.116.182.35', country: 'FR', at: [48.93, 2.36], rttMs: 107, jitterMs: 5 },
  { name: 'DE-FRA1', address: '163.116.176.35', country: 'DE', at: [50.12, 8.73], rttMs: 112, jitterMs: 6 },
]

/**
 * The built-in table. Its regions are the ranges for documentation (RFC 5737) and for benchmarks (RFC 2544), none longer
 * than a /24, which is what resolvers tell of a client (RFC 7871, 11.1).
 */
export const DEFAULT_POP_TABLE: PopTable = {
  pops: ROWS.map(({ at: [latitude, longitude], ...row }) => ({
    ...row,
    gateway: `gateway-${row.name.slice(3).toLowerCase()}.goskope.com`,
    latitude,
    longitude,
    capacity: DEFAULT_CAPACITY,
    up: true,
  })),
  regions: [
    // A suburb of Chicago.
    { prefix: '198.51.100.0/24', country: 'US', latitude: 42.03, longitude: -88.08 },
    // London.
    { prefix: '192.0.2.0/24', country: 'GB', latitude: 51.51, longitude: -0.13 },
    // Munich.
    { prefix: '203.0.113.0/24', country: 'DE', latitude: 48.14, longitude: 11.58 },
    // Lyon.
    { prefix: '198.18.0.0/16', country: 'FR', latitude: 45.76, longitude: 4.84 },
    // Mumbai: no POP of the table is in the country.
    { prefix: '198.19.0.0/16', country: 'IN', latitude: 19.08, longitude: 72.88 },
  ],
  egress: '198.51.100.7',
}
