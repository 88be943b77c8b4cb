/**
 * The lab: a small internet of our own on loopback, so that everything runs with no network at all. A name server for a
 * zone of well-known names, origins that answer for all of their addresses, and some odd ones. Those who dial are told by the
 * description which loopback port stands for which port of the zone's addresses (agent/outbound/lab-route).
 */

import type { LabDescription } from '../../agent/outbound/lab-route.js'
import type { LabAuthority } from '../../certs/lab-authority.js'
import { startLabDns } from './lab-dns.js'
import { startOddOrigins } from './odd-origins/odd-origins.js'
import { startOrigins } from './origin.js'
import { REFUSING_ADDRESSES, ZONE, ZONE_ADDRESSES } from './zone.js'
import { ZoneIndex } from './zone-lookup.js'

/** What a lab is started with. */
export interface LabOptions {
  /** Signs the origins' certificates; from `ensureLabAuthority`. */
  readonly authority: LabAuthority
}

/** A running lab. */
export interface Lab {
  /** Plain data, fit for JSON. */
  readonly description: LabDescription
  /** Ends all connections and listeners. */
  close(): Promise<void>
}

/** Starts the lab. Rejects with the system's error when no port is free. */
export async function startLab({ authority }: LabOptions): Promise<Lab> {
  const [{ https, http, raw }, odd, dns] = await Promise.all([
    startOrigins(authority.leaves),
    startOddOrigins(authority),
    startLabDns(new ZoneIndex(ZONE)),
  ])
  return {
    description: {
      dns: { ip: '127.0.0.1', port: dns.port },
      ports: {
        443: https.port,
        8443: https.port,
        80: http.port,
        8080: http.port,
        22: raw.port,
        5222: raw.port,
      },
      hosts: odd.hosts,
      addresses: ZONE_ADDRESSES,
      refusing: REFUSING_ADDRESSES,
      caFile: authority.caFile,
    },
    async close() {
      await Promise.all([https, http, raw, odd, dns].map((listener) => listener.close()))
    },
  }
}
