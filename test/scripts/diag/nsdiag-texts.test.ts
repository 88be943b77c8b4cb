/** What nsdiag says of captures, driver log and speed. */

import t from 'tap'
import type { CaptureReport } from '../../../agent/capture-file/capture-request.js'
import { capturesText, driverLogText, speedText } from '../../../scripts/diag/nsdiag-texts.js'

const CAPTURE: CaptureReport = {
  kind: 'inner',
  running: true,
  file: '/logs/nspktdump.pcap',
  startedAt: '2026-11-23T14:00:00.000Z',
  source: 'rebuilt',
  packets: 7,
  bytes: 900,
  dropped: 0,
  keys: false,
  failure: '',
}

void t.test('captures', async (t) => {
  t.equal(capturesText([]), '')
  t.equal(
    capturesText([CAPTURE, { ...CAPTURE, kind: 'outer', running: false }]),
    'The inner capture runs: /logs/nspktdump.pcap (rebuilt)\n' +
      'The outer capture is stopped: /logs/nspktdump.pcap, 7 packets, 900 bytes\n',
  )
  const ended = capturesText([{ ...CAPTURE, running: false, dropped: 2, failure: 'the disk is full' }])
  t.match(ended, '900 bytes, 2 dropped; it had ended by itself: the disk is full\n')
})

void t.test('driver log', async (t) => {
  const report = { file: '/logs/d.log', running: true, lines: 3, lost: 0, failure: '' }
  t.equal(driverLogText(report), 'The driver log runs: /logs/d.log\n')
  t.equal(driverLogText({ ...report, running: false }), 'The driver log is stopped: /logs/d.log, 3 lines\n')
  const ended = driverLogText({ ...report, running: false, lost: 4, failure: 'ENOSPC' })
  t.match(ended, ', 3 lines, 4 lost; it had ended by itself: ENOSPC\n')
})

void t.test('speed', async (t) => {
  const result = { bytes: 10 * 1024 * 1024, ms: 838.86 }
  t.equal(speedText({ direction: 'download' }, result), 'Download speed: 100.0 Mbit/s (10 MB in 0.839 seconds)\n')
  t.match(speedText({ direction: 'upload' }, result), /^Upload speed: /)
})
