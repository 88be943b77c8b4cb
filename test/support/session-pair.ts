/** Two tunnel sessions joined over a real TLS connection on loopback, with what their owners were told. */

import { once } from 'node:events'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { KeepAlive } from '../../agent/tunnel/keep-alive.js'
import { WINDOW_BYTES } from '../../agent/tunnel/mux.js'
import { type SessionOwner, TunnelSession } from '../../agent/tunnel/session.js'
import type { TunnelStream } from '../../agent/tunnel/stream.js'
import { generateKeys, privateKeyPem } from '../../certs/keys.js'
import { issueCertificate, issueRoot, openIssuer } from '../../certs/x509.js'
import { listening } from './loopback.js'
import { wireTo } from './wire.js'

/** Long enough for no PING to be sent in a test. */
export const QUIET: KeepAlive = { pingAfterMs: 60_000, pongWithinMs: 60_000 }

/** One end of the pair. */
export interface SessionEnd {
  readonly session: TunnelSession
  readonly socket: TLSSocket
  /** Settles with the reason when the session is over. */
  readonly ended: Promise<string>
}

/** A joined pair; HELLOs have been exchanged. */
export interface SessionPair {
  readonly agent: SessionEnd
  readonly gateway: SessionEnd
  /** Makes the link silent, where the pair was made `cuttable`. */
  cut(): void
}

/** What differs from the ordinary pair. */
export interface SessionPairOptions {
  readonly keepAlive?: KeepAlive
  readonly cuttable?: boolean
  /** The gateway's side of each flow. */
  readonly open: (stream: TunnelStream, payload: Uint8Array) => void
}

const [caKeys, keys] = await Promise.all([generateKeys('ec-p256'), generateKeys('ec-p256')])
const life = { days: 1, now: new Date() }
const ca = issueRoot({ ...life, subject: { commonName: 'authority' }, keys: caKeys })
const cert = issueCertificate({
  ...life,
  purpose: 'server',
  issuer: openIssuer(ca, caKeys.privateKey),
  subject: { commonName: 'gateway' },
  names: ['gateway'],
  subjectPublicKey: keys.publicKey,
})
const key = privateKeyPem(keys.privateKey)

/** A TLS server on loopback for one connection, to the name `gateway`. */
export async function tlsServer(): Promise<{ port: number; ca: string; accepted: Promise<TLSSocket> }> {
  const server = createServer({ key, cert, minVersion: 'TLSv1.3' })
  const { port } = await listening(server)
  const accepted = (once(server, 'secureConnection') as Promise<[TLSSocket]>).then(([socket]) => {
    socket.on('error', () => {})
    server.close()
    return socket
  })
  return { port, ca, accepted }
}

/** Two connected TLS sockets, [the agent's, the gateway's], and a way to cut the link between them. */
export async function tlsPair(cuttable = false): Promise<[TLSSocket, TLSSocket, () => void]> {
  const { port, accepted } = await tlsServer()
  const wire = cuttable ? await wireTo(port) : undefined
  const socket = connect({ port: wire?.port ?? port, host: '127.0.0.1', servername: 'gateway', ca })
  socket.on('error', () => {})
  const [other] = await Promise.all([accepted, once(socket, 'secureConnect')])
  let open = 2
  for (const end of [socket, other])
    end.once('close', () => {
      open -= 1
      if (open === 0) void wire?.close()
    })
  return [socket, other, () => wire?.cut()]
}

/** Makes a pair. */
export async function sessionPair({
  keepAlive = QUIET,
  cuttable = false,
  open,
}: SessionPairOptions): Promise<SessionPair> {
  const [agentSocket, gatewaySocket, cut] = await tlsPair(cuttable)
  const greeted: Promise<void>[] = []
  const end = (role: 'agent' | 'gateway', socket: TLSSocket): SessionEnd => {
    let told: (reason: string) => void
    const ended = new Promise<string>((resolve) => {
      told = resolve
    })
    let greet: () => void
    greeted.push(
      new Promise<void>((resolve) => {
        greet = resolve
      }),
    )
    const owner: SessionOwner = {
      hello: () => {
        setImmediate(greet)
        return WINDOW_BYTES
      },
      open,
      ended: (reason) => told(reason),
    }
    const session = new TunnelSession(role, socket, owner, keepAlive)
    session.sendHello({ protocol: 1, client: '', device: '', window: WINDOW_BYTES })
    return { session, socket, ended }
  }
  const agent = end('agent', agentSocket)
  const gateway = end('gateway', gatewaySocket)
  await Promise.all(greeted)
  return { agent, gateway, cut }
}
