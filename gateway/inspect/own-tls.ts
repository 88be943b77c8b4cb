/** Finishes a client's TLS only to answer its requests ourselves: the block page of a setting, or notskope.com. */

import { WEB_PROTOCOLS } from './decide-inspection.js'
import type { FirstBytes } from './first/first-bytes.js'
import { type ArrivedFlow, judgingParts } from './flow-story.js'
import { serveHttp1 } from './http1/serve-http1.js'
import { serveHttp2 } from './http2/serve-http2.js'
import type { Inspector } from './inspector.js'
import { FixedJudge } from './judge/fixed-judge.js'
import type { Ruling } from './judge/ruling.js'
import { openClient } from './open-client.js'

const NO_HELLO = { sni: '', alpn: [] as readonly string[] }

/** Answers each request of a TLS client by the ruling; `first` is its ClientHello. Rejects by a fault of ours alone. */
export async function answerOverTls(
  arrived: Pick<ArrivedFlow, 'stream' | 'flow'>,
  first: FirstBytes,
  ruling: Ruling,
  inspector: Inspector,
): Promise<void> {
  const { stream, flow } = arrived
  const { settings } = inspector.live.current
  const leaves = await inspector.leaves(settings.leafKey)
  const { kind } = first
  const { sni, alpn } = kind.type === 'tls' ? kind.hello : NO_HELLO
  const context = leaves.contextFor(sni || flow.host || flow.ip)
  if (context === undefined) return stream.reset('forbidden', ruling.verdict.reason)
  const protocol = WEB_PROTOCOLS.find((known) => alpn.includes(known)) ?? ''
  const tls = await openClient(arrived, first, { context, protocol, sni }, inspector)
  if (tls === undefined) return
  const tlsVersion = tls.getProtocol() ?? undefined
  const connection = { flow, scheme: 'https', sni, protocol: protocol || 'http/1.1', tlsVersion } as const
  const judge = new FixedJudge(connection, judgingParts(inspector), ruling)
  return protocol === 'h2' ? serveHttp2(tls, undefined, judge) : serveHttp1(tls, undefined, judge)
}
