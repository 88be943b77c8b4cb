/** The agent's end of a speed test (`nsdiag -g`): how long so many bytes take through the tunnel, to the gateway or from it. */

import { SteerError } from '../errors.js'
import type { SpeedTestRequest } from '../tunnel/hello.js'
import { SPEED_TEST, sendZeros } from '../tunnel/speed-test-bytes.js'
import type { TunnelStream } from '../tunnel/stream.js'
import type { TunnelInUse } from '../tunnel/tunnel.js'

/** What a test measured; `ms` from the first byte asked for to the last that arrived, an upload's at the gateway. */
export interface SpeedTestResult {
  readonly bytes: number
  readonly ms: number
}

/** The session in use, waiting so many ms for one: `TunnelKeeper.session`. */
export type SessionInUse = (withinMs: number) => Promise<Pick<TunnelInUse, 'session'> | undefined>

/** How long to wait for a tunnel that is being made, ms. */
const TUNNEL_WAIT_MS = 5000

/** How the OPEN of a test is written: these fields are a flow's, and nobody looks at them. */
const NO_FLOW = { host: '', ip: '', port: 1, process: 'nsdiag', via: 'nsProxy' } as const

/** Longest answer to an upload, in digits. */
const MOST_DIGITS = String(SPEED_TEST.mostBytes).length

function failure(message: string): SteerError {
  return new SteerError('speed-test-failed', message)
}

/**
 * Measures. Throws SteerError `speed-test-failed` when there is no tunnel, when it or the test breaks, or when it takes
 * longer than `withinMs`.
 */
export async function speedTest(
  session: SessionInUse,
  request: SpeedTestRequest,
  withinMs: number = SPEED_TEST.withinMs,
): Promise<SpeedTestResult> {
  const inUse = await session(TUNNEL_WAIT_MS)
  if (inUse === undefined) throw failure('There is no tunnel to test.')
  const startedAt = performance.now()
  const stream = inUse.session.open({ ...NO_FLOW, speedTest: request })
  if (stream === undefined) throw failure('The tunnel takes no more flows.')
  await carry(stream, request, withinMs)
  return { bytes: request.bytes, ms: performance.now() - startedAt }
}

/** Sends or takes all bytes of the test. */
function carry(stream: TunnelStream, { direction, bytes }: SpeedTestRequest, withinMs: number): Promise<void> {
  let unsent = direction === 'upload' ? bytes : 0
  let received = 0
  let answer = ''
  return new Promise((resolve, reject) => {
    const fail = (message: string): void => {
      clearTimeout(tooLong)
      reject(failure(message))
      stream.reset('aborted', 'the speed test has failed')
    }
    const tooLong = setTimeout(() => fail(`The speed test took longer than ${withinMs / 1000} s.`), withinMs)
    const send = (): void => {
      if (unsent > 0) unsent = sendZeros(stream, unsent)
      if (unsent === 0) stream.end()
    }
    stream.attach({
      data: (chunk) => {
        received += chunk.length
        stream.consumed(chunk.length)
        if (direction === 'upload') answer += Buffer.from(chunk.subarray(0, MOST_DIGITS)).toString('latin1')
        if (received > (direction === 'upload' ? MOST_DIGITS : bytes)) fail('The gateway sent more than was asked for.')
        return true
      },
      ended: () => {
        const arrived = direction === 'upload' ? Number(answer) : received
        if (arrived !== bytes) return fail(`Only ${arrived} of ${bytes} bytes arrived.`)
        clearTimeout(tooLong)
        resolve()
      },
      reset: (_reason, detail) => fail(`The speed test was broken off: ${detail}.`),
      writable: send,
    })
    send()
  })
}
