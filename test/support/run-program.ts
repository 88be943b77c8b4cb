/** Runs programs that are not ours, as oracles: openssl, dig, git and the like. */

import { execFile } from 'node:child_process'
import { SEARCH_PATH } from './needs.js'

/** What a run ended with; `code` is -1 when a signal or the time limit ended it. */
export interface ProgramResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Extra environment and standard input of a run. */
export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

const TIME_LIMIT_MS = 10_000
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024

/** Runs a program with nothing of our environment but PATH, so that a developer's proxies and CA files do not matter. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const env = { PATH: SEARCH_PATH, LC_ALL: 'C', HOME: '/nonexistent', ...options.env }
  return new Promise((resolve) => {
    const limits = { timeout: TIME_LIMIT_MS, maxBuffer: MOST_OUTPUT_BYTES }
    const child = execFile(program, args, { env, ...limits }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr })
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })
}
