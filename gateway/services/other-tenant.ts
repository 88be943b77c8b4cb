/**
 * Another tenant's gateway, to which services lead under the fault `wrong-tenant`: a TLS server whose certificate comes
 * from an authority of its own, made anew with each start. An agent must refuse it.
 */

import { createServer } from 'node:tls'
import { ALPN_PROTOCOL } from '../../agent/tunnel/frame.js'
import { generateKeys, privateKeyPem } from '../../certs/keys.js'
import { issueCertificate, issueRoot, openIssuer } from '../../certs/x509.js'
import { FAULTLESS } from '../faults/fault.js'
import { listenUnlessRefusing, type OpenListener } from '../faults/open-listener.js'

/** Whose certificate it has. */
const NAME = 'gateway-other.goskope.com'

/** Longer than a lab runs, days. */
const LIFE_DAYS = 365

/** Starts it on a free port of `host`; throws SteerError `listen-failed`. */
export async function startOtherTenant(host: string, port: number, now: Date): Promise<OpenListener> {
  const [rootKeys, keys] = await Promise.all([generateKeys('ec-p256'), generateKeys('ec-p256')])
  const life = { days: LIFE_DAYS, now }
  const root = issueRoot({ ...life, keys: rootKeys, subject: { commonName: "another tenant's root" } })
  const cert = issueCertificate({
    ...life,
    purpose: 'server',
    issuer: openIssuer(root, rootKeys.privateKey),
    subject: { commonName: NAME },
    names: [NAME],
    subjectPublicKey: keys.publicKey,
  })
  const key = privateKeyPem(keys.privateKey)
  const server = createServer({ key, cert: cert + root, ALPNProtocols: [ALPN_PROTOCOL] })
  // Whoever does believe it gets nothing.
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    socket.end()
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return listenUnlessRefusing(server, { host, port }, FAULTLESS, () => false)
}
