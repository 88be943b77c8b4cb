// Pure: which POPs are near a client, by the table's own idea of where addresses are. GSLB, DoH and LDNS all answer by it.

import { isIPv4 } from 'node:net'
import type { Pop, PopTable, Region } from './pop.js'

/** A POP as seen from a client. */
export interface NearPop {
  readonly pop: Pop
  /** Along the great circle. */
  readonly distanceKm: number
  /** Whether client and POP are in the same country. */
  readonly inCountry: boolean
}

/** A client as the cloud sees it. */
export interface Client {
  /** The address it comes from; the table's `egress` in place of a loopback address. */
  readonly ip: string
  /** Two capital letters. */
  readonly country: string
}

/** A client's place if no region holds its address: the geographic centre of the contiguous United States. Ours. */
const ELSEWHERE: Omit<Region, 'prefix'> = { country: 'US', latitude: 39.83, longitude: -98.58 }

/** Mean radius of the earth (IUGG). */
const EARTH_KM = 6371.0088

/** The POPs that are up, nearest first; equally near ones by name. */
export function nearestPops(table: PopTable, clientIp: string): readonly NearPop[] {
  const place = placeOf(table, seenAs(table, clientIp))
  return table.pops
    .filter(({ up }) => up)
    .map((pop) => ({ pop, distanceKm: distanceKm(place, pop), inCountry: pop.country === place.country }))
    .sort((a, b) => a.distanceKm - b.distanceKm || (a.pop.name < b.pop.name ? -1 : 1))
}

/** Who asks, and from where. */
export function clientOf(table: PopTable, clientIp: string): Client {
  const ip = seenAs(table, clientIp)
  return { ip, country: placeOf(table, ip).country }
}

function seenAs(table: PopTable, ip: string): string {
  return ip.startsWith('127.') || ip === '::1' ? table.egress : ip
}

/** Where the longest prefix that holds the address says. */
function placeOf({ regions }: PopTable, ip: string): Omit<Region, 'prefix'> {
  if (!isIPv4(ip)) return ELSEWHERE
  let found: Omit<Region, 'prefix'> = ELSEWHERE
  let longest = -1
  for (const region of regions) {
    const [network = '', bits = ''] = region.prefix.split('/')
    const length = Number(bits)
    if (length <= longest || firstBits(network, length) !== firstBits(ip, length)) continue
    found = region
    longest = length
  }
  return found
}

/** The first bits of an IPv4 address, as a number. */
function firstBits(ip: string, count: number): number {
  const value = ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  return Math.floor(value / 2 ** (32 - count))
}

interface Place {
  readonly latitude: number
  readonly longitude: number
}

/** By the haversine formula, which is exact enough for near places and for opposite ones. */
function distanceKm(from: Place, to: Place): number {
  const latitudes = Math.sin(radians(to.latitude - from.latitude) / 2) ** 2
  const longitudes = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2
  const part = latitudes + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * longitudes
  return 2 * EARTH_KM * Math.asin(Math.sqrt(Math.min(1, part)))
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
