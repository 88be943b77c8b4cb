/** curl as a client that is not ours. */

import { execFile } from 'node:child_process'

/** What a curl run ended with. */
export interface CurlResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs curl quietly, with a time limit, and no proxy settings but those of `args`. */
export function curl(...args: string[]): Promise<CurlResult> {
  const env = { PATH: process.env['PATH'] ?? '' }
  return new Promise((resolve) => {
    execFile('curl', ['-q', '-sS', '--max-time', '10', ...args], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr })
    })
  })
}
