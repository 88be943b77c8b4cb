/**
 * The gateway's way out: takes one OPEN request of an authenticated session, finds the origin's address, dials it, and
 * hands the flow to inspection, or relays it unread where there is none. Every refusal is told to the agent as a reset
 * with its reason, and to the gateway's log.
 */

import type { Dialer } from '../../agent/outbound/dial.js'
import { abort } from '../../agent/relay/splice.js'
import type { OpenRequest } from '../../agent/tunnel/hello.js'
import type { TunnelStream } from '../../agent/tunnel/stream.js'
import { relayStream } from '../../agent/tunnel/stream-relay.js'
import type { GatewayLog } from '../gateway-log.js'
import { answerFlow, inspectFlow } from '../inspect/inspect-flow.js'
import type { Inspector } from '../inspect/inspector.js'
import { NOTSKOPE_HOST } from '../inspect/pages/notskope-page.js'
import type { SteeredFlow } from '../inspect/steered-flow.js'
import { serveSpeedTest } from './speed-test.js'

/** What egress needs. */
export interface EgressParts {
  readonly dialer: Dialer
  /** Finds the addresses of a name; empty when there are none. Never rejects. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly log: GatewayLog
  /** Silence in both directions after which a flow ends, ms. */
  readonly idleMs: number
  /** Left out, every flow is relayed unread. */
  readonly inspector?: Inspector | undefined
}

/** Whose flow it is: the client of an authenticated session, and the POP it came to. */
export type TunnelClient = Pick<
  SteeredFlow,
  'user' | 'device' | 'clientIp' | 'pop' | 'session' | 'transport' | 'egressIp'
>

const NOTHING = new Uint8Array(0)

/** Connects a stream to its origin and looks after it until the flow is over. Never rejects. */
export async function carryToOrigin(
  stream: TunnelStream,
  { speedTest, ...request }: OpenRequest,
  client: TunnelClient,
  parts: EgressParts,
): Promise<void> {
  const { log, dialer, inspector } = parts
  const { user } = client
  if (speedTest !== undefined) {
    log({ event: 'speed-test', user, ...speedTest })
    return serveSpeedTest(stream, speedTest)
  }
  // A fault of ours, such as a leaf key that could not be made, ends the flow it is met in, and no other.
  const failed = (error: unknown): void => {
    const detail = error instanceof Error ? error.message : String(error)
    log({ event: 'inspection-failed', user, ...request, detail })
    stream.reset('aborted', 'the gateway failed to inspect it')
  }
  const isOurs = request.host === NOTSKOPE_HOST && !request.exempt
  if (inspector !== undefined && isOurs) {
    stream.accept()
    const flow = steeredFlow(request, request.ip, client, inspector)
    return answerFlow({ stream, flow }, inspector).catch(failed)
  }
  const ip = request.ip === '' ? (await parts.resolve(request.host))[0] : request.ip
  if (ip === undefined) {
    log({ event: 'origin-not-found', user, host: request.host })
    return stream.reset('unreachable', `no address for ${request.host}`)
  }
  const dial = () => dialer.dial({ ip, port: request.port })
  const outcome = await dial()
  if ('failure' in outcome) {
    const { failure, detail } = outcome
    log({ event: failure === 'forbidden' ? 'refused' : 'origin-failed', user, ...request, ip, failure, detail })
    return stream.reset(failure, detail)
  }
  stream.accept()
  const { socket: origin } = outcome
  if (inspector === undefined) return void (await relayStream(origin, stream, NOTHING, parts.idleMs))
  const flow = steeredFlow(request, ip, client, inspector)
  await inspectFlow({ stream, flow, origin, redial: dial }, inspector).catch((error: unknown) => {
    abort(origin)
    failed(error)
  })
}

function steeredFlow(
  { host, port, process, source = '', exempt, keys }: OpenRequest,
  ip: string,
  client: TunnelClient,
  { tenant }: Inspector,
): SteeredFlow {
  return { ...client, host, ip, port, process, source, exempt, keys, tenant }
}
