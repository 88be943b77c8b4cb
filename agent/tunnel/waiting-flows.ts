/** Flows that wait for a tunnel, each for a bounded time. */

/** Hands whatever comes next to all who wait for it. */
export class WaitingFlows<Tunnel> {
  readonly #waiting = new Set<(tunnel: Tunnel | undefined) => void>()

  /** Waits up to `withinMs`; `undefined` when nothing came by then, or nothing will. */
  wait(withinMs: number): Promise<Tunnel | undefined> {
    return new Promise((resolve) => {
      const settle = (tunnel: Tunnel | undefined): void => {
        clearTimeout(timer)
        this.#waiting.delete(settle)
        resolve(tunnel)
      }
      const timer = setTimeout(() => settle(undefined), withinMs)
      this.#waiting.add(settle)
    })
  }

  /** Lets all go on, with a tunnel or without. */
  release(tunnel: Tunnel | undefined): void {
    for (const settle of [...this.#waiting]) settle(tunnel)
  }
}
