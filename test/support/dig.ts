/** dig as a client that is not ours. */

import { runProgram } from './run-program.js'

/** What dig prints, its complaints too; asked once, with a short time limit, and of nobody but 127.0.0.1. */
export async function dig(port: number, ...question: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runProgram('dig', [
    '+time=1',
    '+tries=1',
    '-p',
    `${port}`,
    '@127.0.0.1',
    ...question,
  ])
  return stdout + stderr
}
