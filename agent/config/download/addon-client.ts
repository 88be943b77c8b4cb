/** The add-on host, which has the tenant's configuration: what is asked of it, and whether the answer is what was asked for. */

import { HttpsClient, type HttpsClientOptions } from '../../outbound/https-client.js'
import { presentable } from '../../outbound/https-failure.js'
import { type AddonFailure, faultOf } from './answer.js'
import { type AddonRequest, keysOf, MAX_DOWNLOAD_BYTES } from './endpoints.js'

/** A good answer, or why there is none. */
export type AddonAnswer =
  | {
      readonly body: Buffer
      /** Version of the configuration the answer belongs to, where it says so. */
      readonly version: string | undefined
    }
  | AddonFailure

/** Whoever answers requests; never rejects. `posted` is sent as JSON. */
export interface Addon {
  readonly host: string
  ask(request: AddonRequest, posted?: unknown): Promise<AddonAnswer>
}

const VERSION_HEADER = 'x-steerlab-config-version'

/** Asks over HTTPS; the host is the one in nsbranding.json, `addon-<tenant>.goskope.com`. */
export class AddonClient implements Addon {
  readonly host: string
  readonly #https: HttpsClient

  constructor(options: HttpsClientOptions) {
    this.host = options.host
    this.#https = new HttpsClient({ maxBytes: MAX_DOWNLOAD_BYTES, ...options })
  }

  async ask(request: AddonRequest, posted?: unknown): Promise<AddonAnswer> {
    const answer = await this.#exchange(request, posted)
    return 'failure' in answer ? presentable(answer, keysOf(request)) : answer
  }

  /** Ends what is under way (it fails as `closed`); later requests fail at once. */
  close(): void {
    this.#https.close()
  }

  async #exchange({ path, query, answer: kind }: AddonRequest, posted: unknown): Promise<AddonAnswer> {
    const answer = await this.#https.ask({ path: `${path}?${new URLSearchParams(query)}`, posted })
    if ('failure' in answer) return answer
    const { status, headers, body } = answer
    const version = headers[VERSION_HEADER]
    return faultOf(kind, status, body) ?? { body, version: typeof version === 'string' ? version : undefined }
  }
}
