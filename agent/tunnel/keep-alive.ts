/**
 * Keeps a session honest when its peer is silently gone (no FIN): PING after silence, the end after more. The interval of
 * the real client is not public; its log names 15 tries (reference 2.4).
 */

/** How a session is kept alive. */
export interface KeepAlive {
  /** Silence after which a PING is sent, ms. */
  readonly pingAfterMs: number
  /** Silence after a PING that ends the session, ms. */
  readonly pongWithinMs: number
}

/** What the watch does to its session. */
export interface KeepAliveOwner {
  ping(): void
  /** The peer stopped answering; called once. */
  lost(): void
}

/** The watch of one session. */
export class KeepAliveWatch {
  readonly #limits: KeepAlive
  readonly #owner: KeepAliveOwner
  #lastHeard = performance.now()
  #pingedAt = 0
  #timer: NodeJS.Timeout | undefined
  #over = false

  constructor(limits: KeepAlive, owner: KeepAliveOwner) {
    this.#limits = limits
    this.#owner = owner
    this.#watchAfter(limits.pingAfterMs)
  }

  /** Something arrived. */
  heard(): void {
    this.#lastHeard = performance.now()
  }

  /** Asks at once, without waiting for silence: the network has changed, or the computer has slept. */
  askNow(): void {
    // One that is asked already goes on waiting for its answer: asked anew again and again it would never be given up.
    if (!this.#over && this.#pingedAt <= this.#lastHeard) this.#ask(performance.now())
  }

  close(): void {
    this.#over = true
    clearTimeout(this.#timer)
  }

  // Looks in the turn's last phase: if it was this process that slept, what has arrived meanwhile has been read by then.
  #watchAfter(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => setImmediate(this.#watch), ms)
  }

  readonly #watch = () => {
    if (this.#over) return
    const now = performance.now()
    const { pingAfterMs, pongWithinMs } = this.#limits
    if (this.#pingedAt > this.#lastHeard) {
      if (now - this.#pingedAt < pongWithinMs) return this.#watchAfter(this.#pingedAt + pongWithinMs - now)
      this.close()
      return this.#owner.lost()
    }
    if (now - this.#lastHeard < pingAfterMs) return this.#watchAfter(this.#lastHeard + pingAfterMs - now)
    this.#ask(now)
  }

  #ask(now: number): void {
    this.#pingedAt = now
    this.#owner.ping()
    this.#watchAfter(this.#limits.pongWithinMs)
  }
}
