/** The lab's origins for one test file, with a home of their own, and curl that asks them as real hosts. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureLabAuthority } from '../../certs/lab-authority.js'
import { type Origins, startOrigins } from '../../scripts/lab/origin.js'
import { type ProgramResult, runProgram } from './run-program.js'

/** Running origins. */
export interface TestOrigins extends Origins {
  readonly caFile: string
  /** The authority as PEM. */
  readonly ca: string
  /** curl with `--connect-to`, so that any host on 80 or 443 is the lab's, trusting the lab alone. */
  curl(...args: string[]): Promise<ProgramResult>
  /** Stops the origins and removes the home. */
  close(): Promise<void>
}

/** Starts the origins. */
export async function testOrigins(): Promise<TestOrigins> {
  const home = await mkdtemp(join(tmpdir(), 'steerlab-test-'))
  const { caFile, certificate, leaves } = await ensureLabAuthority({ home, now: () => new Date() })
  const origins = await startOrigins(leaves)
  const { https, http, raw } = origins
  const ways = ['--connect-to', `:443:127.0.0.1:${https.port}`, '--connect-to', `:80:127.0.0.1:${http.port}`]
  return {
    ...origins,
    caFile,
    ca: certificate,
    curl: (...args) => runProgram('curl', ['-q', '-sS', '--max-time', '9', '--cacert', caFile, ...ways, ...args]),
    async close() {
      await Promise.all([https, http, raw].map((listener) => listener.close()))
      await rm(home, { recursive: true })
    },
  }
}
