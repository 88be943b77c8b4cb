/**
 * The story of one steered flow at the gateway: look at its first bytes, decide, and relay it unread or look into it. It
 * owns stream and origin until both are over, and records every flow whose client stayed for an answer.
 */

import { abort } from '../../agent/relay/splice.js'
import { StreamDuplex } from '../../agent/tunnel/stream-duplex.js'
import { decideInspection, type InspectionDecision } from './decide-inspection.js'
import { type FirstBytes, peekFirst } from './first/first-bytes.js'
import { type ArrivedFlow, judgingParts, recordFlow } from './flow-story.js'
import { serveHttp1 } from './http1/serve-http1.js'
import { serveHttp2 } from './http2/serve-http2.js'
import { inspectTls } from './inspect-tls.js'
import type { Inspector } from './inspector.js'
import { FixedJudge } from './judge/fixed-judge.js'
import { Judging } from './judge/judging.js'
import { blockedBySetting, NOTSKOPE_RULING } from './judge/ruling.js'
import { PlainOrigin } from './origins.js'
import { answerOverTls } from './own-tls.js'
import { passUnread } from './pass-unread.js'
import { originKey } from './tls/origin-memory.js'

/** Takes a flow from its first byte to its end. Rejects by a fault of ours alone. */
export async function inspectFlow(arrived: ArrivedFlow, inspector: Inspector): Promise<void> {
  const { stream, origin, flow } = arrived
  const first = await peekFirst(stream, inspector, origin)
  if (first === 'gone') return abort(origin)
  const decision = decide(arrived, first, inspector)
  switch (decision.do) {
    case 'pass':
      return passUnread(arrived, origin, first, decision, inspector)
    case 'hang-up': {
      const { reason: notDecrypted, rule, why } = decision
      recordFlow(flow, Date.now(), { action: 'refused', notDecrypted, rule, why }, inspector)
      abort(origin)
      return stream.reset('forbidden', why)
    }
    case 'block-page':
      abort(origin)
      return answerOverTls(arrived, first, blockedBySetting(decision.setting, decision.why), inspector)
    case 'http': {
      const client = new StreamDuplex(stream, first.head)
      const plainOrigin = new PlainOrigin(arrived, inspector)
      const { protocol } = decision
      const judge = new Judging({ flow, ...PLAIN_HTTP, protocol }, judgingParts(inspector))
      return protocol === 'h2' ? serveHttp2(client, plainOrigin, judge) : serveHttp1(client, plainOrigin, judge)
    }
    case 'tls':
      return inspectTls(arrived, first, decision, inspector)
  }
}

function decide({ flow }: ArrivedFlow, { kind }: FirstBytes, { live, memory }: Inspector): InspectionDecision {
  const { settings, doNotDecrypt } = live.current
  const sni = kind.type === 'tls' ? kind.hello.sni : ''
  const trait = memory.trait(originKey(flow.ip, flow.port, sni))
  return decideInspection({ first: kind, host: flow.host, exempt: flow.exempt, settings, doNotDecrypt, trait })
}

/** Answers a flow for a host that is the gateway's own, notskope.com, over TLS or not. Rejects by a fault of ours alone. */
export async function answerFlow(flow: Pick<ArrivedFlow, 'stream' | 'flow'>, inspector: Inspector): Promise<void> {
  const { stream } = flow
  const first = await peekFirst(stream, inspector)
  if (first === 'gone') return
  if (first.kind.type === 'tls') return answerOverTls(flow, first, NOTSKOPE_RULING, inspector)
  if (first.kind.type !== 'http') return stream.reset('forbidden', 'the gateway answers HTTP here')
  const connection = { flow: flow.flow, ...PLAIN_HTTP }
  const judge = new FixedJudge(connection, judgingParts(inspector), NOTSKOPE_RULING)
  return serveHttp1(new StreamDuplex(stream, first.head), undefined, judge)
}

const PLAIN_HTTP = { scheme: 'http', sni: '', protocol: 'http/1.1', tlsVersion: undefined } as const
