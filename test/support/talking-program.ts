/** A program that is talked to while it runs, such as `openssl s_client`. */

import { spawn } from 'node:child_process'
import type { Test } from 'tap'
import { SEARCH_PATH } from './needs.js'
import { waitUntil } from './wait-until.js'

/** A running program. */
export interface TalkingProgram {
  /** All it wrote so far, on both streams. */
  readonly output: () => string
  say(text: string): void
  /** Waits until its output matches. */
  says(pattern: RegExp): Promise<RegExpMatchArray>
  /** Ends it and waits for its end; `SIGKILL` leaves it no last word. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts it with nothing of our environment but PATH; it is killed with the test. */
export function talkTo(t: Test, program: string, args: readonly string[]): TalkingProgram {
  const child = spawn(program, args, { env: { PATH: SEARCH_PATH, LC_ALL: 'C' }, stdio: 'pipe' })
  let output = ''
  child.on('error', (error) => {
    output += error.message
  })
  child.stdin.on('error', () => {})
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const end = (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    child.kill(signal)
    return ended
  }
  t.teardown(() => end('SIGKILL'))
  return {
    output: () => output,
    say: (text) => child.stdin.write(text),
    says: async (pattern) => {
      await waitUntil(() => pattern.test(output)).catch((error) => {
        throw new Error(`${program} did not say ${pattern} but: ${output.slice(-500)}`, { cause: error })
      })
      return output.match(pattern)!
    },
    end,
  }
}
