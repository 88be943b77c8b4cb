// Pure: what the gateway knows of a steered flow besides its bytes: who sent it, through which POP, and whereto. It comes
// from the authenticated session (user, device, POP) and from OPEN (the rest).

import type { Exempt } from '../../agent/steering/flow.js'

/** One steered flow. */
export interface SteeredFlow {
  /** The user certificate's common name. */
  readonly user: string
  /** The agent's name for its machine. */
  readonly device: string
  /** The program at the agent; `unknown` when nobody can say. */
  readonly process: string
  /** The host the agent knows the destination by, normalized; '' when unknown. */
  readonly host: string
  /** Address and port of the origin. */
  readonly ip: string
  readonly port: number
  /** The program's own address and port at the agent, `10.0.0.7:50123`. */
  readonly source: string
  /** The client's address as the POP sees it: what X-Forwarded-For may tell. */
  readonly clientIp: string
  readonly tenant: string
  readonly pop: string
  /** The session's number at the POP. */
  readonly session: number
  /** How the agent's session comes in. */
  readonly transport: 'TLS' | 'DTLS'
  /** The address origins see. */
  readonly egressIp: string
  /** Why the agent says that this flow is not to be decrypted. */
  readonly exempt?: Exempt | undefined
  /** Whether the agent wants the secrets of the client's TLS. */
  readonly keys?: true | undefined
}
