/**
 * The client's TLS, finished by the gateway with a leaf of the tenant's authority, over a tunnel stream. How the client
 * turns the leaf down is evidence and comes back as a value.
 */

import type { Duplex } from 'node:stream'
import { type SecureContext, TLSSocket } from 'node:tls'
import { CLOSED, type ClientAlert, clientAlert, TIMED_OUT } from './client-refusal.js'

/** The client's side of an inspected connection, or how the client refused. */
export type ClientTls = { readonly tls: TLSSocket } | { readonly alert: ClientAlert }

/** How long a handshake may take, ms, the client's as the origin's. */
export const HANDSHAKE_MS = 10_000

/**
 * Accepts the client's handshake; `protocol`: what is chosen of its ALPN, '' = none; `keys` is told the secrets, line by line,
 * before the bytes that need them leave. Destroys `transport` when it fails. Never rejects.
 */
export function acceptClientTls(
  transport: Duplex,
  context: SecureContext,
  protocol: string,
  withinMs: number,
  keys?: (line: Buffer) => void,
): Promise<ClientTls> {
  const tls = new TLSSocket(transport, {
    isServer: true,
    secureContext: context,
    requestCert: false,
    ...(protocol === '' ? {} : { ALPNProtocols: [protocol] }),
  })
  if (keys !== undefined) tls.on('keylog', keys)
  return new Promise((resolve) => {
    let isSettled = false
    const settle = (outcome: ClientTls): void => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      if ('alert' in outcome) {
        tls.destroy()
        transport.destroy()
      }
      resolve(outcome)
    }
    const timer = setTimeout(() => settle({ alert: TIMED_OUT }), withinMs)
    const failed = (error: NodeJS.ErrnoException): void => settle({ alert: clientAlert(error) })
    // `_tlsError` is where node:tls tells of a failed handshake on a server's socket; `error` where of everything later.
    tls.on('_tlsError', failed)
    tls.on('error', failed)
    const left = (): void => settle({ alert: CLOSED })
    tls.once('close', left)
    // A client that ends in the middle of the handshake is not heard of by TLS.
    transport.once('end', left)
    transport.once('close', left)
    tls.once('secure', () => {
      // What tls.Server does with the sockets it accepts; else later errors do not end them (node:_tls_wrap).
      ;(tls as unknown as { _releaseControl?(): boolean })._releaseControl?.()
      settle({ tls })
    })
  })
}
