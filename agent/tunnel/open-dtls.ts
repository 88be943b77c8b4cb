/**
 * Opens one tunnel session over DTLS 1.2: the handshake by OpenSSL (dtls/), on its datagrams a reliable stream of ours
 * (reliable/), and on that the same frames as over TLS.
 */

import { connectDtls } from './dtls/dtls-client.js'
import { greet, type OpenTunnel, type TunnelAttempt, type TunnelFailure } from './open-tunnel.js'
import { ReliableStream } from './reliable/reliable-stream.js'

/** Longest wait for the handshake, ms: UDP that is blocked says nothing, and TLS is still to be tried. */
const HANDSHAKE_MS = 2000

/** What an IP packet may have, bytes: RFC 791's least, and less than makes a DTLS record too large (2^14). */
const LEAST_MTU = 576
const MOST_MTU = 9000

/** Node's error codes for the ways a handshake fails. */
const CODES: Readonly<Record<string, string>> = {
  'timed-out': 'ETIMEDOUT',
  refused: 'ECONNREFUSED',
}

/** Opens a session over DTLS; `mtu` is the largest IP packet, 576 to 9,000 bytes. Never rejects. */
export async function openDtls(attempt: TunnelAttempt, mtu: number): Promise<OpenTunnel | TunnelFailure> {
  const { endpoint, shownAs = endpoint, wire, gateway, ca, pfx, passphrase, withinMs, signal } = attempt
  const startedAt = performance.now()
  const connected = await connectDtls({
    ...endpoint,
    servername: gateway,
    ca,
    pfx,
    passphrase,
    mtu: Math.min(Math.max(mtu, LEAST_MTU), MOST_MTU),
    timeoutMs: Math.min(HANDSHAKE_MS, withinMs),
    signal,
    tap: wire && ((local) => wire.udp(local, shownAs)),
  })
  if ('failure' in connected) {
    const { failure, detail } = connected
    return { failure: `DTLS ${failure}: ${detail}`, code: CODES[failure] ?? '' }
  }
  if (signal.aborted) {
    connected.link.close()
    return { failure: 'given up', code: 'ECANCELED' }
  }
  const left = withinMs - (performance.now() - startedAt)
  return greet(new ReliableStream(connected.link), Promise.resolve(undefined), { ...attempt, withinMs: left })
}
