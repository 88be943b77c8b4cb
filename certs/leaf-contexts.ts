/**
 * TLS server contexts made on demand, one a host: what a server needs that answers for any host under an authority of
 * its own. All leaves share one key, each host has its own certificate, and the contexts most recently used are kept.
 * Making one takes about a millisecond without a pause, so concurrent handshakes for a host share it.
 */

import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { hostKey, hostName } from './host-name.js'
import { type KeyPair, privateKeyPem } from './keys.js'
import { LEAF_DAYS } from './lifetimes.js'
import { type MirroredNames, namesToCarry } from './mirrored-names.js'
import { RecentMap } from './recent-map.js'
import { type Issuer, issueCertificate } from './x509.js'
import { type DistinguishedName, LONGEST_COMMON_NAME } from './x509-fields.js'

/** About 25 KiB each. */
const CONTEXTS_KEPT = 1024

/** Who signs, with which key the leaves answer, and what time it is. */
export interface LeafContextsOptions {
  readonly issuer: Issuer
  readonly keys: KeyPair
  readonly now: () => Date
  /** What a subject says besides the common name; by default that it is steerlab's. */
  readonly subject?: DistinguishedName
  /** PEM of the authorities between leaf and root, sent with each leaf. */
  readonly chain?: string
  /** What contexts have besides key and certificate. */
  readonly context?: SecureContextOptions
  /** Contexts kept, the most recently used; default 1024. */
  readonly limit?: number
}

/** A leaf certificate (and the chain after it) with the shared key, PEM. */
export interface Leaf {
  readonly key: string
  readonly cert: string
}

/** Leaf certificates and their contexts by host. */
export class LeafContexts {
  readonly #options: LeafContextsOptions
  readonly #key: string
  readonly #contexts: RecentMap<SecureContext>
  #issued = 0

  constructor(options: LeafContextsOptions) {
    this.#options = options
    this.#key = privateKeyPem(options.keys.privateKey)
    this.#contexts = new RecentMap(options.limit ?? CONTEXTS_KEPT)
  }

  /** How many contexts are kept just now. */
  get size(): number {
    return this.#contexts.size
  }

  /** How many certificates were made so far. */
  get issued(): number {
    return this.#issued
  }

  /**
   * Issues a leaf for these names; one that is too long for a common name has none. Throws SteerError
   * `certificate-name-invalid` when one is no name.
   */
  issue(names: readonly [string, ...string[]], commonName = names[0]): Leaf {
    const { issuer, keys, now, subject = { organization: 'steerlab' }, chain = '' } = this.#options
    this.#issued += 1
    const cert = issueCertificate({
      issuer,
      subject: commonName.length <= LONGEST_COMMON_NAME ? { ...subject, commonName } : subject,
      subjectPublicKey: keys.publicKey,
      purpose: 'server',
      names,
      days: LEAF_DAYS,
      now: now(),
    })
    return { key: this.#key, cert: cert + chain }
  }

  /**
   * The context for a host, a DNS name or an IP address, made on first use; undefined when the text is neither.
   * `mirrored`: the names of the origin's own certificate, which the leaf then has too, if they cover the host.
   */
  contextFor(host: string, mirrored?: MirroredNames): SecureContext | undefined {
    const name = hostName(host)
    if (name === undefined) return undefined
    const key = hostKey(name)
    const known = this.#contexts.get(key)
    if (known !== undefined) return known
    const carried = namesToCarry(host, mirrored)
    const leaf = this.issue(carried.names, carried.commonName)
    const context = createSecureContext({ ...this.#options.context, ...leaf })
    this.#contexts.set(key, context)
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
