// Pure: host names as they come off the wire (SNI, HTTP Host, CONNECT, SOCKS), where only ASCII is a name: a client that
// means `bücher.example` sends `xn--bcher-kva.example`, and anything else is an attempt to look like another host.

import { isIP } from 'node:net'
import { normalizeHost } from './match-domain.js'

const VISIBLE_ASCII = /^[!-~]+$/

/** The name in its one spelling; '' for an IP address, for non-ASCII text, and for what is no host name. */
export function wireName(text: string): string {
  return VISIBLE_ASCII.test(text) && isIP(text) === 0 ? normalizeHost(text) : ''
}
