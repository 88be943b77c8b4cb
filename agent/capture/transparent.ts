/**
 * IP_TRANSPARENT: lets a listener accept connections to addresses that are not its own, which TPROXY needs. Node has no
 * call for it; koffi (an optional dependency) reaches setsockopt. Set once, on one listener, after listen().
 */

import type { Server } from 'node:net'
import { messageOf, SteerError } from '../errors.js'

// <netinet/in.h> on Linux; both, because the listener is dual-stack.
const OPTIONS = [
  { level: 0, option: 19, name: 'IP_TRANSPARENT' },
  { level: 41, option: 75, name: 'IPV6_TRANSPARENT' },
] as const

/** Makes a listening dual-stack server transparent. Throws SteerError `koffi-missing` or `not-transparent` (needs CAP_NET_ADMIN). */
export async function makeTransparent(server: Server): Promise<void> {
  const koffi = await import('koffi').catch((cause: unknown) => {
    throw new SteerError('koffi-missing', 'the optional package koffi is not installed', { cause })
  })
  const setsockopt = koffi.default
    .load(null)
    .func('int setsockopt(int fd, int level, int option, const void *value, uint32_t length)')
  const fd = (server as unknown as { _handle?: { fd?: number } })._handle?.fd
  if (fd === undefined) throw new SteerError('not-transparent', 'the capture listener has no file descriptor')
  try {
    for (const { level, option, name } of OPTIONS)
      if (setsockopt(fd, level, option, new Uint8Array([1, 0, 0, 0]), 4) !== 0) throw new Error(`${name} was refused`)
  } catch (cause) {
    throw new SteerError('not-transparent', `the capture listener cannot be made transparent: ${messageOf(cause)}`, {
      cause,
    })
  }
}
