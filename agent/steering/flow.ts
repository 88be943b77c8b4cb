// Pure: facts about one flow and the verdict on it. Plain readonly data, never a socket, so that a decision can be
// made, tested, explained and replayed from a log with nothing running.

/** One side of a flow: a textual IP address (no brackets, no `::ffff:`) and a port 0-65535. */
export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/** What reading the first bytes of a flow found; `no` = not read yet, `opaque` = read, neither TLS nor HTTP. */
export type Sniffed = 'no' | 'tls' | 'http' | 'opaque'

/** The question of a DNS flow: a name, and the mnemonic of a type such as `AAAA`. */
export interface DnsQuestion {
  readonly name: string
  readonly type: string
}

/** Everything `decide` may look at in a flow. */
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
  /** Other hosts that are known at the same address, newest first; left out = none. */
  readonly otherHosts?: readonly string[]
  /** Of a DNS flow: what it asks, `unreadable` when that cannot be read (DNSCrypt), left out when nobody has looked. */
  readonly query?: DnsQuestion | 'unreadable'
}

/** What device classification says (client-behaviour 6). */
export type DeviceClass = 'managed' | 'unmanaged' | 'unknown'

/** Where a client can be; dynamic steering has a half of the configuration for each. */
export type Location = 'on-prem' | 'off-prem'

/**
 * The tunnel as steering sees it; `disabled`: the user has switched the client off; `portal`: down, and the captive portal's
 * window lets traffic out although the client fails closed.
 */
export type TunnelState = 'up' | 'down' | 'disabled' | 'portal'

/** What is true of the endpoint while a flow is decided. */
export interface Situation {
  readonly location: Location
  readonly device: DeviceClass
  /** The country the endpoint is in, two capital letters; '' when unknown. */
  readonly country: string
  readonly tunnel: TunnelState
}

/** An endpoint somewhere outside, whose device nobody has classified and whose tunnel is up. */
export const ORDINARY_SITUATION: Situation = { location: 'off-prem', device: 'unknown', country: '', tunnel: 'up' }

/** The files rules come from; rules that stand in none are `built-in`. */
export type RuleFile =
  | 'nsexception.json'
  | 'nsbypass.json'
  | 'nssteering.json'
  | 'nsconfig.json'
  | 'nsoverlap.json'
  | 'built-in'

/** Which entry of which file decided: `nsexception.json` and `$.names[3]`. */
export interface RuleRef {
  readonly file: RuleFile
  readonly path: string
}

/**
 * Which kind of rule bypassed a flow; `fail-close-listed` passes although the client fails closed. Some have an nsdebuglog
 * line of their own; of the others (`source-location`, `dns`, `not-steered` and the last four) no line is public, and none
 * is written.
 */
export type BypassKind =
  | 'application'
  | 'exception-host'
  | 'exception-ip'
  | 'pinned'
  | 'private-ip'
  | 'source-location'
  | 'dns'
  | 'not-steered'
  | 'fail-open'
  | 'fail-close-listed'
  | 'captive-portal'
  | 'client-disabled'

/**
 * Which kind of rule refused a flow; of all but `pinned` and `udp` no log line is public. `no-tunnel`: it was to be tunnelled,
 * and no session could take it.
 */
export type BlockKind = 'pinned' | 'udp' | 'ipv6' | 'dns-tcp' | 'fail-close' | 'no-tunnel'

/**
 * Why a tunnelled flow is not decrypted and gets no policy: a pinned app in tunnel mode, a category or source country
 * exception, or an exception that is left to the cloud (on-prem under dynamic steering) (client-behaviour 2.3, 2.5, 6).
 */
export type Exempt = 'pinned' | 'category' | 'source-country' | 'cloud-bypass'

interface Decided {
  readonly rule: RuleRef
  /** One sentence in words: why this verdict. */
  readonly reason: string
  /** Set when the rule asked what class the device is: bypass if managed, else block. */
  readonly device?: DeviceClass
}

/** Send the flow to the gateway: web traffic to the proxy, the rest to the cloud firewall. */
export interface TunnelVerdict extends Decided {
  readonly action: 'tunnel'
  readonly via: 'nsProxy' | 'app-fw'
  readonly exempt?: Exempt
}

/** Let the flow go straight to its destination. */
export interface BypassVerdict extends Decided {
  readonly action: 'bypass'
  readonly kind: BypassKind
}

/** Refuse the flow. */
export interface BlockVerdict extends Decided {
  readonly action: 'block'
  readonly kind: BlockKind
  /** The certificate-pinned app it belongs to, of kind `pinned`. */
  readonly app?: string
}

/** The answer of `decide` once it can be given. */
export type Verdict = TunnelVerdict | BypassVerdict | BlockVerdict
