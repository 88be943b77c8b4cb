// Pure: what is measured: a way for the benchmark's client to the origin, and the processes on it.

/** One way to the origin. */
export interface System {
  readonly name: string
  /** Loopback port the client connects to. */
  readonly port: number
  /** Whether that is a proxy's. */
  readonly proxy: boolean
  /** The origin as the proxy finds it. */
  readonly host: string
  readonly hostPort: number
  /** Common name of who signs the certificate the client is shown: the proof that the system looks into the flow, or does not. */
  readonly issuer: string
  /** The processes on the way now; the client and the origin are not among them. */
  pids(): readonly number[]
}

/** One that cannot be measured here. */
export interface AbsentSystem {
  readonly name: string
  /** Why not, in words. */
  readonly absent: string
}
