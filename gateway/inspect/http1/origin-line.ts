/**
 * The one connection to the origin that a client's connection has: used for one request at a time, kept from one to the
 * next, replaced when it has ended. To node:http it is an Agent, for that is whom a request asks for its connection.
 */

import { Agent, type ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { OriginConnections } from '../origin-connections.js'

/** The line to the origin. */
export class OriginLine extends Agent {
  readonly #origin: OriginConnections
  readonly #headBytes: number
  /** All that are not closed: the one in use, and the one before while it closes. */
  readonly #open = new Set<Duplex>()
  #connection: Duplex | undefined
  #isBusy = false
  #requests = 0
  #isOver = false
  #ended: (() => void) | undefined
  #dialling = 0

  /** @param headBytes longest head of an answer */
  constructor(origin: OriginConnections, headBytes: number) {
    super({ keepAlive: true })
    this.#origin = origin
    this.#headBytes = headBytes
    this.#take(origin.first)
  }

  /** Whether a request can be sent at once. */
  get isReady(): boolean {
    const connection = this.#connection
    return connection !== undefined && !connection.destroyed && connection.writable && !this.#isBusy
  }

  /** Whether the connection has carried a request already: it may turn out to have been closed by the origin meanwhile. */
  get wasUsed(): boolean {
    return this.#requests > 0
  }

  /** Opens another connection in place of what there is. The words of a failure, or undefined. */
  async renew(): Promise<string | undefined> {
    this.#connection?.destroy()
    this.#dialling += 1
    const opened = await this.#origin.again()
    this.#dialling -= 1
    if ('failure' in opened) {
      this.#tellIfOver()
      return opened.failure
    }
    this.#take(opened)
    if (!this.#isOver) return undefined
    opened.destroy()
    return 'the client has left'
  }

  /** Ends it. Resolves when all of it is closed. */
  close(): Promise<void> {
    this.#isOver = true
    for (const connection of this.#open) connection.destroy()
    return new Promise((resolve) => {
      this.#ended = resolve
      this.#tellIfOver()
    })
  }

  /** What node:http calls; its typings leave it out. */
  addRequest(request: ClientRequest): void {
    this.#isBusy = true
    this.#requests += 1
    request.once('close', () => {
      this.#isBusy = false
    })
    // No bound on how many headers, or the rest would be dropped silently: the head has one.
    request.maxHeadersCount = 0
    Object.assign(request, { maxHeaderSize: this.#headBytes })
    // Declared for a net.Socket; node:http itself takes any Duplex.
    request.onSocket(this.#connection as Socket)
  }

  #take(connection: Duplex): void {
    this.#connection = connection
    this.#isBusy = false
    this.#requests = 0
    this.#open.add(connection)
    connection.on('error', () => {})
    // node:http's word for: it speaks another protocol from now on.
    connection.once('agentRemove', () => {
      this.#connection = undefined
    })
    // Who speaks unasked would be heard as the answer to the next request.
    connection.on('data', () => {
      if (!this.#isBusy && this.#connection === connection) connection.destroy()
    })
    connection.once('end', () => {
      if (!this.#isBusy && this.#connection === connection) connection.destroy()
    })
    connection.once('close', () => {
      this.#open.delete(connection)
      this.#tellIfOver()
    })
    if (connection.destroyed && connection.closed) this.#open.delete(connection)
  }

  #tellIfOver(): void {
    if (this.#isOver && this.#open.size === 0 && this.#dialling === 0) this.#ended?.()
  }
}
