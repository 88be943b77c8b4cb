/** The lab's odd origins for one test file, with a home of their own, and the ways to them. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { ensureLabAuthority } from '../../certs/lab-authority.js'
import { addressesOf, nameOf, type OddHost } from '../../scripts/lab/odd-origins/hosts.js'
import { startOddOrigins } from '../../scripts/lab/odd-origins/odd-origins.js'
import { type ProgramResult, runProgram } from './run-program.js'

/** Running odd origins. */
export interface OddLab {
  readonly ca: string
  portOf(host: OddHost, port?: number): number
  /** A TLS connection that trusts the lab, error-listened; it is not ended for what its certificate is. */
  tls(host: OddHost, options?: ConnectionOptions): TLSSocket
  /** `openssl s_client` that trusts the lab, says nothing and ends. */
  sClient(host: OddHost, ...args: string[]): Promise<ProgramResult>
  /** curl that trusts the lab, for the hosts' names on 443 and 80. */
  curl(host: OddHost, ...args: string[]): Promise<ProgramResult>
  close(): Promise<void>
}

/** Starts the odd origins. */
export async function oddLab(): Promise<OddLab> {
  const home = await mkdtemp(join(tmpdir(), 'steerlab-test-'))
  const authority = await ensureLabAuthority({ home, now: () => new Date() })
  const odd = await startOddOrigins(authority)
  const { caFile, certificate: ca } = authority
  const portOf = (host: OddHost, port = 443): number => {
    const found = odd.hosts[addressesOf(host)[0]]?.[port]
    if (found === undefined) throw new Error(`${host} has no port ${port}`)
    return found
  }
  return {
    ca,
    portOf,
    tls(host, options = {}) {
      const way = { host: '127.0.0.1', port: portOf(host), servername: nameOf(host) }
      const socket = connect({ ...way, ca, rejectUnauthorized: false, ...options })
      socket.on('error', () => {})
      return socket
    },
    sClient(host, ...args) {
      const way = ['-connect', `127.0.0.1:${portOf(host)}`, '-servername', nameOf(host)]
      const trust = ['-CAfile', caFile, '-no-CApath', '-no-CAstore', '-verify_hostname', nameOf(host)]
      return runProgram('openssl', ['s_client', ...way, ...trust, ...args])
    },
    curl(host, ...args) {
      const ways = Object.entries(odd.hosts[addressesOf(host)[0]] ?? {}).flatMap(([port, listener]) => {
        return ['--connect-to', `${nameOf(host)}:${port}:127.0.0.1:${listener}`]
      })
      return runProgram('curl', ['-q', '-sS', '--max-time', '9', '--cacert', caFile, ...ways, ...args])
    },
    async close() {
      await odd.close()
      await rm(home, { recursive: true })
    },
  }
}
