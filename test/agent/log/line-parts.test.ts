import fc from 'fast-check'
import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import { LineCopier, lineParts, utf8 } from '../../../agent/log/line-parts.js'
import { PROFILES } from '../../../agent/log/profiles.js'
import { formatRecord } from '../../../agent/log/record.js'
import { renderIn } from '../../support/render-in.js'

const EVENTS: readonly LogEvent[] = [
  {
    type: 'flow-tunneled',
    transport: 'DTLS',
    sessionId: 1,
    source: { ip: '10.0.2.140', port: 60894 },
    process: 'münchen.exe',
    host: 'udc.yahoo.com',
    destination: { ip: '98.136.103.27', port: 443 },
    via: 'nsProxy',
  },
  {
    type: 'block-udp',
    process: 'chrome.exe',
    source: { ip: '2001:db8::1', port: 5 },
    destination: { ip: '1.2.3.4', port: 443 },
  },
  { type: 'bypass-pinned', process: 'a', host: '' },
]

void t.test('a line put together from its parts is the line of its record', async (t) => {
  const into = new Uint8Array(4096)
  fc.assert(
    fc.property(
      fc.constantFrom(...EVENTS),
      fc.constantFrom(...Object.values(PROFILES)),
      // 1970 to 2099
      fc.integer({ min: 0, max: 4_102_444_799_999_999 }),
      fc.nat(0xffff),
      (event, profile, time, port) => {
        const sent = 'source' in event ? { ...event, source: { ...event.source, port } } : event
        const parts = lineParts(profile, event)!
        const copier = new LineCopier(into, profile.style.precision)
        copier.stamp(time)
        copier.bytes(utf8('stAgentSvc p4 tc'))
        copier.bytes(parts.head)
        if (parts.tail !== undefined && 'source' in event) {
          copier.bytes(utf8(`${event.source.ip}:`))
          copier.port(port)
          copier.bytes(parts.tail)
        }
        const record = { time, process: 'stAgentSvc', pid: 4, tid: 12, ...renderIn(profile, sent)! }
        const line = Buffer.from(into.subarray(0, copier.at)).toString()
        if (line !== formatRecord(record, profile.style)) t.equal(line, formatRecord(record, profile.style))
        return true
      },
    ),
    { numRuns: 5000 },
  )
  t.equal(lineParts(PROFILES['windows-2019'], { type: 'gslb-begin', client: 'NSClient' }), undefined)
})
