/**
 * The gateway's own TLS to an origin: verified for real, the session resumed, and what is wrong found out before the
 * client is told anything.
 */

import type { Socket } from 'node:net'
import { connect, type DetailedPeerCertificate, type SecureContext, type TLSSocket } from 'node:tls'
import type { MirroredNames } from '../../../certs/mirrored-names.js'
import { certificateFinding, handshakeFinding } from './origin-finding.js'
import type { OriginCertificate, OriginMemory, OriginTrait } from './origin-memory.js'

/** What a handshake needs. */
export interface OriginTlsOptions {
  /** The roots origins are verified by; made once. */
  readonly roots: SecureContext
  /** The name asked for, and checked. */
  readonly servername: string
  /** What the client offers of HTTP; empty = it offers nothing. */
  readonly alpn: readonly string[]
  readonly memory: OriginMemory
  readonly key: string
  /** ms for the handshake. */
  readonly withinMs: number
}

/** A connection to use, and the certificate it was verified by; or what is wrong with the origin. */
export type OriginTls =
  | { readonly tls: TLSSocket; readonly certificate: OriginCertificate }
  | { readonly finding: OriginTrait }

/**
 * How long an origin of TLS 1.3 has, ms, to ask for the certificate we do not have, or to show by a session ticket that it
 * does not: it says either one round trip after the handshake. Waited for at the first contact only, and at least 50 ms.
 */
const LEAST_WAIT_MS = 50

/** Connects over `socket`, which is destroyed when there is a finding. Never rejects. */
export async function openOriginTls(socket: Socket, options: OriginTlsOptions): Promise<OriginTls> {
  const { roots, servername, alpn, memory, key, withinMs } = options
  const begun = performance.now()
  const session = memory.session(key)
  const tls = connect({
    socket,
    servername,
    secureContext: roots,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    ...(session === undefined ? {} : { session }),
  })
  // A session is kept once its origin is found good: node:tls does not check the name of one that is resumed.
  let isGood = false
  let ticket: Buffer | undefined
  tls.on('session', (latest) => {
    ticket = latest
    if (isGood) memory.learnSession(key, latest)
  })
  const broken = await handshakeOf(tls, withinMs)
  if (broken !== undefined) return { finding: handshakeFinding(broken, servername) }
  const { authorizationError } = tls
  if (authorizationError !== undefined && authorizationError !== null) {
    tls.destroy()
    // Typed as an Error, a code in fact.
    const error = authorizationError as unknown as string | NodeJS.ErrnoException
    const code = typeof error === 'string' ? error : (error.code ?? error.message)
    return { finding: certificateFinding(code, servername) }
  }
  // Of a session that is resumed node:tls does not know the certificate any more.
  const certificate = tls.isSessionReused() ? memory.certificate(key) : certificateOf(tls)
  if (certificate === undefined) {
    tls.destroy()
    return { finding: handshakeFinding(new Error('it showed no certificate'), servername) }
  }
  if (tls.getProtocol() === 'TLSv1.3' && ticket === undefined && !memory.isOpen(key)) {
    const refusal = await secondThoughts(tls, Math.max(LEAST_WAIT_MS, 2 * (performance.now() - begun)))
    if (refusal !== undefined) return { finding: handshakeFinding(refusal, servername) }
  }
  isGood = true
  memory.learnOpen(key)
  memory.learnCertificate(key, certificate)
  if (ticket !== undefined) memory.learnSession(key, ticket)
  return { tls, certificate }
}

/** Waits for the handshake; what it failed with. An error listener stays for the socket's life. */
function handshakeOf(tls: TLSSocket, withinMs: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(new Error(`no handshake within ${withinMs} ms`))
      tls.destroy()
    }, withinMs)
    const settle = (error?: NodeJS.ErrnoException): void => {
      clearTimeout(timer)
      resolve(error)
    }
    tls.on('error', settle)
    tls.once('close', () => settle(new Error('it hung up')))
    tls.once('secureConnect', () => settle())
  })
}

/** What the origin adds to its handshake: a ticket, an error, or nothing in time, which is taken for consent. */
function secondThoughts(tls: TLSSocket, withinMs: number): Promise<NodeJS.ErrnoException | undefined> {
  if (tls.destroyed) return Promise.resolve(new Error('it hung up'))
  return new Promise((resolve) => {
    const consent = (): void => settle()
    const timer = setTimeout(consent, withinMs)
    const settle = (error?: NodeJS.ErrnoException): void => {
      clearTimeout(timer)
      tls.off('session', consent)
      tls.off('error', settle)
      tls.off('close', hungUp)
      tls.off('readable', consent)
      resolve(error)
    }
    const hungUp = (): void => settle(new Error('it hung up'))
    tls.once('session', consent)
    tls.once('error', settle)
    tls.once('close', hungUp)
    // Reading, too, is what makes an alert be seen; an origin that speaks first has let us in.
    tls.once('readable', consent)
  })
}

function certificateOf(tls: TLSSocket): OriginCertificate | undefined {
  const certificate = tls.getPeerCertificate(true) as DetailedPeerCertificate | undefined
  if (certificate?.raw === undefined) return undefined
  const { raw: leaf, subject, subjectaltname, issuerCertificate } = certificate
  const issuer = issuerCertificate?.raw
  // What checkServerIdentity looks at; the rest refers to the whole chain.
  const names = { subject, ...(subjectaltname === undefined ? {} : { subjectaltname }) }
  return { names, leaf, issuer: issuer?.equals(leaf) === false ? issuer : undefined }
}

/**
 * The names of an origin's certificate, for the leaf that stands for it; undefined where it has none. node:tls quotes names
 * with commas and the like, which are no names of hosts: of a certificate that has one nothing is taken over.
 */
export function mirroredNames({
  names: { subject, subjectaltname = '' },
}: OriginCertificate): MirroredNames | undefined {
  if (subjectaltname.includes('"')) return undefined
  const names = subjectaltname.split(', ').flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
  const commonName = [subject?.CN].flat()[0]
  return names.length === 0 ? undefined : { names, ...(commonName === undefined ? {} : { commonName }) }
}
