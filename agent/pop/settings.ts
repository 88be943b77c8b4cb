// Pure: what the client's files and its version say of POP selection and of the tunnel's life.

import type { Configuration } from '../config/configuration.js'
import { isOn } from '../config/schema/values.js'
import type { TunnelTransport } from '../log/event.js'
import type { BackoffLimits } from '../tunnel/backoff.js'
import type { KeepAlive } from '../tunnel/keep-alive.js'
import { MARGIN_MS, RATIO } from './choose.js'

/** How POPs are selected. */
export interface SelectionSettings {
  /** Why the GSLB service is not asked at all, '' when it is: client 96.1 or later, and the tenant's flag (founding document). */
  readonly whyNoGslb: string
  readonly gslb: { readonly host: string; readonly port: number }
  /** The tenant's own gateway, and where DNS leads. */
  readonly gateway: { readonly host: string; readonly port: number }
  /** '' where there is none. */
  readonly backupHost: string
  /** A POP this client is pinned to, '' for none. */
  readonly pinned: string
  /** A POP is left when its RTT is at least this many times another's ... */
  readonly ratio: number
  /** ... and at least this much longer, ms (client-behaviour 3.2). */
  readonly marginMs: number
}

/** How the tunnel lives. */
export interface TunnelSettings {
  readonly wanted: TunnelTransport
  /** How often POPs are looked at while the tunnel is up, ms. */
  readonly reselectMs: number
  readonly degradedMs: number
  readonly backoff: BackoffLimits
  readonly drainMs: number
  readonly keepAlive: KeepAlive
  /** How long a flow waits for a tunnel that has just gone, ms. */
  readonly waitMs: number
}

/** About every 14 minutes (observed, client-behaviour 3.2). */
const RESELECT_SECONDS = 14 * 60

/** Ours: after a selection by other than the preferred method it is tried again this soon. */
const DEGRADED_MS = 60_000

/** Ours: a lost tunnel is tried again at once, and then ever more rarely, up to this. */
const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_SECONDS = 10

/** Ours: the interval of the real client is not public. On loopback a peer that says nothing for 10 s is gone. */
const KEEP_ALIVE_SECONDS = 5

/** Ours: old flows may stay this long on a POP that is left. */
const DRAIN_SECONDS = 30

/** Ours: below the 10 s after which most programs give up by themselves. */
const WAIT_SECONDS = 5

const HTTPS_PORT = 443

/** Selection as the files say it; `release` is the profile's, such as 114. */
export function selectionSettings({ client, lab }: Configuration, release: number): SelectionSettings {
  const { pop = {} } = lab
  const host = client.gslb?.host ?? ''
  return {
    whyNoGslb: whyNoGslb(host, isOn(client.clientAssistedGSLBGTM), pop.clientVersion ?? String(release)),
    gslb: { host, port: Number(client.gslb?.port || HTTPS_PORT) },
    gateway: { host: client.nsgw.host, port: client.nsgw.port },
    backupHost: client.nsgw.backupHost ?? '',
    pinned: pop.pinned ?? '',
    ratio: pop.switchRatio ?? RATIO,
    marginMs: pop.switchMarginMs ?? MARGIN_MS,
  }
}

/** The tunnel's life as the files say it. */
export function tunnelSettings({ client, lab }: Configuration): TunnelSettings {
  const { tunnel = {}, pop = {} } = lab
  return {
    wanted: client.protocol === 'dtls' ? 'DTLS' : 'TLS',
    reselectMs: (pop.reselectSeconds ?? RESELECT_SECONDS) * 1000,
    degradedMs: DEGRADED_MS,
    backoff: { firstMs: FIRST_BACKOFF_MS, longestMs: (tunnel.longestBackoffSeconds ?? LONGEST_BACKOFF_SECONDS) * 1000 },
    drainMs: (tunnel.drainSeconds ?? DRAIN_SECONDS) * 1000,
    keepAlive: {
      pingAfterMs: (tunnel.keepAliveSeconds ?? KEEP_ALIVE_SECONDS) * 1000,
      pongWithinMs: (tunnel.keepAliveWithinSeconds ?? KEEP_ALIVE_SECONDS) * 1000,
    },
    waitMs: (tunnel.waitSeconds ?? WAIT_SECONDS) * 1000,
  }
}

function whyNoGslb(host: string, flag: boolean, version: string): string {
  if (!hasGslb(version)) return `client ${version} is older than 96.1`
  if (!flag) return 'the tenant has not set clientAssistedGSLBGTM'
  return host === '' ? 'nsconfig.json names no gslb.host' : ''
}

/** Whether a client of this version asks the GSLB service: 96.1 and later (founding document); 96 alone counts as 96.0. */
function hasGslb(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 96 || (major === 96 && minor >= 1)
}
