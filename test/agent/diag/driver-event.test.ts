/** The lines of the driver log. */

import t from 'tap'
import { type DriverEvent, driverLine } from '../../../agent/diag/driver-event.js'

const TIME = Date.UTC(2026, 10, 23, 14, 42, 41, 123)
const source = { ip: '192.0.2.77', port: 4242 }

const LINES: readonly [event: DriverEvent, line: string][] = [
  [
    { type: 'accepted', flow: 7, door: 'namespace', source, destination: { ip: '1.2.3.4', port: 443 }, host: '' },
    '#7 accepted namespace 192.0.2.77:4242 -> 1.2.3.4:443',
  ],
  [
    { type: 'accepted', flow: 7, door: 'namespace', source, destination: { ip: '2001:db8::1', port: 443 }, host: '' },
    '#7 accepted namespace 192.0.2.77:4242 -> [2001:db8::1]:443',
  ],
  [
    { type: 'accepted', flow: 8, door: 'socks5', source, destination: { ip: '', port: 80 }, host: 'box.com' },
    '#8 accepted socks5 192.0.2.77:4242 -> box.com:80',
  ],
  [{ type: 'owner', flow: 7, process: 'curl', pid: 12 }, '#7 owner curl pid 12'],
  [{ type: 'owner', flow: 7, process: 'unknown' }, '#7 owner unknown'],
  [
    { type: 'decided', flow: 7, verdict: 'tunnel nsProxy', host: 'box.com', rule: 'nssteering.json $.traffic_mode' },
    '#7 decided tunnel nsProxy box.com by nssteering.json $.traffic_mode',
  ],
  [
    { type: 'decided', flow: 7, verdict: 'block udp', host: '', rule: 'built-in capture' },
    '#7 decided block udp - by built-in capture',
  ],
  [{ type: 'opened', flow: 7 }, '#7 opened'],
  [{ type: 'closed', flow: 7, sent: 10, received: 20 }, '#7 closed sent 10 received 20'],
  [{ type: 'closed', flow: 7, sent: 0, received: 0, failure: 'blocked' }, '#7 closed sent 0 received 0 blocked'],
  [{ type: 'owner', flow: 7, process: 'a\n2026 #8 opened\u007f' }, '#7 owner a?2026 #8 opened?'],
]

void t.test('one line an event', async (t) => {
  for (const [event, line] of LINES) t.equal(driverLine(event, TIME), `2026-11-23T14:42:41.123Z ${line}`)
})
