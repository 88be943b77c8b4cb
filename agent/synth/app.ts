// Pure: what is to be known of a program to write the flows it would make: its names, how often it works and whom it
// talks to. The lists of programs are tables of these.

import type { Platform } from '../log/message-form.js'
import type { SiteCategory } from './site-list.js'

/** Least and most, both included. */
export type Range = readonly [least: number, most: number]

/** What a program does: which hours and which part of the day model drive it. */
export type AppKind = 'browsing' | 'background' | 'call' | 'sync' | 'updater' | 'developer' | 'agent'

/** When a program makes flows. A session is one piece of work: a page, a synchronisation, a call, a check for updates. */
export interface Sessions {
  /** Sessions an hour while somebody is at the keyboard (for a call: while at work, whoever talks). */
  readonly perHour: number
  /** Sessions an hour while the computer is awake and nobody is there. */
  readonly whenIdle: number
  /** Flows of a session, retries not counted. */
  readonly flows: Range
  /** Over how many ms the flows of a session are spread. */
  readonly spreadMs: number
  /** Connections opened to one host at once; they count among the flows. */
  readonly parallel: Range
  /** The share of flows made a second time a moment later, 0 to 1. */
  readonly retries: number
}

/** One host, or the hosts of a category by popularity; `{tenant}` in a host stands for the tenant's label. */
export type Destination =
  | { readonly host: string; readonly category?: never }
  | { readonly category: SiteCategory; readonly host?: never }

/** Whom a program talks to. */
export type Target = Destination & {
  readonly port: number
  readonly transport: 'tcp' | 'udp'
  /** How often, against the other targets of the list. */
  readonly weight: number
  /** The share of flows for which the client saw no DNS answer, 0 to 1: their host is empty or an address in the log. */
  readonly nameless: number
}

/** A program of an endpoint. */
export interface App {
  /** A stable id, not shown in a log. */
  readonly name: string
  readonly kind: AppKind
  /** The share of endpoints that have it, of those whose platform it runs on, above 0 to 1. */
  readonly presence: number
  /** Image names as the log prints them, the commonest first, one for a session; it does not run on a platform left out. */
  readonly process: Readonly<Partial<Record<Platform, readonly string[]>>>
  readonly sessions: Sessions
  /** Whom a session begins with, where that is somebody else than the rest: the site a page is of. */
  readonly opening?: readonly Target[]
  readonly targets: readonly Target[]
}

/** A category, or a host (which has a dot). */
type Where = SiteCategory | `${string}.${string}`

/** A target over TCP. */
export function tcp(where: Where, weight: number, port = 443, nameless = 0.01): Target {
  return { ...destination(where), port, transport: 'tcp', weight, nameless }
}

/** A target over UDP. */
export function udp(where: Where, weight: number, port = 443, nameless = 0.01): Target {
  return { ...destination(where), port, transport: 'udp', weight, nameless }
}

/** The host of a target for a tenant: `addon-{tenant}.goskope.com` and `lab` give `addon-lab.goskope.com`. */
export function tenantHost(host: string, tenant: string): string {
  return host.replace('{tenant}', tenant)
}

function destination(where: Where): Destination {
  return isHost(where) ? { host: where } : { category: where }
}

function isHost(where: Where): where is `${string}.${string}` {
  return where.includes('.')
}
