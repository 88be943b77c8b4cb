// Pure: what the transaction log says of one request, or of one flow that was not looked into. The real product's log has
// fields of these kinds; the names are ours.

import type { PolicyAction } from './policy/policy.js'

/** Why a flow was not decrypted, or why decryption failed; the detail is in `why`. */
export type NotDecrypted =
  | 'inspection-off'
  | 'exempt'
  | 'do-not-decrypt'
  | 'not-web'
  | 'not-http'
  | 'no-sni'
  | 'malformed-tls'
  | 'encrypted-client-hello'
  | 'client-certificate'
  | 'self-signed'
  | 'untrusted-root'
  | 'host-mismatch'
  | 'incomplete-chain'
  | 'expired'
  | 'revoked'
  | 'handshake-error'
  | 'malformed-http'
  | 'client-refused'

/** What became of it: a policy's action, passed on unread, or refused for what the origin or the client did. */
export type TransactionAction = PolicyAction | 'bypass' | 'refused' | 'failed'

/** One line of the log. Absent fields were not to be known. */
export interface Transaction {
  /** ISO 8601, when the request began. */
  readonly time: string
  /** Also on the block page, so that a user can say which one it was. */
  readonly id: string
  readonly user: string
  readonly device: string
  readonly process: string
  readonly host: string
  /** Destination, `74.112.186.144:443`. */
  readonly destination: string
  readonly source: string
  readonly pop: string
  readonly session: number
  readonly action: TransactionAction
  /** The policy's rule, the setting or the reason that decided; '' when nothing did. */
  readonly rule: string
  /** One sentence. */
  readonly why: string
  /** Whether the bytes were seen in clear: true for plain HTTP too. */
  readonly decrypted: boolean
  readonly notDecrypted?: NotDecrypted | undefined
  readonly category?: string | undefined
  readonly protocol?: 'http/1.1' | 'h2' | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly status?: number | undefined
  readonly contentType?: string | undefined
  /** Body bytes from the client and to it; of a flow passed on unread, all bytes. */
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly durationMs: number
  readonly tlsVersion?: string | undefined
  /** The alert the client ended the handshake with, or `closed` where it just went; see client-refusal.ts. */
  readonly clientAlert?: string | undefined
}
