/**
 * The one error class of steerlab. Expected outcomes (a refused origin, a name that does not exist) are values;
 * a SteerError is a fault, carries a stable code, keeps its cause, and is reported once, at the edge.
 */

/** How a SteerError is reported: its cause, and the exit code a command ends with (2 = the user's mistake). */
export interface SteerErrorOptions {
  readonly cause?: unknown
  readonly exitCode?: 1 | 2
}

/** A fault with a stable code such as `config-invalid`; `message` is one sentence a user can act on. */
export class SteerError extends Error {
  readonly code: string
  readonly exitCode: 1 | 2

  constructor(code: string, message: string, options: SteerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SteerError'
    this.code = code
    this.exitCode = options.exitCode ?? 1
  }
}

/** A user's mistake (bad file, bad flag): the command ends with exit code 2. */
export function userMistake(code: string, message: string, cause?: unknown): SteerError {
  return new SteerError(code, message, { cause, exitCode: 2 })
}

/** What a failed listen() is: `port-in-use` is the user's mistake, anything else `listen-failed`. `host` is an IP address. */
export function listenFault(error: unknown, host: string, port: number): SteerError {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    return userMistake('port-in-use', `port ${port} of ${host} is taken by another program`, error)
  return new SteerError('listen-failed', `cannot listen on ${host} port ${port}: ${messageOf(error)}`, { cause: error })
}

/** The message of anything thrown, for one log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
