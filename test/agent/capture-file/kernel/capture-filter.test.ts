/** The kernel's filter, as text, and as libpcap understands it. */

import { spawnSync } from 'node:child_process'
import t from 'tap'
import { captureFilter } from '../../../../agent/capture-file/kernel/capture-filter.js'

const EXCLUDED = [
  { ip: '127.0.0.1', port: 80 },
  { ip: '::1', port: 81 },
]

const cases = [
  ['everything of TCP and UDP', [], '(tcp or udp)'],
  [
    'but what is excluded',
    EXCLUDED,
    '(tcp or udp) and not (host 127.0.0.1 and port 80) and not (host ::1 and port 81)',
  ],
] as const

for (const [sentence, exclude, text] of cases)
  void t.test(sentence, async (t) => {
    const filter = captureFilter(exclude)
    t.equal(filter, text)
    const compiled = spawnSync('tcpdump', ['-d', '-y', 'RAW', filter], { encoding: 'utf8' })
    t.equal(compiled.status, 0, compiled.stderr)
  })
