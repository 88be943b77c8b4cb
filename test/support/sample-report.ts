/** A report with something in every part, as an analysis gives it. */

import { FLOW_VERDICTS, type FlowVerdict, type PopMoment, type Report } from '../../agent/log/report/report.js'

const SECOND = 1_000_000
const HOUR = 3600 * SECOND
const BEGIN = Date.UTC(2024, 4, 4, 7) * 1000

const PROGRAMS = ['google chrome helper', 'microsoft teams', 'zoom.us', 'slack helper', 'onedrive', 'spotify', 'curl']
const HOSTS = [
  'www.box.com',
  'st3.zoom.us',
  'teams.microsoft.com',
  'rtc.iot.kandji.io',
  'slashdot.org',
  '',
  'files.slack.com',
]

/** The verdicts by frequency. */
const COUNTS: Readonly<Record<FlowVerdict, number>> = {
  nsProxy: 4213,
  'app-fw': 388,
  tunneled: 0,
  'pinned-tunnel': 97,
  'exception-host': 1290,
  'exception-ip': 212,
  'firewall-ip': 6,
  'private-ip': 143,
  'pinned-direct': 311,
  'blocked-pinned': 58,
  'blocked-udp': 420,
}

/** A day's report; `own` takes the place of what is in it. */
export function sampleReport(own: Partial<Report> = {}): Report {
  const rows = FLOW_VERDICTS.flatMap((verdict, i) =>
    COUNTS[verdict] === 0
      ? []
      : PROGRAMS.map((process, k) => ({
          process: verdict === 'exception-ip' ? '' : process,
          host: HOSTS[(i + k) % HOSTS.length]!,
          verdict,
          count: Math.ceil(COUNTS[verdict] / (2 * k + 1) / 3),
          first: BEGIN + k * HOUR,
          last: BEGIN + 11 * HOUR + i * SECOND,
          destinations: [`192.0.2.${i + 1}:443`, `[2001:db8::${k + 1}]:443`].slice(0, 1 + (k % 2)),
        })),
  ).toSorted((a, b) => b.count - a.count)
  const total = Object.values(COUNTS).reduce((sum, count) => sum + count, 0)
  return {
    files: [
      { name: 'logs/nsdebuglog.1.log', lines: 71_220, bytes: 10_485_612 },
      { name: 'logs/nsdebuglog.log', lines: 12_004, bytes: 1_770_200 },
    ],
    lines: { total: 83_224, records: 83_180, continuation: 39, unrecognised: 102, unreadable: 5 },
    unreadable: {
      byReason: { 'no-stamp': 3, interleaved: 1, truncated: 1 },
      lines: [
        { file: 'logs/nsdebuglog.1.log', line: 812, reason: 'no-stamp', text: 'rest of a torn line' },
        { file: 'logs/nsdebuglog.log', line: 12_004, reason: 'truncated', text: '2024/05/04 18:5' },
      ],
    },
    unrecognised: [{ component: 'nsUtils', message: 'Parcel 3 sent', count: 102 }],
    time: { first: BEGIN + 12 * 60 * SECOND, last: BEGIN + 11.9 * HOUR },
    profile: 'macos-r126',
    client: {
      versions: ['126.0.9.2460'],
      systems: ['macOS 14.3.1'],
      hostnames: ['ID-PF4H9SYA'],
      users: ['ada@example.com'],
      addresses: ['192.168.1.146', '2001:db8::7'],
      writers: { stAgentNE: 83_000, stAgentSvc: 180 },
      mode: 'remote, traffic mode 3',
    },
    errors: [
      {
        level: 'error',
        component: 'nsssl',
        message: 'DTLS failed to connect to gateway-mia2.goskope.com:443, err: 10065',
        count: 12,
        first: BEGIN + 2 * HOUR,
        last: BEGIN + 5 * HOUR,
      },
      {
        level: 'warning',
        component: 'Config',
        message: 'config update failed, retry in 5 minutes',
        count: 3,
        first: BEGIN + 3 * HOUR,
        last: BEGIN + 4 * HOUR,
      },
    ],
    pop: {
      methods: { EDNS: 0, LDNS: 1, GSLB: 14 },
      failures: 12,
      connections: 9,
      switches: 4,
      gateways: [
        { gateway: 'gateway-ord2.goskope.com', ip: '163.116.249.35', pop: 'US-ORD2', connections: 6 },
        { gateway: 'gateway-mia2.goskope.com', ip: '163.116.250.35', pop: 'US-MIA2', connections: 3 },
      ],
      rtt: [
        { pop: 'US-ORD2', count: 14, least: 11, mean: 14.25, most: 29 },
        { pop: 'US-MIA2', count: 14, least: 34, mean: 41.5, most: 92 },
      ],
      timeline: moments(),
      omitted: 0,
    },
    flows: {
      total,
      byVerdict: COUNTS,
      rows,
      withoutHost: 377,
      omittedFlows: 0,
      hours: [3, 9, 31, 44, 52, 18, 40, 55, 47, 29, 12, 4].map((size, i) => ({
        hour: BEGIN + i * HOUR,
        tunneled: size * 14,
        bypassed: size * 6 - (i % 3) * 4,
        blocked: i % 4 === 1 ? size * 3 : size,
      })),
    },
    ...own,
  }
}

function moments(): readonly PopMoment[] {
  const ord = { gateway: 'gateway-ord2.goskope.com', ip: '163.116.249.35', transport: 'DTLS' } as const
  const mia = { gateway: 'gateway-mia2.goskope.com', ip: '163.116.250.35', transport: 'TLS' } as const
  const visits = [0.2, 1.9, 4.1, 4.11, 7.3, 9.9].flatMap((hour, i): PopMoment[] => {
    const time = BEGIN + hour * HOUR
    const place = i % 2 === 0 ? ord : mia
    return [
      { time, what: 'rtt', method: 'GSLB', pop: 'US-ORD2', rtt: 12 + i },
      { time: time + SECOND, what: 'connecting', ...place },
      ...(i === 2 ? [{ time: time + 2 * SECOND, what: 'connect-failed', ...place, detail: 'err 10065' } as const] : []),
      { time: time + 3 * SECOND, what: 'connected', ...place },
      { time: time + 1.4 * HOUR, what: i === 3 ? 'keep-alive-failed' : 'closed', ...place },
    ]
  })
  return visits.toSorted((a, b) => a.time - b.time)
}
