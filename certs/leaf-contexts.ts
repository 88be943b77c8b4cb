/**
 * TLS server contexts made on demand, one a host name: what a server needs that answers for any host under an authority
 * of its own. All leaves share one EC key, each host has its own certificate, and the contexts most recently used are
 * kept. Making one takes about a millisecond without a pause, so concurrent handshakes for a host share it.
 */

import { createSecureContext, type SecureContext } from 'node:tls'
import { hostName } from './host-name.js'
import { type KeyPair, privateKeyPem } from './keys.js'
import { LEAF_DAYS } from './lifetimes.js'
import { type Issuer, issueCertificate } from './x509.js'
import { LONGEST_COMMON_NAME } from './x509-fields.js'

/** About 25 KiB each. */
const CONTEXTS_KEPT = 1024

/** Who signs, with which key the leaves answer, and what time it is. */
export interface LeafContextsOptions {
  readonly issuer: Issuer
  readonly keys: KeyPair
  readonly now: () => Date
  /** Contexts kept, the most recently used; default 1024. */
  readonly limit?: number
}

/** A leaf certificate with the shared key, PEM. */
export interface Leaf {
  readonly key: string
  readonly cert: string
}

/** Leaf certificates and their contexts by host name. */
export class LeafContexts {
  readonly #issuer: Issuer
  readonly #keys: KeyPair
  readonly #key: string
  readonly #now: () => Date
  readonly #limit: number
  /** Insertion order is order of use, oldest first. */
  readonly #contexts = new Map<string, SecureContext>()

  constructor({ issuer, keys, now, limit = CONTEXTS_KEPT }: LeafContextsOptions) {
    this.#issuer = issuer
    this.#keys = keys
    this.#key = privateKeyPem(keys.privateKey)
    this.#now = now
    this.#limit = limit
  }

  /** How many contexts are kept just now. */
  get size(): number {
    return this.#contexts.size
  }

  /** Issues a leaf for these names. Throws SteerError `certificate-name-invalid` when one is no name. */
  issue(names: readonly [string, ...string[]]): Leaf {
    const commonName = names[0].length <= LONGEST_COMMON_NAME ? { commonName: names[0] } : {}
    const cert = issueCertificate({
      issuer: this.#issuer,
      subject: { organization: 'steerlab', ...commonName },
      subjectPublicKey: this.#keys.publicKey,
      purpose: 'server',
      names,
      days: LEAF_DAYS,
      now: this.#now(),
    })
    return { key: this.#key, cert }
  }

  /** The context for a host, made on first use; undefined when the text is no DNS name. */
  contextFor(host: string): SecureContext | undefined {
    const name = hostName(host)
    if (name === undefined || !('dns' in name)) return undefined
    const context = this.#contexts.get(name.dns) ?? createSecureContext(this.issue([name.dns]))
    this.#contexts.delete(name.dns)
    this.#contexts.set(name.dns, context)
    if (this.#contexts.size > this.#limit) {
      const [oldest] = this.#contexts.keys()
      if (oldest !== undefined) this.#contexts.delete(oldest)
    }
    return context
  }

  /** `SNICallback` of a TLS server; a name that is none gets the server's default context. */
  readonly sniCallback = (serverName: string, done: (error: Error | null, context?: SecureContext) => void): void => {
    try {
      done(null, this.contextFor(serverName))
    } catch (error) {
      done(error as Error)
    }
  }
}
