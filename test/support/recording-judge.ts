/** A judge of inspected connections that lets everything pass, or says what it is told to, and keeps what it heard. */

import type {
  AnswerHead,
  ConnectionJudge,
  Exchange,
  ExchangeEnd,
  InspectedConnection,
  OwnAnswer,
  RequestHead,
} from '../../gateway/inspect/exchange.js'
import { OPEN_POLICY } from '../../gateway/inspect/policy/policy.js'
import { DEFAULT_INSPECT_SETTINGS, type InspectSettings } from '../../gateway/inspect/settings/settings.js'

/** What a judge was told of one exchange. */
export interface RecordedExchange {
  readonly head: RequestHead
  readonly answers: AnswerHead[]
  readonly failures: string[]
  /** Every end told; more than one is a fault. */
  readonly ends: ExchangeEnd[]
  sent: number
  received: number
}

/** What to decide; nothing: everything passes. */
export interface JudgeWords {
  readonly instead?: (head: RequestHead) => OwnAnswer | undefined
  readonly answered?: (head: AnswerHead, request: RequestHead) => OwnAnswer | undefined
  readonly sent?: (total: number) => OwnAnswer | undefined
  readonly received?: (total: number) => boolean
  readonly forwarded?: Partial<InspectSettings['forwarded']>
  readonly connection?: Partial<InspectedConnection>
}

/** The judge and its records. */
export interface RecordingJudge extends ConnectionJudge {
  readonly exchanges: readonly RecordedExchange[]
  /** `400 why` each. */
  readonly refusals: readonly string[]
  /** `GET /path end` of every exchange, `-` while it lasts. */
  readonly story: () => string[]
}

/** An answer of the gateway in plain text. */
export function ownAnswer(status: number, text = `own ${status}`): OwnAnswer {
  const body = Buffer.from(text)
  return { status, headers: { 'content-type': 'text/plain', 'content-length': String(body.length) }, body }
}

const CONNECTION: InspectedConnection = {
  flow: {
    user: 'user@example.com',
    device: 'laptop',
    process: 'curl',
    host: 'box.com',
    ip: '192.0.2.1',
    port: 80,
    source: '127.0.0.1:50000',
    clientIp: '198.51.100.7',
    tenant: 'example',
    pop: 'US-NYC1',
    session: 1,
    transport: 'TLS',
    egressIp: '203.0.113.1',
  },
  scheme: 'http',
  sni: '',
  protocol: 'http/1.1',
  tlsVersion: undefined,
}

/** Makes one. */
export function recordingJudge(words: JudgeWords = {}): RecordingJudge {
  const exchanges: RecordedExchange[] = []
  const refusals: string[] = []
  const begin = (head: RequestHead): Exchange => {
    const record: RecordedExchange = { head, answers: [], failures: [], ends: [], sent: 0, received: 0 }
    exchanges.push(record)
    return {
      instead: words.instead?.(head),
      verdict: { action: 'allow', rule: '', reason: 'A test.' },
      answered(answer) {
        record.answers.push(answer)
        return words.answered?.(answer, head)
      },
      sent(bytes) {
        record.sent += bytes
        return words.sent?.(record.sent)
      },
      received(bytes) {
        record.received += bytes
        return words.received?.(record.received) ?? true
      },
      failed(status, why) {
        record.failures.push(`${status} ${why}`)
        return ownAnswer(status, why)
      },
      ended: (how) => void record.ends.push(how),
    }
  }
  return {
    connection: { ...CONNECTION, ...words.connection },
    settings: {
      ...DEFAULT_INSPECT_SETTINGS,
      forwarded: { ...DEFAULT_INSPECT_SETTINGS.forwarded, ...words.forwarded },
    },
    policy: OPEN_POLICY,
    begin,
    refused(status, why) {
      refusals.push(`${status} ${why}`)
      return ownAnswer(status, why)
    },
    exchanges,
    refusals,
    story: () => exchanges.map(({ head, ends }) => `${head.method} ${head.target} ${ends.join('+') || '-'}`),
  }
}
