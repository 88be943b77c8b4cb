/** Numbers of socket errors in the log. */

import t from 'tap'
import { socketErrorNumber } from '../../../agent/log/socket-error.js'

void t.test('a number for each platform', async (t) => {
  const cases: readonly [code: string, windows: number, macos: number, linux: number][] = [
    ['ETIMEDOUT', 10060, 60, 110],
    ['ECONNREFUSED', 10061, 61, 111],
    ['ECONNRESET', 10054, 54, 104],
    ['EHOSTUNREACH', 10065, 65, 113],
    ['ENETUNREACH', 10051, 51, 101],
    ['ERR_TLS_CERT_ALTNAME_INVALID', -1, -1, -1],
    ['constructor', -1, -1, -1],
    ['', -1, -1, -1],
  ]
  for (const [code, ...numbers] of cases) {
    const found = (['windows', 'macos', 'linux'] as const).map((platform) => socketErrorNumber(code, platform))
    t.strictSame(found, numbers, code)
  }
})
