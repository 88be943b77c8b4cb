/** Which pinned apps were refused, from flows. */

import t from 'tap'
import { blockedEvents, blockedText } from '../../../agent/diag/blocked-events.js'
import type { FlowRecord } from '../../../agent/flow-history.js'
import type { Verdict } from '../../../agent/steering/flow.js'

const RULE = { file: 'nsbypass.json', path: '$.certPinnedAppList[0]' } as const

function flow(time: number, verdict: Partial<Verdict>): FlowRecord {
  return { time, door: 'namespace', verdict: { rule: RULE, reason: '', ...verdict }, sessionId: 0 } as FlowRecord
}

const blocked = (time: number, app: string) => flow(time, { action: 'block', kind: 'pinned', app })

void t.test('each app once, with its last time, the last one at the end', async (t) => {
  const flows = [
    blocked(1, 'opera'),
    blocked(2, 'Box Drive'),
    flow(3, { action: 'bypass', kind: 'pinned' }),
    flow(4, { action: 'block', kind: 'udp' }),
    flow(5, { action: 'tunnel', via: 'nsProxy' }),
    blocked(6, 'opera'),
  ]
  t.strictSame(blockedEvents(flows), [
    { app: 'Box Drive', time: 2 },
    { app: 'opera', time: 6 },
  ])
  t.strictSame(blockedEvents([]), [])
})

void t.test('the documented line', async (t) => {
  const time = new Date(2022, 11, 1, 21, 1, 20).getTime()
  const line = 'App Name: [opera], Last Access Time: Thu Dec 1 21:01:20 2022\n'
  t.equal(blockedText([{ app: 'opera', time }]), line)
  t.equal(blockedText([{ app: '[opera]', time }]), line, "a custom app's name has brackets already")
  t.equal(blockedText([]), '')
})
