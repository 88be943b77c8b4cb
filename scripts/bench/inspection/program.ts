/** The programs a benchmark starts: each listens on a loopback port it is given, and is ended with the benchmark. */

import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, connect, createServer } from 'node:net'
import { SteerError } from '../../../agent/errors.js'

/** How long a program may take until it listens, ms: mitmproxy takes two seconds on a busy machine. */
const READY_MS = 30_000

/** Between two tries to connect to it, ms. */
const TRY_MS = 50

/** What to start. */
export interface ProgramStart {
  readonly name: string
  readonly command: readonly string[]
  /** Where it will listen. */
  readonly port: number
  /** Added to our environment. */
  readonly env?: Readonly<Record<string, string>>
  /** The user and group to run it as, where not ours. */
  readonly user?: number | undefined
  /** Called when it has ended, to clean up after it. */
  readonly ended?: () => void
}

/** Those that run, each with the promise of its end. */
const running = new Map<ChildProcess, Promise<string>>()
process.once('exit', killAll)

/** A loopback port that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Starts a program and gives its process id once it listens. Throws SteerError `bench-failed`. */
export async function startProgram({ name, command, port, env, user, ended }: ProgramStart): Promise<number> {
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
    ...(user === undefined ? {} : { uid: user, gid: user }),
  })
  const end = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`))
  }).finally(() => {
    running.delete(child)
    ended?.()
  })
  running.set(child, end)
  const failure = await Promise.race([end, listening(child, port)])
  if (failure !== undefined) throw new SteerError('bench-failed', `${name} does not start: ${failure}`)
  return child.pid!
}

/** Ends all of them; resolves when they have ended. */
export async function stopPrograms(): Promise<void> {
  const ends = [...running.values()]
  killAll()
  await Promise.all(ends)
}

function killAll(): void {
  for (const child of running.keys()) child.kill('SIGKILL')
}

/** Resolves when somebody listens on the port, or with why nobody does. */
async function listening(child: ChildProcess, port: number): Promise<string | undefined> {
  const deadline = performance.now() + READY_MS
  while (performance.now() < deadline && child.exitCode === null) {
    if (await answers(port)) return undefined
    // Other people's programs do not say when they are ready.
    await new Promise((resolve) => setTimeout(resolve, TRY_MS))
  }
  return 'it does not listen'
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
