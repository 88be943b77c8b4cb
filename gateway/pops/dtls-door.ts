/**
 * The UDP door of a POP: DTLS 1.2 with the user certificate, and on its datagrams the reliable stream that carries a
 * tunnel session. Where DTLS is not to be had (no koffi) there is no such door, and clients use TLS.
 */

import { type DtlsServer, startDtlsServer } from '../../agent/tunnel/dtls/dtls-server.js'
import { dtlsUnavailable } from '../../agent/tunnel/dtls/openssl.js'
import { ReliableStream } from '../../agent/tunnel/reliable/reliable-stream.js'
import type { SessionSocket } from '../../agent/tunnel/session.js'
import type { FaultSource, PopFault } from '../faults/fault.js'
import { shutWhileFaulty } from '../faults/shut-while-faulty.js'
import type { GatewayLog } from '../gateway-log.js'

/** What the door is made of. */
export interface DtlsDoorOptions {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Server key, certificate chain, and the authority of user certificates, PEM. */
  readonly key: string
  readonly cert: string
  readonly clientCa: string
  /** Links at once. */
  readonly capacity: number
  readonly fault: FaultSource<PopFault>
  /** Takes a client's stream. */
  readonly serve: (socket: SessionSocket, user: string, from: string) => void
  readonly log: GatewayLog
}

/** An open door. */
export interface DtlsDoor {
  readonly port: number
  /** Ends every link at once. */
  cutOff(): void
  close(): Promise<void>
}

/** Largest IP packet we send, bytes: `mtu` of the public nsconfig.json. */
const MTU = 1476

/** Opens the door; undefined where DTLS is not to be had. Throws SteerError `port-in-use`, `listen-failed`. */
export async function startDtlsDoor(options: DtlsDoorOptions): Promise<DtlsDoor | undefined> {
  if ((await dtlsUnavailable()) !== undefined) return undefined
  const { fault, serve, log } = options
  const streams = new Set<ReliableStream>()
  const listen = (port: number): Promise<DtlsServer> =>
    startDtlsServer({
      ...options,
      port,
      mtu: MTU,
      mostLinks: options.capacity,
      isDeaf: () => fault.current?.kind === 'loss',
      accept: (link, { user, from }) => {
        const stream = new ReliableStream(link)
        stream.on('error', () => {})
        streams.add(stream)
        stream.once('close', () => streams.delete(stream))
        serve(stream, user, from)
      },
      log,
    })
  let server = await listen(options.port)
  const { port } = server
  const cutOff = (): void => {
    for (const stream of streams) stream.destroy()
  }
  const door = {
    open: async () => {
      server = await listen(port)
    },
    shut: async () => {
      cutOff()
      await server.close()
    },
  }
  return { port, cutOff, close: await shutWhileFaulty(door, fault, (kind) => kind === 'down') }
}
