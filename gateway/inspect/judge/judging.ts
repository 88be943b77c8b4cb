// Pure: judges the exchanges of one connection by the policy, and records them. A request for another host than the
// connection was made for is judged for both: nobody gets past a rule by naming another host. Over TLS, where the
// certificate does not cover the request's host either, it is domain fronting, which a setting may refuse at once.

import type { ConnectionJudge, Exchange, InspectedConnection, OwnAnswer, RequestHead } from '../exchange.js'
import { OPEN_POLICY, type Policy, type PolicyVerdict } from '../policy/policy.js'
import { policyForBoth } from '../policy/stricter-verdict.js'
import type { InspectSettings } from '../settings/settings.js'
import { JudgedExchange } from './judged-exchange.js'
import { judgedRequest, namedHost } from './judged-request.js'
import type { JudgingParts } from './judging-parts.js'
import { refuseConnection } from './refuse-connection.js'
import { blockedBySetting } from './ruling.js'

/** The judge of a connection whose requests go to its origin. */
export class Judging implements ConnectionJudge {
  readonly connection: InspectedConnection
  readonly #parts: JudgingParts
  /** What the connection was made for; '' where nobody knows. */
  readonly #host: string
  #exchanges = 0

  constructor(connection: InspectedConnection, parts: JudgingParts) {
    this.connection = connection
    this.#parts = parts
    this.#host = namedHost(connection)
  }

  /** Requests so far, those that were refused included: 0 where the client said nothing in clear. */
  get exchanges(): number {
    return this.#exchanges
  }

  get settings(): InspectSettings {
    return this.#parts.settings()
  }

  get policy(): Policy {
    return this.#parts.policy()
  }

  begin(head: RequestHead): Exchange {
    this.#exchanges++
    const request = judgedRequest(this.connection, head, this.#parts)
    if (!this.#isForAnother(request.host)) return new JudgedExchange(request, this.policy, this.#parts)
    const isFronted = this.connection.sni !== ''
    if (isFronted && this.settings.errors.domainFronting === 'block') {
      const why = `TLS was made for ${this.#host}, and the request is for ${request.host}.`
      return new JudgedExchange(request, OPEN_POLICY, this.#parts, blockedBySetting('domainFronting', why))
    }
    const connection = { host: this.#host, category: this.#parts.categoryOf(this.#host) }
    const policy = policyForBoth(this.policy, connection, isFronted ? FRONTED : undefined)
    return new JudgedExchange(request, policy, this.#parts)
  }

  refused(status: 400 | 408 | 413 | 431, why: string): OwnAnswer {
    this.#exchanges++
    return refuseConnection(this.connection, this.#parts, status, why)
  }

  #isForAnother(host: string): boolean {
    return this.#host !== '' && host !== this.#host && this.#parts.certificateNames?.(host) !== true
  }
}

/** What is said of a fronted request that a setting lets pass, and no rule of the policy either forbids or names. */
const FRONTED: PolicyVerdict = {
  action: 'allow',
  rule: 'domain-fronting',
  reason:
    "The request's host is not the one TLS was made for; errors.domainFronting and the policy let it pass for both.",
}
