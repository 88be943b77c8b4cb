/**
 * Whether origins' certificates were revoked, by the list that each names first (RFC 5280 6.3). A list is kept until
 * it says that there is a new one, a week at most, a verdict as long. What cannot be found out in time is `unknown`, and nobody is
 * refused for it.
 */

import { createHash, X509Certificate } from 'node:crypto'
import { crlUrlsOf } from '../../../certs/read-certificate.js'
import { type RevocationList, readCrl } from '../../../certs/read-crl.js'
import { RecentMap } from '../../../certs/recent-map.js'

/** What is known of a certificate. */
export type RevocationVerdict = 'good' | 'revoked' | 'unknown'

/** How lists are got, and what time it is. */
export interface RevocationParts {
  /** The bytes behind a URL of scheme http; undefined when they are not to be had, in bounded time and size. Never rejects. */
  readonly fetch: (url: string) => Promise<Buffer | undefined>
  /** ms since 1970. */
  readonly now: () => number
}

/** How long a check may keep a client waiting, ms; the list may still come for the next one. */
const LONGEST_CHECK_MS = 2000

/** How long a list that was not to be had is not asked for again, ms. */
const RETRY_MS = 60_000

/** How long a list is believed, whatever it says of the next, ms: public authorities renew theirs within a week. */
const LONGEST_KEPT_MS = 7 * 24 * 3_600_000

const MOST_VERDICTS = 4096

/** A list of a mebibyte, read, has about 3 MiB. */
const MOST_LISTS = 64

/** Lists that are got at the same time; those of further URLs are not to be had just then. */
const MOST_FETCHES = 16

interface Kept<Value> {
  readonly value: Value
  /** ms since 1970. */
  until: number
}

/** The gateway's knowledge of revoked certificates. */
export class Revocation {
  readonly #parts: RevocationParts
  /** By the certificate's fingerprint. */
  readonly #verdicts = new RecentMap<Kept<RevocationVerdict>>(MOST_VERDICTS)
  /** By URL and the issuer's fingerprint; also those that are on their way. */
  readonly #lists = new RecentMap<Kept<Promise<RevocationList | undefined>>>(MOST_LISTS)
  #fetching = 0

  constructor(parts: RevocationParts) {
    this.#parts = parts
  }

  /** Checks a certificate, DER, that was verified, with its issuer's; without that one nothing is known. Never rejects. */
  async check(leaf: Buffer, issuer: Buffer | undefined): Promise<RevocationVerdict> {
    const fingerprint = fingerprintOf(leaf)
    const known = this.#verdicts.get(fingerprint)
    if (known !== undefined && known.until > this.#parts.now()) return known.value
    const url = crlUrlsOf(leaf).find(isFetched)
    if (issuer === undefined || url === undefined) return 'unknown'
    const list = await inTime(this.#list(url, issuer))
    if (list === undefined) return 'unknown'
    const value = list.isRevoked(new X509Certificate(leaf).serialNumber) ? 'revoked' : 'good'
    this.#verdicts.set(fingerprint, { value, until: list.nextUpdate.getTime() })
    return value
  }

  #list(url: string, issuer: Buffer): Promise<RevocationList | undefined> {
    const key = `${fingerprintOf(issuer)} ${url}`
    const known = this.#lists.get(key)
    if (known !== undefined && known.until > this.#parts.now()) return known.value
    const loading = { value: this.#load(url, issuer), until: Number.POSITIVE_INFINITY }
    this.#lists.set(key, loading)
    void loading.value.then((list) => {
      loading.until = list?.nextUpdate.getTime() ?? this.#parts.now() + RETRY_MS
    })
    return loading.value
  }

  async #load(url: string, issuer: Buffer): Promise<RevocationList | undefined> {
    if (this.#fetching >= MOST_FETCHES) return undefined
    this.#fetching += 1
    try {
      const bytes = await this.#parts.fetch(url)
      const list = bytes && readCrl(bytes, new X509Certificate(issuer))
      const now = this.#parts.now()
      if (list === undefined || 'failure' in list || list.nextUpdate.getTime() <= now) return undefined
      return { ...list, nextUpdate: new Date(Math.min(list.nextUpdate.getTime(), now + LONGEST_KEPT_MS)) }
    } catch {
      // The issuer's certificate is one that node:crypto does not read.
      return undefined
    } finally {
      this.#fetching -= 1
    }
  }
}

function fingerprintOf(certificate: Buffer): string {
  return createHash('sha256').update(certificate).digest('base64')
}

function isFetched(url: string): boolean {
  return /^http:\/\//i.test(url) && URL.canParse(url)
}

async function inTime<Value>(value: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LONGEST_CHECK_MS)
  })
  try {
    return await Promise.race([value, late])
  } finally {
    clearTimeout(timer)
  }
}
