/**
 * A service process from its supervisor's side: started with a message, ready with an answer, ended by closing the IPC
 * channel. It cannot outlive the supervisor: the kernel closes the channel, whatever the supervisor died of.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { SteerError } from '../../agent/errors.js'
import type { FaultMessage, ReadyAnswer, ServiceAnswer, ServiceStart } from './service-messages.js'

/** How long a service may take to be ready, ms: making certificates takes most of a second. */
const READY_MS = 30_000

/** After closing the channel: how long until the process is killed, ms. */
const KILL_MS = 1500

/** A larger young generation: measured, it pays for every process that relays (performance notes, point 6). */
export const RELAY_FLAGS = ['--max-semi-space-size=64'] as const

/** A service process. Made early, so that it loads while other things start; `begin` tells it what to be. */
export class ServiceChild {
  readonly #child: ChildProcess
  #stopping = false
  /** Resolves with how the process ended. */
  readonly ended: Promise<string>

  constructor() {
    const program = fileURLToPath(new URL('./service.js', import.meta.url))
    const child = spawn(process.execPath, [...RELAY_FLAGS, program], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Its own session: Ctrl-C in the terminal reaches the supervisor alone, which stops things in order.
      detached: true,
    })
    this.#child = child
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`))
    })
  }

  /** Whether its end was asked for. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** Tells it what to be and waits until it serves. Throws SteerError `service-failed`, the process then being ended. */
  async begin<Start extends ServiceStart>(start: Start): Promise<ReadyAnswer<Start['service']>> {
    let timer: NodeJS.Timeout | undefined
    const answer = await Promise.race([
      new Promise<ServiceAnswer>((resolve) => {
        this.#child.once('message', resolve)
        this.#child.send(start, () => {})
      }),
      this.ended,
      new Promise<string>((resolve) => {
        timer = setTimeout(() => resolve('it took too long'), READY_MS)
      }),
    ])
    clearTimeout(timer)
    if (typeof answer !== 'string' && answer.type === 'ready') return answer as ReadyAnswer<Start['service']>
    await this.stop()
    const reason = typeof answer === 'string' ? answer : answer.type === 'failed' ? answer.reason : ''
    throw new SteerError('service-failed', `the ${start.service} did not start: ${reason}`)
  }

  /** Tells it something more; one that has ended hears nothing. */
  tell(message: FaultMessage): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Asks it to end, and kills it when it does not. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#child.connected) this.#child.disconnect()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), KILL_MS)
    await this.ended
    clearTimeout(timer)
  }
}
