// Pure: judges the exchanges of a connection that has no origin: each gets the same ruling. For an origin that a setting
// refuses (its certificate cannot be trusted, say), and for notskope.com.

import type { ConnectionJudge, Exchange, InspectedConnection, OwnAnswer, RequestHead } from '../exchange.js'
import { OPEN_POLICY, type Policy } from '../policy/policy.js'
import type { InspectSettings } from '../settings/settings.js'
import { JudgedExchange } from './judged-exchange.js'
import { judgedRequest } from './judged-request.js'
import type { JudgingParts } from './judging-parts.js'
import { refuseConnection } from './refuse-connection.js'
import type { Ruling } from './ruling.js'

/** The judge of a connection whose requests the gateway answers itself. */
export class FixedJudge implements ConnectionJudge {
  readonly connection: InspectedConnection
  readonly policy: Policy = OPEN_POLICY
  readonly #parts: JudgingParts
  readonly #ruling: Ruling

  constructor(connection: InspectedConnection, parts: JudgingParts, ruling: Ruling) {
    this.connection = connection
    this.#parts = parts
    this.#ruling = ruling
  }

  get settings(): InspectSettings {
    return this.#parts.settings()
  }

  begin(head: RequestHead): Exchange {
    return new JudgedExchange(judgedRequest(this.connection, head, this.#parts), OPEN_POLICY, this.#parts, this.#ruling)
  }

  refused(status: 400 | 408 | 413 | 431, why: string): OwnAnswer {
    return refuseConnection(this.connection, this.#parts, status, why)
  }
}
