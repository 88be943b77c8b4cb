/** The odd origins, running: a listener for each oddity, which routes of the lab lead to by address. */

import type { Server } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { LabAuthority } from '../../../certs/lab-authority.js'
import { listenOnLoopback } from '../listen.js'
import { secureSite } from '../origin.js'
import { oddCertificates } from './certificates.js'
import { addressesOf, type OddHost } from './hosts.js'
import { fileServer, lineServer, malformedServer, refusingServer, withLateTickets } from './odd-servers.js'

/** Running odd origins. */
export interface OddOrigins {
  /** Port on 127.0.0.1 by address and port of the lab's internet: `hosts` of the LabDescription. */
  readonly hosts: Readonly<Record<string, Readonly<Record<string, number>>>>
  close(): Promise<void>
}

/** Starts them all. Rejects with the system's error when no port is free. */
export async function startOddOrigins(authority: LabAuthority): Promise<OddOrigins> {
  const certificates = await oddCertificates(authority, new Date())
  const { ordinary } = certificates
  const clients: TlsOptions = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate }
  const client = fileServer('/client.pem', 'application/x-pem-file', () => certificates.client)
  const list = () => certificates.revocationList(new Date())

  const servers: Readonly<Record<OddHost, Readonly<Record<number, Server>>>> = {
    'self-signed': { 443: secureSite(certificates.selfSigned) },
    'untrusted-root': { 443: secureSite(certificates.untrustedRoot) },
    'wrong-host': { 443: secureSite(certificates.wrongHost) },
    'incomplete-chain': { 443: secureSite(certificates.incompleteChain) },
    expired: { 443: secureSite(certificates.expired) },
    revoked: { 443: secureSite(certificates.revoked) },
    crl: { 80: fileServer('/lab.crl', 'application/pkix-crl', list) },
    'handshake-error': { 443: refusingServer() },
    'client-cert': {
      443: secureSite({ ...ordinary('client-cert'), ...clients, minVersion: 'TLSv1.3' }),
      80: client,
    },
    'client-cert-tls12': { 443: secureSite({ ...ordinary('client-cert-tls12'), ...clients, maxVersion: 'TLSv1.2' }) },
    'malformed-http': { 443: malformedServer(ordinary('malformed-http')) },
    'not-http': { 443: lineServer(ordinary('not-http')) },
    'late-tickets': { 443: withLateTickets(secureSite({ ...ordinary('late-tickets'), minVersion: 'TLSv1.3' })) },
    tls12: { 443: secureSite({ ...ordinary('tls12'), maxVersion: 'TLSv1.2' }) },
    'rsa-chain': { 443: secureSite(certificates.rsaChain) },
  }

  const listeners = await Promise.all(
    Object.entries(servers).flatMap(([host, ports]) =>
      Object.entries(ports).map(async ([port, server]) => {
        return { host: host as OddHost, port, listener: await listenOnLoopback(server) }
      }),
    ),
  )
  const hosts: Record<string, Record<string, number>> = {}
  for (const { host, port, listener } of listeners)
    for (const address of addressesOf(host)) hosts[address] = { ...hosts[address], [port]: listener.port }
  return {
    hosts,
    close: async () => void (await Promise.all(listeners.map(({ listener }) => listener.close()))),
  }
}
