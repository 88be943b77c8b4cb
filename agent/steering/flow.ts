// Pure: facts about one flow and the verdict on it. Plain readonly data, never a socket, so that a decision can be
// made, tested, explained and replayed from a log with nothing running.

/** One side of a flow: a textual IP address (no brackets, no `::ffff:`) and a port 0-65535. */
export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/** What reading the first bytes of a flow found; `no` = not read yet, `opaque` = read, neither TLS nor HTTP. */
export type Sniffed = 'no' | 'tls' | 'http' | 'opaque'

/** Everything `decide` may look at. */
export interface FlowFacts {
  readonly transport: 'tcp' | 'udp'
  readonly source: Endpoint
  /** `ip` is '' when only a name is known (a proxy request whose name has no address yet). */
  readonly destination: Endpoint
  /** The host the destination is known by (host map, CONNECT target, SNI); '' when unknown, as the real client logs it. */
  readonly host: string
  /** The program that owns the flow, e.g. `curl`; `unknown` when nobody can say. */
  readonly process: string
  readonly sniffed: Sniffed
}

/** Which entry of which file decided: `nsexception.json` and `$.names[3]`; built-in rules have file `built-in`. */
export interface RuleRef {
  readonly file: 'nsexception.json' | 'nsbypass.json' | 'nssteering.json' | 'nsconfig.json' | 'built-in'
  readonly path: string
}

/** Which kind of rule bypassed a flow; each kind has its own nsdebuglog line (or none, for `not-steered`). */
export type BypassKind = 'exception-host' | 'exception-ip' | 'pinned' | 'private-ip' | 'not-steered'

interface Decided {
  readonly rule: RuleRef
  /** One sentence in words: why this verdict. */
  readonly reason: string
}

/** Send the flow to the gateway: web traffic to the proxy, the rest to the cloud firewall. */
export interface TunnelVerdict extends Decided {
  readonly action: 'tunnel'
  readonly via: 'nsProxy' | 'app-fw'
  /** Set when a pinned app in tunnel mode sends it here: tunnelled, and not decrypted. */
  readonly pinned?: true
}

/** Let the flow go straight to its destination. */
export interface BypassVerdict extends Decided {
  readonly action: 'bypass'
  readonly kind: BypassKind
}

/** Refuse the flow: a pinned app with action block, or UDP 443 (QUIC). */
export interface BlockVerdict extends Decided {
  readonly action: 'block'
  readonly kind: 'pinned' | 'udp'
}

/** The answer of `decide` once it can be given. */
export type Verdict = TunnelVerdict | BypassVerdict | BlockVerdict
