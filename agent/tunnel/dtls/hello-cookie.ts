// Pure: the cookie by which a client proves that it can hear at the address it writes from (RFC 6347 4.2.1). It is made
// again for each hello, so a server keeps nothing for those who have not proved it.

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ClientHello } from './dtls-record.js'

/** The cookie for a hello from `address` (any text that names address and port); 32 bytes. */
export function cookieFor(secret: Uint8Array, address: string, { random }: ClientHello): Buffer {
  return createHmac('sha256', secret).update(random).update(address).digest()
}

/** Whether a hello from `address` brings its cookie. */
export function bringsCookie(secret: Uint8Array, address: string, hello: ClientHello): boolean {
  const wanted = cookieFor(secret, address, hello)
  return hello.message === 1 && hello.cookie.length === wanted.length && timingSafeEqual(hello.cookie, wanted)
}
