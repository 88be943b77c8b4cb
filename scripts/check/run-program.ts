/**
 * One run of the program that is checked: no input, a bounded memory of what it prints, a time limit, and nothing of it
 * left when it is over.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { SteerError } from '../../agent/errors.js'
import type { ProgramEnd } from './evidence.js'

/** What is run. */
export interface ProgramRun {
  /** Program and arguments. */
  readonly command: readonly string[]
  /** The environment, whole. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Time it has, ms. */
  readonly timeoutMs: number
  /** Ends it at once. */
  readonly signal: AbortSignal
}

/** Output that is kept, bytes: its end. */
export const KEPT_BYTES = 64 * 1024

/** After SIGTERM: how long until a program is killed, ms. */
const KILL_MS = 1000

/** A program's end is waited for this long, ms, when a child of its in another session holds its output open. */
const OUTPUT_MS = 500

/** Runs it to its end. Throws SteerError `program-failed` when it cannot be started. */
export async function runProgram({ command, env, timeoutMs, signal }: ProgramRun): Promise<ProgramEnd> {
  const [file, ...args] = command
  const began = performance.now()
  // A process group of its own: what it leaves behind is ended with it.
  const child = spawn(file!, args, {
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = new OutputEnd()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk))
    stream.on('error', () => {})
  }
  let timedOut = false
  const timers: NodeJS.Timeout[] = []
  const stop = (): void => {
    killGroup(child, 'SIGTERM')
    timers.push(setTimeout(() => killGroup(child, 'SIGKILL'), KILL_MS))
  }
  timers.push(
    setTimeout(() => {
      timedOut = true
      stop()
    }, timeoutMs),
  )
  signal.addEventListener('abort', stop)
  try {
    const closed = new Promise((resolve) => child.once('close', resolve))
    const exit = await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) =>
        reject(new SteerError('program-failed', `${file} cannot be run: ${cause.message}`, { cause })),
      )
      child.once('exit', (code, name) => resolve(code ?? 128 + (name === null ? 0 : constants.signals[name])))
      if (signal.aborted) stop()
    })
    const durationMs = Math.round(performance.now() - began)
    killGroup(child, 'SIGKILL')
    await Promise.race([closed, new Promise((resolve) => timers.push(setTimeout(resolve, OUTPUT_MS)))])
    return { exit, timedOut, durationMs, output: output.text() }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

function killGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch {
    // Nobody is left in it.
  }
}

/** Keeps the end of what it is given. */
class OutputEnd {
  #chunks: Buffer[] = []
  #bytes = 0

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > 2 * KEPT_BYTES) this.#cut()
  }

  text(): string {
    this.#cut()
    return this.#chunks.join('')
  }

  #cut(): void {
    const kept = Buffer.concat(this.#chunks).subarray(-KEPT_BYTES)
    this.#chunks = [kept]
    this.#bytes = kept.length
  }
}
