/**
 * The story of a TLS flow that is looked into: first the gateway's own handshake with the origin, verified, then the
 * client's with a leaf that names what the origin named, then HTTP between the two.
 */

import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls'
import { splice } from '../../agent/relay/splice.js'
import { bySetting, type InspectionDecision } from './decide-inspection.js'
import type { InspectedConnection } from './exchange.js'
import type { FirstBytes } from './first/first-bytes.js'
import { firstInside } from './first/first-inside.js'
import { type ArrivedFlow, judgingParts, recordFlow } from './flow-story.js'
import { goneAtRedial, refusedByClient } from './flow-transaction.js'
import { serveHttp1 } from './http1/serve-http1.js'
import { serveHttp2 } from './http2/serve-http2.js'
import type { Inspector } from './inspector.js'
import { Judging } from './judge/judging.js'
import { blockedBySetting } from './judge/ruling.js'
import { openClient } from './open-client.js'
import { TlsOrigin } from './origins.js'
import { answerOverTls } from './own-tls.js'
import { passUnread } from './pass-unread.js'
import { CLOSED_UNUSED, clientAlert } from './tls/client-refusal.js'
import { HANDSHAKE_MS } from './tls/client-tls.js'
import { type OriginCertificate, type OriginTrait, originKey } from './tls/origin-memory.js'
import { mirroredNames, type OriginTls, type OriginTlsOptions, openOriginTls } from './tls/origin-tls.js'

type TlsDecision = Extract<InspectionDecision, { readonly do: 'tls' }>

const NOTHING = new Uint8Array(0)

/** Looks into a TLS flow. Owns it to its end; rejects by a fault of ours alone. */
export async function inspectTls(
  arrived: ArrivedFlow,
  first: FirstBytes,
  { sni, alpn }: TlsDecision,
  inspector: Inspector,
): Promise<void> {
  const { flow, stream, origin } = arrived
  const { memory, roots } = inspector
  const key = originKey(flow.ip, flow.port, sni)
  const options: OriginTlsOptions = { roots, servername: sni, alpn, memory, key, withinMs: HANDSHAKE_MS }
  const opened = await openOriginTls(origin, options)
  const finding = 'finding' in opened ? opened.finding : await revocation(opened, sni, inspector)
  if (finding !== undefined || 'finding' in opened) return withFinding(arrived, first, key, finding!, inspector)
  const { tls: originTls, certificate } = opened

  const leaves = await inspector.leaves(inspector.live.current.settings.leafKey)
  const context = leaves.contextFor(sni, mirroredNames(certificate))
  if (context === undefined) {
    originTls.destroy()
    return stream.reset('forbidden', `${sni} is no name a certificate can have`)
  }
  const protocol = originTls.alpnProtocol || ''
  const tls = await openClient(arrived, first, { context, protocol, sni }, inspector)
  if (tls === undefined) return void originTls.destroy()
  const inside = protocol === '' ? await firstInside(tls, originTls, inspector) : protocol
  if (inside === 'other' || inside === 'origin-first') {
    return carryOther(arrived, tls, originTls, inside === 'origin-first' ? key : undefined, inspector)
  }
  const spoken = inside === 'h2' || (inside === 'http2' && inspector.live.current.settings.http2) ? 'h2' : 'http/1.1'
  const connection = {
    flow,
    scheme: 'https',
    sni,
    protocol: spoken,
    tlsVersion: tls.getProtocol() ?? undefined,
  } as const
  await speak(connection, tls, new TlsOrigin(originTls, arrived, inspector, options), certificate, inspector)
}

/** HTTP between the two. */
async function speak(
  connection: InspectedConnection,
  tls: TLSSocket,
  origin: TlsOrigin,
  certificate: OriginCertificate,
  inspector: Inspector,
): Promise<void> {
  const begun = Date.now()
  let late: NodeJS.ErrnoException | undefined
  tls.on('error', (error) => {
    late ??= error
  })
  const judge = new Judging(connection, {
    ...judgingParts(inspector),
    certificateNames: (host) => checkServerIdentity(host, certificate.names as PeerCertificate) === undefined,
  })
  await (connection.protocol === 'h2' ? serveHttp2(tls, origin, judge) : serveHttp1(tls, origin, judge))
  if (judge.exchanges > 0) return
  const alert = late?.code?.includes('_ALERT_') ? clientAlert(late) : CLOSED_UNUSED
  recordFlow(connection.flow, begun, refusedByClient(connection.sni, alert), inspector)
}

/** What is wrong with an origin decides by its setting; the flow starts anew or gets the block page. */
async function withFinding(
  arrived: ArrivedFlow,
  first: FirstBytes,
  key: string,
  finding: OriginTrait,
  inspector: Inspector,
): Promise<void> {
  const { stream, redial, flow } = arrived
  // This one costs a wait to find out; the others are seen anew each time, so that who mends his origin is believed.
  if (finding.setting === 'clientCertificate') inspector.memory.learnTrait(key, finding)
  const sni = first.kind.type === 'tls' ? first.kind.hello.sni : ''
  const decision = bySetting(finding.setting, sni || flow.host, inspector.live.current.settings, finding)
  if (decision.do !== 'pass') {
    return answerOverTls(arrived, first, blockedBySetting(finding.setting, finding.why), inspector)
  }
  const begun = Date.now()
  const outcome = await redial()
  if ('failure' in outcome) {
    recordFlow(flow, begun, goneAtRedial(sni, decision, outcome.detail), inspector)
    return stream.reset(outcome.failure, outcome.detail)
  }
  return passUnread(arrived, outcome.socket, first, decision, inspector)
}

/** Whether the origin's certificate was revoked, as far as the lists it names can be had. */
async function revocation(
  { tls, certificate: { leaf, issuer } }: Extract<OriginTls, { readonly tls: TLSSocket }>,
  host: string,
  inspector: Inspector,
): Promise<OriginTrait | undefined> {
  if (!inspector.live.current.settings.checkRevocation) return undefined
  if ((await inspector.revocation.check(leaf, issuer)) !== 'revoked') return undefined
  tls.destroy()
  return { setting: 'revoked', reason: 'revoked', why: `The certificate of ${host} was revoked by its issuer.` }
}

/**
 * TLS that is not HTTP inside: known only now that it is decrypted. This once it is relayed in clear; next time, unread, if
 * the origin has shown it (`learnAs`). A client's word on it would hold for all other clients.
 */
async function carryOther(
  arrived: ArrivedFlow,
  client: TLSSocket,
  origin: TLSSocket,
  learnAs: string | undefined,
  inspector: Inspector,
): Promise<void> {
  const begun = Date.now()
  const sni = origin.servername || ''
  const why = `${sni || arrived.flow.host} speaks something else than HTTP inside TLS.`
  if (learnAs !== undefined) inspector.memory.learnTrait(learnAs, { setting: 'notHttp', reason: 'not-http', why })
  const isBlocked = inspector.live.current.settings.errors.notHttp === 'block'
  if (isBlocked) {
    client.destroy()
    origin.destroy()
  } else await splice(client, origin, NOTHING, inspector.idleMs)
  recordFlow(
    arrived.flow,
    begun,
    {
      action: isBlocked ? 'refused' : 'bypass',
      notDecrypted: 'not-http',
      rule: 'errors.notHttp',
      why,
      host: sni,
      bytesSent: client.bytesRead,
      bytesReceived: client.bytesWritten,
    },
    inspector,
  )
}
