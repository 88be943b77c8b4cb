// Pure: the numbers a client's log has for what a socket failed with: winsock's on Windows (10065 is public, TAB), errno's
// elsewhere.

import type { Platform } from './message-form.js'

/** What a connection can fail with, by Node's code. */
const NUMBERS: Readonly<Record<string, Readonly<Record<Platform, number>>>> = {
  ETIMEDOUT: { windows: 10060, macos: 60, linux: 110 },
  ECONNREFUSED: { windows: 10061, macos: 61, linux: 111 },
  ECONNRESET: { windows: 10054, macos: 54, linux: 104 },
  EHOSTUNREACH: { windows: 10065, macos: 65, linux: 113 },
  ENETUNREACH: { windows: 10051, macos: 51, linux: 101 },
}

/** The number of a Node error code on a platform; -1 for what is no error of a socket (a handshake that failed). */
export function socketErrorNumber(code: string, platform: Platform): number {
  return NUMBERS[code]?.[platform] ?? -1
}
