/** The gateway's end of a speed test, against clients that do otherwise than they said. */

import t, { type Test } from 'tap'
import { HEADER_BYTES } from '../../../agent/tunnel/frame.js'
import type { SpeedTestRequest } from '../../../agent/tunnel/hello.js'
import { WINDOW_BYTES } from '../../../agent/tunnel/mux.js'
import { SPEED_TEST } from '../../../agent/tunnel/speed-test-bytes.js'
import type { TunnelStream } from '../../../agent/tunnel/stream.js'
import type { GatewayEntry } from '../../../gateway/gateway-log.js'
import { carryToOrigin } from '../../../gateway/tunnel/egress.js'
import { serveSpeedTest } from '../../../gateway/tunnel/speed-test.js'
import { heldBytes } from '../../support/memory.js'
import { sessionPair } from '../../support/session-pair.js'
import { untilStill, waitUntil } from '../../support/wait-until.js'

const MIB = 1024 * 1024

/** A client of a test that reads nothing by itself, and what it was told. */
async function client(t: Test, request: SpeedTestRequest, withinMs?: number) {
  let served: Promise<void> | undefined
  const pair = await sessionPair({
    open: (stream) => {
      served = serveSpeedTest(stream, request, withinMs)
    },
  })
  t.teardown(() => pair.agent.session.close('the test is over'))
  const stream = pair.agent.session.open({})!
  const heard = { bytes: 0, reset: '' }
  stream.attach({
    data: (bytes) => {
      heard.bytes += bytes.length
      return true
    },
    ended: () => {},
    reset: (_reason, detail) => {
      heard.reset = detail
    },
    writable: () => {},
  })
  await stream.whenOpened()
  return { stream, heard, served: served!, pair }
}

function say(stream: TunnelStream, bytes: number): void {
  stream.scratch.fill(1, HEADER_BYTES, HEADER_BYTES + bytes)
  stream.send(bytes)
}

void t.test('a client that reads nothing is sent one window, and holds no memory', async (t) => {
  const before = await heldBytes()
  const { stream, heard, served } = await client(t, { direction: 'download', bytes: SPEED_TEST.mostBytes })
  await waitUntil(() => heard.bytes >= WINDOW_BYTES)
  await untilStill(() => heard.bytes)
  t.equal(heard.bytes, WINDOW_BYTES)
  const grown = (await heldBytes()) - before
  t.ok(grown < 8 * MIB, `${grown} bytes`)
  stream.reset('aborted', 'enough')
  await served
})

void t.test('more than was announced is refused, less is counted', async (t) => {
  const more = await client(t, { direction: 'upload', bytes: 10 })
  say(more.stream, 11)
  await more.served
  await waitUntil(() => more.heard.reset !== '')
  t.equal(more.heard.reset, 'more bytes than were announced')

  const unasked = await client(t, { direction: 'download', bytes: 10 })
  say(unasked.stream, 1)
  await unasked.served
  await waitUntil(() => unasked.heard.reset !== '')
  t.equal(unasked.heard.reset, 'more bytes than were announced')

  const less = await client(t, { direction: 'upload', bytes: 10 })
  say(less.stream, 9)
  less.stream.end()
  await less.served
  await waitUntil(() => less.heard.bytes > 0)
  t.strictSame(less.heard, { bytes: 1, reset: '' }, 'the digit 9')
})

void t.test('it is over with the session, and after its time', async (t) => {
  const lost = await client(t, { direction: 'upload', bytes: 10 })
  lost.pair.agent.session.close('gone')
  await lost.served
  t.pass('with the session')

  const late = await client(t, { direction: 'upload', bytes: 10 }, 30)
  await late.served
  await waitUntil(() => late.heard.reset !== '')
  t.equal(late.heard.reset, 'the speed test took too long')
})

void t.test('egress asks no origin for it, and tells the log', async (t) => {
  const entries: GatewayEntry[] = []
  const never = () => {
    throw new Error('it must not be asked')
  }
  const parts = { dialer: { dial: never }, resolve: never, log: (entry: GatewayEntry) => void entries.push(entry) }
  const session = {
    user: 'alice',
    device: '',
    clientIp: '',
    pop: '',
    session: 1,
    transport: 'TLS',
    egressIp: '',
  } as const
  const speedTest = { direction: 'upload', bytes: 0x7fff_ffff } as const
  const request = { host: '', ip: '', port: 1, process: 'nsdiag', via: 'nsProxy', speedTest } as const
  const told: string[] = []
  const stream = { reset: (_reason: string, detail: string) => told.push(detail) } as unknown as TunnelStream
  await carryToOrigin(stream, request, session, { ...parts, idleMs: 1 })
  t.match(told, [/at most 104857600 bytes/])
  t.strictSame(entries, [{ event: 'speed-test', user: 'alice', ...speedTest }])
})
