/** What `status`, `map` and `flows` print for people. */

import t from 'tap'
import type { CaptureReport } from '../../../agent/capture-file/capture-request.js'
import { NOT_ENROLLED } from '../../../agent/config/download/outcome.js'
import { flowsText } from '../../../scripts/commands/flows.js'
import { mapText } from '../../../scripts/commands/map.js'
import { type LabStatus, statusText } from '../../../scripts/commands/status.js'

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5)

const STATUS: LabStatus = {
  version: '0.1.0',
  pid: 7,
  startedAt: new Date(TIME).toISOString(),
  log: '/h/nsdebuglog.log',
  logLevel: 'info',
  profile: 'windows-r114',
  configuration: { directory: '/h/stagent', version: 2, since: new Date(TIME).toISOString(), refused: null },
  download: NOT_ENROLLED,
  cloud: { ldns: { ip: '127.0.0.1', port: 4002 }, addon: { ip: '127.0.0.1', port: 4001 }, routes: {} },
  tunnel: {
    state: 'connected',
    doing: '',
    transport: 'DTLS',
    gateway: 'gateway-ord1.goskope.com',
    ip: '163.116.133.35',
    port: 443,
    pop: 'US-ORD1',
    egressIp: '127.16.116.1',
    sessionId: 3,
    flows: 2,
    draining: 0,
    dtlsFailure: '',
    lastEnd: 'closed',
  },
  endpoint: { location: 'off-prem', why: 'detection is off', tunnel: 'up' },
  capture: { available: true, connections: 2, kind: 'user', holderPid: 9, ipv6: true },
  captures: [],
  driverLog: { file: '', running: false, lines: 0, lost: 0, failure: '' },
  proxy: {
    http: 'http://127.0.0.1:1',
    socks: 'socks5://127.0.0.1:2',
    pac: 'http://127.0.0.1:1/proxy.pac',
    dns: '127.0.0.1:3',
  },
  flows: { tunneled: 4, bypassed: 5, blocked: 6 },
  mappings: 8,
  lab: null,
  faults: [],
}

void t.test('the status of an agent that is well', async (t) => {
  t.equal(
    statusText(STATUS),
    `agent     steerlab 0.1.0, pid 7, since 2026-01-02T03:04:05.000Z
tunnel    connected over DTLS to gateway-ord1.goskope.com (163.116.133.35:443), POP US-ORD1, session 3, 2 flows
endpoint  off-prem (detection is off)
capture   namespace of process 9 (user), 2 connections
flows     4 tunnelled, 5 bypassed, 6 blocked
policy    version 2 of /h/stagent, since 2026-01-02T03:04:05.000Z
tenant    not enrolled, so the files are used as they are; add-on service at 127.0.0.1:4001
host map  8 mappings
proxy     http://127.0.0.1:1   socks5://127.0.0.1:2   PAC http://127.0.0.1:1/proxy.pac   DNS 127.0.0.1:3
lab       off: the real network
log       /h/nsdebuglog.log (windows-r114), level info
`,
  )
})

void t.test('the status of one that is not', async (t) => {
  const text = statusText({
    ...STATUS,
    tunnel: { ...STATUS.tunnel, state: 'connecting', doing: 'selecting a POP', lastEnd: 'connect ECONNREFUSED' },
    endpoint: { ...STATUS.endpoint, tunnel: 'portal' },
    capture: { available: false, reason: 'no namespaces here' },
    lab: { dns: { ip: '127.0.0.1', port: 1 }, ports: {}, addresses: [], caFile: '/h/lab/labca.pem' },
    faults: [
      { pop: 'US-ORD1', fault: { kind: 'rtt', ms: 300 }, until: null },
      { service: 'gslb', fault: { kind: 'time-out' }, until: null },
    ],
  })
  t.match(text, /^tunnel +connecting, selecting a POP; the last end: connect ECONNREFUSED$/m)
  t.match(text, /^endpoint +off-prem \(detection is off\); a captive portal is in the way, and its window is open$/m)
  t.match(text, /^faults +pop US-ORD1 rtt 300; gslb time-out$/m)
  t.match(text, /^capture +not available: no namespaces here$/m)
  t.match(text, /^lab +on, its authority is \/h\/lab\/labca\.pem$/m)
})

void t.test('what is recorded besides, as long as it is', async (t) => {
  const capture: CaptureReport = {
    kind: 'outer',
    running: true,
    file: '/h/o.pcap',
    startedAt: '',
    source: '',
    packets: 0,
    bytes: 0,
    dropped: 0,
    keys: false,
    failure: '',
  }
  const over = { ...capture, kind: 'inner', running: false, file: '/h/i.pcap' } as const
  const driverLog = { ...STATUS.driverLog, running: true, file: '/h/d.log' }
  const text = statusText({ ...STATUS, logLevel: 'debug', captures: [capture, over], driverLog })
  t.match(text, /level debug\nouter +captured to \/h\/o\.pcap\ndriver +logged to \/h\/d\.log\n$/)
})

void t.test('what the tunnel does', async (t) => {
  const off = { state: 'disconnected', doing: 'disabled by the user', lastEnd: 'disabled by the user' } as const
  const cases: readonly [tunnel: Partial<LabStatus['tunnel']>, line: RegExp][] = [
    [off, /^tunnel +disconnected, disabled by the user$/m],
    [{ state: 'connecting', doing: 'selecting a POP', lastEnd: '' }, /^tunnel +connecting, selecting a POP$/m],
    [{ draining: 2 }, /2 flows; 2 older sessions drain$/m],
    [{ draining: 1, doing: 'opening beside it' }, /2 flows; an older session drains; opening beside it$/m],
  ]
  for (const [tunnel, line] of cases) t.match(statusText({ ...STATUS, tunnel: { ...STATUS.tunnel, ...tunnel } }), line)
})

void t.test('mappings', async (t) => {
  const entry = {
    host: 'box.com',
    ip: '74.112.186.144',
    learntAt: TIME,
    query: { name: 'box.com', type: 'A' },
    ttlLeft: 299,
  }
  t.equal(
    mapText([entry]),
    `HOST     ADDRESS         LEARNT                    QUERY      TTL LEFT
box.com  74.112.186.144  2026-01-02T03:04:05.000Z  A box.com  299 s
`,
  )
  t.equal(mapText([]), 'HOST  ADDRESS  LEARNT  QUERY  TTL LEFT\n')
})

void t.test('flows', async (t) => {
  const facts = {
    transport: 'tcp',
    source: { ip: '192.0.2.77', port: 1 },
    destination: { ip: '74.112.186.144', port: 443 },
    host: 'box.com',
    process: 'curl',
    sniffed: 'no',
  } as const
  const rule = { file: 'nssteering.json', path: '$.traffic_mode' } as const
  const common = { time: TIME, door: 'namespace', sessionId: 1 } as const
  const steered = { ...common, facts, verdict: { action: 'tunnel', via: 'nsProxy', rule, reason: '' } } as const
  const unnamed = {
    ...common,
    facts: { ...facts, host: '', transport: 'udp' },
    verdict: { action: 'block', kind: 'udp', rule: { file: 'built-in', path: 'udp-443' }, reason: '' },
  } as const
  t.equal(
    flowsText([steered, unnamed]),
    `TIME                      PROCESS  HOST     DESTINATION             VERDICT         RULE
2026-01-02T03:04:05.000Z  curl     box.com  74.112.186.144 443/tcp  tunnel nsProxy  nssteering.json $.traffic_mode
2026-01-02T03:04:05.000Z  curl     -        74.112.186.144 443/udp  block udp       built-in udp-443
`,
  )
})
