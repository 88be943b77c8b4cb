// Pure: what a log says, as data: the answer of `steerlab logs report`. Times are microseconds as in LogRecord.time.

import type { Level, UnreadableReason } from '../record.js'

/**
 * What happened to a flow. `tunneled` is the early form that does not say whereto; `pinned-tunnel` a certificate-pinned
 * app bypassed by tunnelling, whose pair of lines counts once.
 */
export const FLOW_VERDICTS = [
  'nsProxy',
  'app-fw',
  'tunneled',
  'pinned-tunnel',
  'exception-host',
  'exception-ip',
  'firewall-ip',
  'private-ip',
  'pinned-direct',
  'blocked-pinned',
  'blocked-udp',
] as const

/** One of the verdicts. */
export type FlowVerdict = (typeof FLOW_VERDICTS)[number]

/** Flows of one process to one host with one verdict. */
export interface FlowRow {
  /** '' where the line names none (exception addresses). */
  readonly process: string
  /** '' where the client knew none; then `destinations` is what there is. */
  readonly host: string
  readonly verdict: FlowVerdict
  readonly count: number
  readonly first: number
  readonly last: number
  /** Some of the destinations, `ip:port` or `ip`, at most 8. */
  readonly destinations: readonly string[]
}

/** Alike errors and warnings of the client itself, numbers and names apart. */
export interface ServiceError {
  readonly level: Level
  readonly component: string
  /** The first such message. */
  readonly message: string
  readonly count: number
  readonly first: number
  readonly last: number
}

/** One thing in the life of the tunnel and the choice of its POP. */
export interface PopMoment {
  readonly time: number
  readonly what:
    | 'connecting'
    | 'resolved'
    | 'resolve-failed'
    | 'rtt'
    | 'connected'
    | 'established'
    | 'connect-failed'
    | 'keep-alive-failed'
    | 'closed'
    | 'disconnected'
    | 'disabled'
    | 'enabled'
    | 'captive-portal'
    | 'network-changed'
  /** How the gateway was found, where the line says it. */
  readonly method?: 'EDNS' | 'LDNS' | 'GSLB'
  readonly transport?: 'TLS' | 'DTLS'
  readonly gateway?: string
  readonly ip?: string
  readonly pop?: string
  /** Round trip to the POP, ms. */
  readonly rtt?: number
  /** What else the line says, in words. */
  readonly detail?: string
}

/** A line that is no record. */
export interface UnreadableLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly reason: UnreadableReason | 'too-long'
  /** Its first 120 characters. */
  readonly text: string
}

/** What a set of logs says. */
export interface Report {
  readonly files: readonly { readonly name: string; readonly lines: number; readonly bytes: number }[]
  readonly lines: {
    readonly total: number
    readonly records: number
    /** Lines without a stamp that belong to the record before. */
    readonly continuation: number
    /** Records whose message the catalogue does not have. */
    readonly unrecognised: number
    readonly unreadable: number
  }
  /** By reason, and the first of them, at most 100. */
  readonly unreadable: {
    readonly byReason: Readonly<Record<string, number>>
    readonly lines: readonly UnreadableLine[]
  }
  /** Messages the catalogue does not have, alike ones together, most frequent first, at most 50. */
  readonly unrecognised: readonly { readonly component: string; readonly message: string; readonly count: number }[]
  /** Undefined without a record. */
  readonly time: { readonly first: number; readonly last: number } | undefined
  /** The profile most alike, undefined without a record. */
  readonly profile: string | undefined
  readonly client: {
    readonly versions: readonly string[]
    readonly systems: readonly string[]
    readonly hostnames: readonly string[]
    readonly users: readonly string[]
    /** Source addresses of flows and of the tunnel. */
    readonly addresses: readonly string[]
    /** The process columns of the lines, with how many lines each wrote. */
    readonly writers: Readonly<Record<string, number>>
    /** Client location and traffic mode as last said, in words. */
    readonly mode: string | undefined
  }
  /** Most frequent first. */
  readonly errors: readonly ServiceError[]
  readonly pop: {
    readonly methods: Readonly<Record<'EDNS' | 'LDNS' | 'GSLB', number>>
    /** Times a gateway could not be found or connected. */
    readonly failures: number
    readonly connections: number
    /** Connections to another gateway than the one before. */
    readonly switches: number
    readonly gateways: readonly {
      readonly gateway: string
      readonly ip: string
      readonly pop: string
      readonly connections: number
    }[]
    /** Round trips by POP, ms. */
    readonly rtt: readonly {
      readonly pop: string
      readonly count: number
      readonly least: number
      readonly mean: number
      readonly most: number
    }[]
    /** In order, at most 10,000; `omitted` says how many more there were. */
    readonly timeline: readonly PopMoment[]
    readonly omitted: number
  }
  readonly flows: {
    readonly total: number
    readonly byVerdict: Readonly<Record<FlowVerdict, number>>
    /** Most frequent first. */
    readonly rows: readonly FlowRow[]
    /** Flows whose line has a place for the host and leaves it empty: often a sign of DNS trouble (TAB). */
    readonly withoutHost: number
    /** Flows beyond the bound of rows, which are only in the totals. */
    readonly omittedFlows: number
    /** Flows by hour: the hour's beginning (microseconds), and counts. For plots; in order. */
    readonly hours: readonly {
      readonly hour: number
      readonly tunneled: number
      readonly bypassed: number
      readonly blocked: number
    }[]
  }
}
