/** DTLS servers, clients and a relay between them, on loopback with real certificates, for tests. */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { DatagramLink } from '../../agent/tunnel/datagram-link.js'
import { connectDtls, type DtlsClientOptions, type DtlsFailure } from '../../agent/tunnel/dtls/dtls-client.js'
import { type DtlsPeer, type DtlsServerOptions, startDtlsServer } from '../../agent/tunnel/dtls/dtls-server.js'
import { dtlsUnavailable } from '../../agent/tunnel/dtls/openssl.js'
import { ensureTenantCertificates, type TenantCertificates } from '../../certs/tenant-authority.js'
import { waitUntil } from './wait-until.js'

/** Whom the user certificates are for. */
export const DTLS_USER = 'alice@acme.example'

/** For tap's `skip`. */
export const lackingDtls = (await dtlsUnavailable()) ?? false

/** The certificates of a new tenant, kept below `directory`; of two tenants neither trusts the other. */
export function certificatesIn(directory: string, tenant = 'acme'): Promise<TenantCertificates> {
  const home = join(directory, tenant)
  return ensureTenantCertificates({ home, tenant, user: DTLS_USER, org: 'Acme', now: new Date() })
}

/** A link, all it heard, and how it ended. */
export interface HeardLink {
  readonly link: DatagramLink
  readonly heard: Buffer[]
  readonly ends: string[]
}

/** Listens to a link. */
export function listenTo(link: DatagramLink): HeardLink {
  const heard: Buffer[] = []
  const ends: string[] = []
  link.receive({ datagram: (bytes) => heard.push(Buffer.from(bytes)), ended: (reason) => ends.push(reason) })
  return { link, heard, ends }
}

/** A server whose links send back what they hear. */
export interface EchoServer {
  readonly port: number
  readonly links: HeardLink[]
  readonly peers: DtlsPeer[]
  /** `event: reason` of each entry. */
  readonly log: string[]
  close(): Promise<void>
}

/** Starts one, closed with the test. */
export async function echoServer(
  t: Test,
  { gateway }: TenantCertificates,
  options: Partial<DtlsServerOptions> = {},
): Promise<EchoServer> {
  const links: HeardLink[] = []
  const peers: DtlsPeer[] = []
  const log: string[] = []
  const server = await startDtlsServer({
    host: '127.0.0.1',
    port: 0,
    key: gateway.key,
    cert: gateway.chain,
    clientCa: gateway.clientAuthority,
    mtu: 1476,
    log: ({ event, reason }) => log.push(`${event}: ${reason}`),
    accept: (link, peer) => {
      const heard: Buffer[] = []
      const ends: string[] = []
      const datagram = (bytes: Uint8Array) => {
        heard.push(Buffer.from(bytes))
        link.send(bytes)
      }
      link.receive({ datagram, ended: (reason) => ends.push(reason) })
      links.push({ link, heard, ends })
      peers.push(peer)
    },
    ...options,
  })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= server.close()
    return closing
  }
  t.teardown(close)
  return { port: server.port, links, peers, log, close }
}

/** What a client of the tenant dials with. */
export function clientOptions({ agent, gateway }: TenantCertificates, port: number): DtlsClientOptions {
  return {
    ip: '127.0.0.1',
    port,
    servername: gateway.serverName,
    ca: agent.authority,
    pfx: agent.pfx,
    passphrase: agent.passphrase,
    mtu: 1476,
    timeoutMs: 4000,
  }
}

/** Dials; the link is closed with the test. */
export async function dial(t: Test, options: DtlsClientOptions): Promise<HeardLink> {
  const result = await connectDtls(options)
  if (!('link' in result)) throw new Error(`${result.failure}: ${result.detail}`)
  t.teardown(() => result.link.close())
  return listenTo(result.link)
}

/** Dials in vain. */
export async function failureOf(options: DtlsClientOptions): Promise<DtlsFailure> {
  const result = await connectDtls(options)
  if (!('link' in result)) return result
  result.link.close()
  throw new Error('it connected')
}

/** Sends a text and waits for it to come back. */
export async function echoes({ link, heard }: HeardLink, text: string): Promise<boolean> {
  link.send(Buffer.from(text))
  await waitUntil(() => heard.some((bytes) => bytes.toString() === text))
  return true
}

/** Something that passes datagrams on between clients and one port. */
export interface Relay {
  readonly port: number
  /** Every datagram that came, in order, with its direction. */
  readonly seen: { readonly toServer: boolean; readonly bytes: Buffer }[]
  /** Sends to the server as if it came from the client. */
  inject(bytes: Uint8Array): void
}

/**
 * A relay to `port`; the server sees one and the same address whoever the client is, and answers go to the client that
 * spoke last. Drops the datagrams whose number, from 1 on in both directions together, `isLost` names.
 */
export async function relayTo(
  t: Test,
  port: number,
  isLost: (number: number) => boolean = () => false,
  host = '127.0.0.1',
): Promise<Relay> {
  const type = isIPv6(host) ? 'udp6' : 'udp4'
  const [near, far] = [createSocket(type), createSocket(type)]
  const seen: { readonly toServer: boolean; readonly bytes: Buffer }[] = []
  let client = 0
  const passes = (toServer: boolean, bytes: Buffer) => !isLost(seen.push({ toServer, bytes }))
  for (const socket of [near, far]) {
    socket.on('error', () => {})
    socket.bind(0, host)
    await once(socket, 'listening')
    t.teardown(() => socket.close())
  }
  near.on('message', (bytes, from) => {
    client = from.port
    if (passes(true, bytes)) far.send(bytes, port, host)
  })
  far.on('message', (bytes) => {
    if (passes(false, bytes)) near.send(bytes, client, host)
  })
  return { port: near.address().port, seen, inject: (bytes) => far.send(bytes, port, host) }
}
