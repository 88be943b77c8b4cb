/**
 * The gateway's end of a speed test (`nsdiag -g`): a stream that leads to no origin. Download: so many bytes, then the
 * end. Upload: swallows so many, then says how many came, in decimal digits, and ends. Neither policy nor transaction
 * log hears of it.
 */

import { HEADER_BYTES } from '../../agent/tunnel/frame.js'
import type { SpeedTestRequest } from '../../agent/tunnel/hello.js'
import { SPEED_TEST, sendZeros } from '../../agent/tunnel/speed-test-bytes.js'
import type { StreamReceiver, TunnelStream } from '../../agent/tunnel/stream.js'

class SpeedTest implements StreamReceiver {
  readonly #stream: TunnelStream
  readonly #settle: () => void
  readonly #tooLong: NodeJS.Timeout
  /** Bytes the client may still send. */
  #expected: number
  /** Bytes of a download that have not left. */
  #unsent: number
  #received = 0
  #over = false

  constructor(stream: TunnelStream, { direction, bytes }: SpeedTestRequest, withinMs: number, settle: () => void) {
    this.#stream = stream
    this.#settle = settle
    this.#tooLong = setTimeout(() => this.#fail('timed-out', 'the speed test took too long'), withinMs)
    this.#expected = direction === 'upload' ? bytes : 0
    this.#unsent = direction === 'download' ? bytes : 0
  }

  data(bytes: Uint8Array): boolean {
    this.#received += bytes.length
    if (this.#received > this.#expected) this.#fail('bad-request', 'more bytes than were announced')
    else this.#stream.consumed(bytes.length)
    return true
  }

  ended(): void {
    this.writable()
  }

  writable(): void {
    if (this.#over) return
    this.#unsent = sendZeros(this.#stream, this.#unsent)
    if (this.#unsent > 0 || !this.#stream.peerEnded || !this.#said()) return
    this.#stream.end()
    this.#finish()
  }

  reset(): void {
    this.#finish()
  }

  /** Says how many bytes came, once there is room; whether it is said, or nothing is to be said. */
  #said(): boolean {
    if (this.#expected === 0) return true
    const answer = Buffer.from(String(this.#received))
    if (this.#stream.sendable < answer.length) return false
    this.#stream.scratch.set(answer, HEADER_BYTES)
    this.#stream.send(answer.length)
    return true
  }

  #fail(reason: 'timed-out' | 'bad-request', detail: string): void {
    this.#stream.reset(reason, detail)
    this.#finish()
  }

  #finish(): void {
    this.#over = true
    clearTimeout(this.#tooLong)
    this.#settle()
  }
}

/** Carries a test out; more than `SPEED_TEST.mostBytes` is refused. Settles when it is over, at the latest `withinMs` from now; never rejects. */
export function serveSpeedTest(
  stream: TunnelStream,
  request: SpeedTestRequest,
  withinMs: number = SPEED_TEST.withinMs,
): Promise<void> {
  if (request.bytes > SPEED_TEST.mostBytes) {
    stream.reset('bad-request', `a speed test has at most ${SPEED_TEST.mostBytes} bytes`)
    return Promise.resolve()
  }
  return new Promise((resolve) => {
    stream.accept()
    const test = new SpeedTest(stream, request, withinMs, resolve)
    stream.attach(test)
    test.writable()
  })
}
