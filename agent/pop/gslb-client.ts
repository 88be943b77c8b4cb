/**
 * The client of the GSLB service: asks which POPs are near, and tells the round trips that were measured. Each request has
 * a TLS connection of its own, as in the public capture of the real client (PKT, client-behaviour 3.2).
 */

import { askOnce, type HttpsAnswer, type HttpsClientOptions } from '../outbound/https-client.js'
import { type HttpsFailure, presentable } from '../outbound/https-failure.js'
import { type GslbChoice, type GslbList, readGslbChoice, readGslbList } from './gslb-answer.js'
import type { MeasuredPop } from './pop.js'

/** Where the service is, and who asks. */
export interface GslbClientOptions extends HttpsClientOptions {
  /** The `<id>` of the path; a secret. */
  readonly orgKey: string
  /** Ends what is under way, which then fails as `closed`. */
  readonly signal?: AbortSignal
}

/** Asks the GSLB service. */
export class GslbClient {
  readonly #options: GslbClientOptions

  constructor(options: GslbClientOptions) {
    this.#options = options
  }

  /** The POPs near this client, or why there are none. Never rejects. */
  fetch(): Promise<GslbList | HttpsFailure> {
    return this.#ask(readGslbList)
  }

  /** Tells the round trips, in ms, null for none; what the body looks like is not public, this is ours. Never rejects. */
  post(requestId: string, measured: readonly MeasuredPop[]): Promise<GslbChoice | HttpsFailure> {
    const pops = measured.map(({ name, ip, rttMs }) => ({ name, ip, rtt: rttMs ?? null }))
    return this.#ask(readGslbChoice, { request_id: requestId, pops })
  }

  async #ask<Result extends object>(
    read: (answer: HttpsAnswer) => Result | HttpsFailure,
    posted?: unknown,
  ): Promise<Result | HttpsFailure> {
    const { orgKey, signal, ...options } = this.#options
    const path = `/api/v0.2/footprint/${encodeURIComponent(orgKey)}`
    const answer = await askOnce(options, { path, posted }, signal)
    const result = 'failure' in answer ? answer : read(answer)
    return 'failure' in result ? presentable(result, [orgKey]) : result
  }
}
