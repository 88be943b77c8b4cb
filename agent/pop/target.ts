// Pure: where a tunnel can go. A POP of the GSLB service has its address; a gateway that is only a name (the tenant's own,
// the backup) is looked up by EDNS and LDNS when it is tried, as the founding document's logs show.

/** One place to connect to. */
export interface GatewayTarget {
  /** Host its certificate is for. */
  readonly gateway: string
  /** '' until it is looked up. */
  readonly ip: string
  readonly port: number
  /** Such as `US-ORD1`; '' where only the gateway's HELLO will tell. */
  readonly pop: string
}

/** What a selection found. */
export interface Selected {
  /** Best first; empty = what was found before still holds. */
  readonly targets: readonly GatewayTarget[]
  /** The POP in use stays; it is the first of `targets` then, if that has an address. */
  readonly keep: boolean
  /** The preferred method failed: look again sooner. */
  readonly degraded: boolean
}

/** Finds where a tunnel should go; `current` is where it is. Never rejects. */
export interface TargetSelector {
  select(current: GatewayTarget | undefined, signal: AbortSignal): Promise<Selected>
}
