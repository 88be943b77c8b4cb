/** The other end of the control socket: asks a running agent, or finds that there is none. */

import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { SteerError } from '../errors.js'
import type { ControlAnswer, ControlMethod } from './protocol.js'

/** How long an answer may take unless told otherwise, ms. */
const ANSWER_MS = 10_000

const AGENT_GONE = 'the agent went away'

/** What a question may come with. */
export interface AskOptions {
  /** What the method is to work with. */
  readonly params?: unknown
  /** How long the answer may take, ms; 10 s unless told. */
  readonly withinMs?: number
}

/** A connection to a running agent; as long as it is open after `lease`, an agent started for the duration stays. */
export class ControlClient {
  readonly #socket: Socket
  readonly #waiting: ((answer: ControlAnswer) => void)[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const answer of this.#waiting.splice(0)) answer({ ok: false, error: AGENT_GONE })
    })
    createInterface({ input: socket }).on('line', (line) => this.#waiting.shift()?.(JSON.parse(line) as ControlAnswer))
  }

  /** Connects to the agent of a home; `undefined` when none is running. Throws SteerError `not-yours`. */
  static open(path: string): Promise<ControlClient | undefined> {
    return new Promise((resolve, reject) => {
      const socket = connect(path)
      socket.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EACCES' && error.code !== 'EPERM') return resolve(undefined)
        const sentence = `the home belongs to another user: no permission to ask its agent at ${path}`
        reject(new SteerError('not-yours', sentence, { cause: error }))
      })
      socket.once('connect', () => {
        socket.removeAllListeners('error')
        resolve(new ControlClient(socket))
      })
    })
  }

  /** Calls back when the agent closes the connection. */
  onClose(listener: () => void): void {
    this.#socket.on('close', listener)
  }

  /** Asks; throws the SteerError the agent refuses with, or `control-failed` when it leaves or does not answer. */
  async ask(method: ControlMethod, { params, withinMs = ANSWER_MS }: AskOptions = {}): Promise<unknown> {
    if (this.#socket.destroyed) throw new SteerError('control-failed', AGENT_GONE)
    const answer = await new Promise<ControlAnswer>((resolve) => {
      const timer = setTimeout(() => resolve({ ok: false, error: 'the agent does not answer' }), withinMs)
      this.#waiting.push((answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      this.#socket.write(`${JSON.stringify({ method, params })}\n`)
    })
    if (answer.ok) return answer.result
    const { error, code = 'control-failed', exitCode = 1 } = answer
    throw new SteerError(code, error, { exitCode })
  }

  close(): void {
    this.#socket.destroy()
  }
}
