/** What of a flow's story no real program can be made to show reliably; the rest is in test/e2e. */

import { PassThrough } from 'node:stream'
import t from 'tap'
import type { CapturedFlow } from '../../agent/capture/door.js'
import { HostMap } from '../../agent/dns/host-map.js'
import type { Owner } from '../../agent/process/owner.js'
import { type SteerParts, steer } from '../../agent/steer.js'
import type { Verdict } from '../../agent/steering/flow.js'
import { packetStory } from '../support/packet-story.js'

const ADDRESS = '203.0.113.7'

const BLOCK: Verdict = {
  action: 'block',
  kind: 'pinned',
  rule: { file: 'nsbypass.json', path: '$' },
  reason: 'It is refused.',
}

void t.test(
  'the host is the one that was known when the flow came, however long its program takes to be found',
  async (t) => {
    const hostMap = new HostMap()
    const learn = (host: string) =>
      hostMap.learn({ host, ips: [ADDRESS], ttl: 60, query: { name: host, type: 'A' }, now: 1 })
    learn('asked-for.example')
    let answer = (_owner: Owner): void => {}
    const owner = new Promise<Owner>((resolve) => {
      answer = resolve
    })
    const judged: string[] = []
    const story = packetStory([])
    const parts = {
      judge: ({ host }: { readonly host: string }) => {
        judged.push(host)
        return BLOCK
      },
      hostMap,
      log: { report() {} },
      history: { add() {} },
      now: () => 1,
      captures: { inner: story.slot, outer: story.slot, driverLog: { running: false }, now: story.now },
    } as unknown as SteerParts
    const flow = {
      door: 'namespace',
      socket: new PassThrough(),
      source: { ip: '192.0.2.77', port: 5000 },
      destination: { ip: ADDRESS, port: 443 },
      host: '',
      head: new Uint8Array(0),
      owner: () => owner,
      opened() {},
      failed() {},
    } satisfies CapturedFlow
    const steered = steer(flow, parts)
    // Another host at the same address, as behind a content network.
    learn('another.example')
    answer({ pid: 7, process: 'curl', executable: '' })
    await steered
    t.strictSame(judged, ['asked-for.example'])
  },
)
