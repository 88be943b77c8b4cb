/** One tunnel session over TLS whose peer is no session: it says what bytes it likes, and keeps the frames it hears. */

import type { TLSSocket } from 'node:tls'
import { FRAME } from '../../agent/tunnel/frame.js'
import { FrameReader } from '../../agent/tunnel/frame-reader.js'
import type { KeepAlive } from '../../agent/tunnel/keep-alive.js'
import type { MuxRole } from '../../agent/tunnel/mux.js'
import { WINDOW_BYTES } from '../../agent/tunnel/mux.js'
import { type SessionOwner, TunnelSession } from '../../agent/tunnel/session.js'
import { QUIET, tlsPair } from './session-pair.js'

/** A frame the peer heard, payload as latin1 text; DATA as it came, in pieces. */
export interface HeardFrame {
  readonly type: number
  readonly stream: number
  readonly text: string
}

/** The session and its peer. */
export interface RawPeer {
  readonly peer: TLSSocket
  readonly heard: readonly HeardFrame[]
  readonly session: TunnelSession
  readonly socket: TLSSocket
  /** Every reason the session's owner was told; more than one is a fault. */
  readonly reasons: readonly string[]
  readonly ended: Promise<string>
}

/** Makes one; `owner` adds to or replaces what the session's owner does. */
export async function rawPeer(
  role: MuxRole,
  owner: Partial<SessionOwner> = {},
  keepAlive: KeepAlive = QUIET,
): Promise<RawPeer> {
  const [peer, socket] = await tlsPair()
  const heard: HeardFrame[] = []
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
  const reader = new FrameReader({
    dataBegins: () => true,
    dataArrives: (stream, bytes) => void heard.push({ type: FRAME.DATA, stream, text: text(bytes) }),
    control: (type, stream, payload) => heard.push({ type, stream, text: text(payload) }) > 0,
    tooLong: (type) => {
      throw new Error(`a frame of type ${type} is too long`)
    },
  })
  peer.on('data', (bytes: Buffer) => reader.read(bytes))
  const reasons: string[] = []
  let session: TunnelSession | undefined
  const ended = new Promise<string>((resolve) => {
    const told = (reason: string) => {
      reasons.push(reason)
      resolve(reason)
    }
    session = new TunnelSession(role, socket, { hello: () => WINDOW_BYTES, ended: told, ...owner }, keepAlive)
  })
  return { peer, heard, session: session!, socket, reasons, ended }
}
