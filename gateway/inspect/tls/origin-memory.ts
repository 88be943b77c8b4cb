/**
 * What was found out about origins, for a while: one that wants a client certificate, speaks no HTTP inside TLS or answers
 * what is no HTTP is known only once a connection has been tried. And its TLS session, so that the next connection is
 * cheaper. Bounded: the origins most recently used.
 */

import type { PeerCertificate } from 'node:tls'
import { RecentMap } from '../../../certs/recent-map.js'
import type { ErrorSetting } from '../settings/settings.js'
import type { NotDecrypted } from '../transaction.js'

/** A property of an origin that decides how its flows are treated. */
export interface OriginTrait {
  readonly setting: ErrorSetting
  readonly reason: NotDecrypted
  /** One sentence. */
  readonly why: string
}

/** What an origin was verified by. */
export interface OriginCertificate {
  /** What its names are checked by. */
  readonly names: Pick<PeerCertificate, 'subject' | 'subjectaltname'>
  /** DER. */
  readonly leaf: Buffer
  /** Who signed it, DER, where that is known. */
  readonly issuer: Buffer | undefined
}

interface Remembered {
  trait: OriginTrait | undefined
  traitUntil: number
  session: Buffer | undefined
  certificate: OriginCertificate | undefined
  /** Whether it has let a client without a certificate in. */
  isOpen: boolean
}

/** A session has about 2 KiB. */
const MOST_ORIGINS = 1000

/** How long a trait is believed, ms: origins are mended, and nobody should have to restart a gateway for it. */
const TRAIT_MS = 5 * 60 * 1000

/** The key of an origin: the same address may be several by name. */
export function originKey(ip: string, port: number, sni: string): string {
  return `${sni} ${ip} ${port}`
}

/** The memory of one gateway. */
export class OriginMemory {
  readonly #now: () => number
  readonly #origins: RecentMap<Remembered>

  /** @param now ms, of any origin. */
  constructor(now: () => number, limit = MOST_ORIGINS) {
    this.#now = now
    this.#origins = new RecentMap(limit)
  }

  trait(key: string): OriginTrait | undefined {
    const known = this.#origins.get(key)
    return known !== undefined && known.traitUntil > this.#now() ? known.trait : undefined
  }

  learnTrait(key: string, trait: OriginTrait): void {
    Object.assign(this.#use(key), { trait, traitUntil: this.#now() + TRAIT_MS })
  }

  /** The TLS session to resume, if there is one; then `certificate` is known too. */
  session(key: string): Buffer | undefined {
    const known = this.#origins.get(key)
    return known?.certificate && known.session
  }

  learnSession(key: string, session: Buffer): void {
    this.#use(key).session = session
  }

  /** The certificate of the session. */
  certificate(key: string): OriginCertificate | undefined {
    return this.#origins.get(key)?.certificate
  }

  learnCertificate(key: string, certificate: OriginCertificate): void {
    this.#use(key).certificate = certificate
  }

  /** Whether it is known to let clients without a certificate in. */
  isOpen(key: string): boolean {
    return this.#origins.get(key)?.isOpen === true
  }

  learnOpen(key: string): void {
    this.#use(key).isOpen = true
  }

  #use(key: string): Remembered {
    const known = this.#origins.get(key)
    if (known !== undefined) return known
    const unknown = { trait: undefined, traitUntil: 0, session: undefined, certificate: undefined, isOpen: false }
    this.#origins.set(key, unknown)
    return unknown
  }
}
