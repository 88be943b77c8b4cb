/** A tunnel session over the reliable stream: the mux does not notice that its path loses datagrams. */

import { once } from 'node:events'
import t from 'tap'
import { HEADER_BYTES } from '../../../../agent/tunnel/frame.js'
import { WINDOW_BYTES } from '../../../../agent/tunnel/mux.js'
import { ReliableStream } from '../../../../agent/tunnel/reliable/reliable-stream.js'
import { TunnelSession } from '../../../../agent/tunnel/session.js'
import type { TunnelStream } from '../../../../agent/tunnel/stream.js'
import { QUIET } from '../../../support/session-pair.js'
import { seeded, streamBytes } from '../../../support/simulated-path.js'
import { udpLinks } from '../../../support/udp-link.js'

/** Sends `bytes` as far as the flow lets, then ends it; resolves when the peer has ended it too. */
function send(flow: TunnelStream, bytes: Buffer): Promise<string> {
  let at = 0
  return new Promise((resolve) => {
    const go = () => {
      for (let most = flow.sendable; most > 0 && at < bytes.length; most = flow.sendable) {
        const length = Math.min(most, bytes.length - at, 5000)
        flow.scratch.set(bytes.subarray(at, at + length), HEADER_BYTES)
        at += length
        flow.send(length)
      }
      if (at === bytes.length) flow.end()
    }
    flow.attach({ data: () => true, ended: () => resolve('ended'), reset: resolve, writable: go })
    go()
  })
}

/** Reads a flow to its end, then ends it too. */
function read(flow: TunnelStream): Promise<Buffer> {
  const all: Buffer[] = []
  return new Promise((resolve) => {
    const ended = () => {
      flow.end()
      resolve(Buffer.concat(all))
    }
    const data = (bytes: Uint8Array) => {
      all.push(Buffer.from(bytes))
      flow.consumed(bytes.length)
      return true
    }
    flow.attach({ data, ended, reset: ended, writable: () => {} })
  })
}

const FLOWS = 100
const bytesOf = (flow: number) => streamBytes(flow * 1000, flow * 1000 + 20_000 * (1 + (flow % 5)))

void t.test('100 flows over a path that loses 3 %: each has its bytes, and the session ends in order', async (t) => {
  const random = seeded(3)
  const links = await udpLinks(() => random() < 0.03)
  const [agentSocket, gatewaySocket] = links.map((link) => new ReliableStream(link)) as [ReliableStream, ReliableStream]
  const closed = Promise.all([once(agentSocket, 'close'), once(gatewaySocket, 'close')])
  const arrived: Promise<Buffer>[] = []
  const ends: string[] = []
  const ended = (reason: string) => void ends.push(reason)
  const open = (flow: TunnelStream, payload: Uint8Array) => {
    arrived[JSON.parse(`${Buffer.from(payload)}`).flow] = read(flow)
  }
  const hello = { protocol: 1, client: '', device: '', window: WINDOW_BYTES } as const
  const gateway = new TunnelSession('gateway', gatewaySocket, { hello: () => WINDOW_BYTES, open, ended }, QUIET)
  gateway.sendHello(hello)
  const agent = await new Promise<TunnelSession>((resolve) => {
    const greeted = () => {
      setImmediate(() => resolve(session))
      return WINDOW_BYTES
    }
    const session = new TunnelSession('agent', agentSocket, { hello: greeted, ended }, QUIET)
    session.sendHello(hello)
  })
  const sent = Array.from({ length: FLOWS }, (_, flow) => send(agent.open({ flow })!, bytesOf(flow)))
  t.strictSame([...new Set(await Promise.all(sent))], ['ended'])
  for (const [flow, bytes] of (await Promise.all(arrived)).entries()) t.ok(bytes.equals(bytesOf(flow)), `flow ${flow}`)
  t.equal(arrived.length, FLOWS)
  agent.close('done')
  await closed
  t.strictSame(ends, ['done', 'the peer is going away: done'])
})
