/** A speed test: the agent's end against the gateway's, over real sessions, and against peers that do otherwise. */

import t, { type Test } from 'tap'
import { type SessionInUse, speedTest } from '../../../agent/diag/speed-test.js'
import { HEADER_BYTES } from '../../../agent/tunnel/frame.js'
import { readOpenRequest } from '../../../agent/tunnel/hello.js'
import { SPEED_TEST } from '../../../agent/tunnel/speed-test-bytes.js'
import type { TunnelStream } from '../../../agent/tunnel/stream.js'
import { serveSpeedTest } from '../../../gateway/tunnel/speed-test.js'
import { type SessionPair, sessionPair } from '../../support/session-pair.js'

const MIB = 1024 * 1024

/** The gateway's side of a stream: what it is, unless a test says otherwise. */
function serve(stream: TunnelStream, payload: Uint8Array): void {
  void serveSpeedTest(stream, readOpenRequest(payload)!.speedTest!)
}

async function tunnel(t: Test, open = serve): Promise<{ pair: SessionPair; inUse: SessionInUse }> {
  const pair = await sessionPair({ open })
  t.teardown(() => pair.agent.session.close('the test is over'))
  return { pair, inUse: async () => ({ session: pair.agent.session }) }
}

void t.test('both directions, of any size, and at once', async (t) => {
  const { pair, inUse } = await tunnel(t)
  const tests = [1, 65_536, 65_537, MIB, 10 * MIB].flatMap((bytes) =>
    (['upload', 'download'] as const).map((direction) => ({ direction, bytes })),
  )
  const startedAt = performance.now()
  const results = await Promise.all(tests.map((request) => speedTest(inUse, request)))
  const tookMs = performance.now() - startedAt
  t.strictSame(
    results.map(({ bytes }) => bytes),
    tests.map(({ bytes }) => bytes),
  )
  for (const { ms } of results) t.ok(ms > 0 && ms <= tookMs, `${ms} ms`)
  t.equal(pair.agent.session.streamCount, 0, 'the agent has no stream left')
  t.equal(pair.gateway.session.streamCount, 0, 'nor has the gateway')
})

void t.test('100 MiB are allowed, one byte more is refused', async (t) => {
  const { inUse } = await tunnel(t)
  const bytes = SPEED_TEST.mostBytes
  t.equal((await speedTest(inUse, { direction: 'download', bytes })).bytes, bytes)
  for (const direction of ['upload', 'download'] as const)
    await t.rejects(speedTest(inUse, { direction, bytes: bytes + 1 }), {
      code: 'speed-test-failed',
      message: `The speed test was broken off: a speed test has at most ${bytes} bytes.`,
    })
})

void t.test('no tunnel, and one that takes no more', async (t) => {
  const { pair, inUse } = await tunnel(t)
  const request = { direction: 'upload', bytes: 1 } as const
  await t.rejects(
    speedTest(async () => undefined, request),
    { code: 'speed-test-failed', message: 'There is no tunnel to test.' },
  )
  pair.agent.session.close('over')
  await t.rejects(speedTest(inUse, request), { code: 'speed-test-failed', message: 'The tunnel takes no more flows.' })
})

void t.test('a session that is lost on the way ends the test', async (t) => {
  for (const direction of ['upload', 'download'] as const) {
    const { pair, inUse } = await tunnel(t, (stream) => {
      stream.attach({
        data: () => {
          pair.gateway.session.close('gone')
          return true
        },
        ended: () => pair.gateway.session.close('gone'),
        reset: () => {},
        writable: () => {},
      })
    })
    await t.rejects(speedTest(inUse, { direction, bytes: 10 * MIB }), {
      code: 'speed-test-failed',
      message: 'The speed test was broken off: the peer is going away: gone.',
    })
  }
})

void t.test('a gateway that sends other than was asked for', async (t) => {
  const saying = async (text: string) =>
    tunnel(t, (stream) => {
      stream.attach({ data: () => true, ended: () => {}, reset: () => {}, writable: () => {} })
      stream.scratch.set(Buffer.from(text), HEADER_BYTES)
      stream.send(text.length)
      stream.end()
    })
  const cases = [
    ['download', 'abc', 'Only 3 of 4 bytes arrived.'],
    ['download', 'abcde', 'The gateway sent more than was asked for.'],
    ['upload', '3', 'Only 3 of 4 bytes arrived.'],
    ['upload', '', 'Only 0 of 4 bytes arrived.'],
    ['upload', 'nonsense', 'Only NaN of 4 bytes arrived.'],
    ['upload', '4444444444', 'The gateway sent more than was asked for.'],
  ] as const
  for (const [direction, text, message] of cases) {
    const { inUse } = await saying(text)
    await t.rejects(speedTest(inUse, { direction, bytes: 4 }), { code: 'speed-test-failed', message }, message)
  }
})

void t.test('what takes too long is given up', async (t) => {
  const { pair, inUse } = await tunnel(t, () => {})
  const request = { direction: 'download', bytes: 1 } as const
  await t.rejects(speedTest(inUse, request, 50), { message: 'The speed test took longer than 0.05 s.' })
  t.equal(pair.agent.session.streamCount, 0, 'and nothing is left of it')
})
