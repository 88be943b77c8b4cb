/** The origin of an inspected connection, for those who speak HTTP to it: over TLS as verified before, or plain. */

import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { ArrivedFlow } from './flow-story.js'
import type { Inspector } from './inspector.js'
import type { OriginConnections } from './origin-connections.js'
import { type OriginTlsOptions, openOriginTls } from './tls/origin-tls.js'

/** An origin of plain HTTP. */
export class PlainOrigin implements OriginConnections {
  readonly first: Duplex
  readonly idleMs: number
  readonly #redial: ArrivedFlow['redial']

  constructor({ origin, redial }: ArrivedFlow, { idleMs }: Inspector) {
    this.first = origin
    this.idleMs = idleMs
    this.#redial = redial
  }

  async again(): Promise<Duplex | { readonly failure: string }> {
    const outcome = await this.#redial()
    return 'socket' in outcome ? outcome.socket : { failure: outcome.detail }
  }

  // There is no way to pass plain HTTP on unread and keep the policy.
  malformed(): void {}
}

/** An origin behind TLS. */
export class TlsOrigin implements OriginConnections {
  readonly first: TLSSocket
  readonly idleMs: number
  readonly #redial: ArrivedFlow['redial']
  readonly #options: OriginTlsOptions

  /** `options` as the first connection was opened with. */
  constructor(first: TLSSocket, { redial }: ArrivedFlow, { idleMs }: Inspector, options: OriginTlsOptions) {
    this.first = first
    this.idleMs = idleMs
    this.#redial = redial
    this.#options = options
  }

  async again(): Promise<Duplex | { readonly failure: string }> {
    const outcome = await this.#redial()
    if (!('socket' in outcome)) return { failure: outcome.detail }
    // The client speaks what was chosen the first time, and nothing else.
    const alpn = typeof this.first.alpnProtocol === 'string' ? [this.first.alpnProtocol] : []
    const opened = await openOriginTls(outcome.socket, { ...this.#options, alpn })
    if ('finding' in opened) return { failure: opened.finding.why }
    if (opened.tls.alpnProtocol === this.first.alpnProtocol) return opened.tls
    opened.tls.destroy()
    return { failure: 'the origin does not speak the protocol of before any more' }
  }

  malformed(why: string): void {
    const { memory, key, servername } = this.#options
    const said = `${servername} does not answer in HTTP (${why.slice(0, 100)}).`
    memory.learnTrait(key, { setting: 'malformedHttp', reason: 'malformed-http', why: said })
  }
}
