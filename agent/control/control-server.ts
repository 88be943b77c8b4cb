/**
 * The agent's control socket, `<home>/run/agent.sock`: how `status`, `pop`, `fault`, `run` and others reach a running agent.
 * The file mode (0600, in a 0700 directory) is the only access control and all that is needed: another user cannot connect.
 */

import { createHash } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { messageOf, SteerError } from '../errors.js'
import { ControlClient } from './control-client.js'
import {
  CONTROL_METHODS,
  type ControlAnswer,
  type ControlMethod,
  type ControlRequest,
  MAX_REQUEST_BYTES,
  readRequest,
} from './protocol.js'

/** Answers one request; `lease` answers once the agent is ready to be joined. */
export type ControlAnswers = Readonly<Record<ControlMethod, (params: unknown) => unknown>>

/** A listening control socket. */
export class ControlServer {
  readonly #server: Server
  readonly #answers: ControlAnswers
  readonly #lastLeaseEnded: () => void
  readonly #connections = new Set<Socket>()
  #leases = 0

  /** `lastLeaseEnded` is called each time the number of leases falls to 0. */
  constructor(answers: ControlAnswers, lastLeaseEnded: () => void) {
    this.#answers = answers
    this.#lastLeaseEnded = lastLeaseEnded
    this.#server = createServer((socket) => this.#serve(socket))
  }

  /** Leases held now. */
  get leases(): number {
    return this.#leases
  }

  /** Listens on `path`. Throws SteerError `already-running` when a living agent does; a dead one's socket is replaced. */
  async listen(path: string): Promise<void> {
    const turn = await takeTurn(path)
    try {
      if (await isAlive(path)) throw alreadyRunning()
      rmSync(path, { force: true })
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', (cause) =>
          reject(new SteerError('control-failed', `the control socket cannot be opened: ${cause.message}`, { cause })),
        )
        this.#server.listen(path, resolve)
      })
    } finally {
      turn.close()
    }
    this.#server.on('error', () => {})
    chmodSync(path, 0o600)
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#connections) socket.destroy()
  }

  #serve(socket: Socket): void {
    let text = ''
    let leased = false
    // Answers go out in the order of their requests, whichever is ready first: that is how a client tells them apart.
    let answered = Promise.resolve()
    this.#connections.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#connections.delete(socket)
      if (!leased) return
      this.#leases -= 1
      if (this.#leases === 0) this.#lastLeaseEnded()
    })
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      if ([text, ...lines].some((line) => line.length > MAX_REQUEST_BYTES)) return void socket.destroy()
      for (const line of lines) {
        const request = readRequest(line)
        if (request?.method === 'lease' && !leased) {
          leased = true
          this.#leases += 1
        }
        const answer = this.#answer(request)
        answered = answered.then(async () => void socket.write(`${JSON.stringify(await answer)}\n`))
      }
    })
  }

  async #answer(request: ControlRequest | undefined): Promise<ControlAnswer> {
    if (request === undefined) return { ok: false, error: `the request is not one of ${CONTROL_METHODS.join(', ')}` }
    try {
      return { ok: true, result: await this.#answers[request.method](request.params) }
    } catch (error) {
      const told = error instanceof SteerError ? { code: error.code, exitCode: error.exitCode } : {}
      return { ok: false, error: messageOf(error), ...told }
    }
  }
}

function alreadyRunning(): SteerError {
  return new SteerError('already-running', 'an agent is already running for this home')
}

/**
 * Looking whether a socket is dead and replacing it is for one agent at a time: else the second could remove what the
 * first has just put there. The turn is an abstract socket (unix(7)): the kernel ends it with its process.
 */
function takeTurn(path: string): Promise<Server> {
  const turn = createServer()
  return new Promise((resolve, reject) => {
    turn.once('error', () => reject(alreadyRunning()))
    turn.listen(`\0steerlab-${createHash('sha256').update(path).digest('hex')}`, () => resolve(turn))
  })
}

/** Whether somebody accepts connections on `path`. */
async function isAlive(path: string): Promise<boolean> {
  const agent = await ControlClient.open(path)
  agent?.close()
  return agent !== undefined
}
