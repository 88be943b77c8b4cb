/** What a request for a capture comes to, and what is refused with which words. */

import t from 'tap'
import { planCapture } from '../../../agent/capture-file/capture-plan.js'
import type { CaptureKind, CaptureRequest } from '../../../agent/capture-file/capture-request.js'

void t.test('what is left out is as documented', async (t) => {
  t.match(planCapture('inner', {}), { file: 'nspktdump.pcap', snapLength: 262_144, format: 'pcapng', keys: false })
  t.match(planCapture('outer', {}), { file: 'nsouterpkt.pcap', maxBytes: 10_000_000, files: 2 })
  t.match(planCapture('inner', { snapLength: 60, keys: true, file: 'a b.pcapng' }), {
    file: 'a b.pcapng',
    snapLength: 60,
    keys: true,
  })
})

const REFUSED: readonly [what: string, kind: CaptureKind, request: CaptureRequest, says: RegExp][] = [
  [
    "a log's name",
    'inner',
    { file: 'nsdebuglog.log' },
    /ends in \.pcap, \.pcapng or \.cap, and not as "nsdebuglog\.log"/,
  ],
  ['nothing but an extension', 'inner', { file: '.pcap' }, /ends in \.pcap/],
  ['no name', 'outer', { file: '' }, /ends in \.pcap/],
  ['keys outside', 'outer', { keys: true }, /an outer capture has none/],
  ['keys in classic pcap', 'inner', { keys: true, format: 'pcap' }, /take pcapng/],
  ['an inner one of the kernel', 'inner', { from: 'kernel' }, /comes from the doors/],
]

void t.test('what cannot be is refused in a sentence', async (t) => {
  for (const [what, kind, request, says] of REFUSED) t.match(planCapture(kind, request), says, what)
  t.type(planCapture('inner', { file: 'A.PCAP' }), 'object', 'in whatever case')
  t.type(planCapture('outer', { from: 'kernel', files: 1 }), 'object', 'an outer one may be of the kernel')
})
