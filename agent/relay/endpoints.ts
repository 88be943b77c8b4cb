// Pure: the two ends of a socket, as the rest names them.

import type { Socket } from 'node:net'
import { plainAddress } from '../steering/address.js'
import type { Endpoint } from '../steering/flow.js'

/** Our end of a connected socket; `ip` is '' when it is connected no more. */
export function localEndpoint({
  localAddress = '',
  localPort = 0,
}: Partial<Pick<Socket, 'localAddress' | 'localPort'>>): Endpoint {
  return { ip: plainAddress(localAddress), port: localPort }
}

/** The other end; `ip` is '' when it is connected no more. */
export function remoteEndpoint({
  remoteAddress = '',
  remotePort = 0,
}: Partial<Pick<Socket, 'remoteAddress' | 'remotePort'>>): Endpoint {
  return { ip: plainAddress(remoteAddress), port: remotePort }
}
