/**
 * Another tenant's gateway, to which services lead under the fault `wrong-tenant`: a TLS server whose certificate comes
 * from an authority of its own, made anew with each start. An agent must refuse it.
 */

import { createServer } from 'node:tls'
import { ALPN_PROTOCOL } from '../../agent/tunnel/frame.js'
import { generateKeys, privateKeyPem } from '../../certs/keys.js'
import { issueRoot } from '../../certs/x509.js'
import { FAULTLESS } from '../faults/fault.js'
import { listenUnlessRefusing, type OpenListener } from '../faults/open-listener.js'

/** Starts it on a free port of `host`; throws SteerError `listen-failed`. */
export async function startOtherTenant(host: string, port: number, now: Date): Promise<OpenListener> {
  const keys = await generateKeys('ec-p256')
  const cert = issueRoot({ keys, days: 30, now, subject: { commonName: 'gateway-other.goskope.com' } })
  const server = createServer({ key: privateKeyPem(keys.privateKey), cert, ALPNProtocols: [ALPN_PROTOCOL] })
  // Whoever does believe it gets nothing.
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    socket.end()
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return listenUnlessRefusing(server, { host, port }, FAULTLESS, () => false)
}
