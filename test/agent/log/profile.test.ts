import fc from 'fast-check'
import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import type { ProfileName } from '../../../agent/log/message-form.js'
import { makeProfile } from '../../../agent/log/profile.js'
import { PROFILES } from '../../../agent/log/profiles.js'
import { formatRecord, parseRecord } from '../../../agent/log/record.js'
import { FRAGMENTS, GOLDEN_LINES } from '../../support/log-lines.js'
import { type Rendered, renderIn } from '../../support/render-in.js'

const GATEWAY = 'gateway-.goskope.com'

/** The events that golden lines tell, by the number of the line in the golden file. */
const TOLD: readonly [line: number, profile: ProfileName, event: LogEvent][] = [
  [1, 'windows-2019', { type: 'tunnel-connecting', transport: 'TLS', gateway: GATEWAY, port: 443 }],
  [4, 'windows-2019', { type: 'gateway-resolved', transport: 'TLS', gateway: GATEWAY, ip: '8.36.116.35', port: 443 }],
  [5, 'windows-2019', { type: 'tunnel-connected', transport: 'TLS', gateway: GATEWAY, ip: '8.36.116.35', port: 443 }],
  [10, 'windows-2019', { type: 'gateway-resolved', transport: 'DTLS', gateway: GATEWAY, ip: '8.36.116.35', port: 443 }],
  [
    11,
    'windows-2019',
    {
      type: 'flow-tunneled',
      transport: 'TLS',
      sessionId: 1,
      source: { ip: '10.173.13.40', port: 53256 },
      process: 'chrome.exe',
      host: 'www.box.com',
      destination: { ip: '107.152.27.197', port: 443 },
      via: 'nsProxy',
    },
  ],
  [
    12,
    'macos-2018',
    { type: 'bypass-exception-host', host: 'zoom.us', process: 'zoom.us', ip: '52.84.151.63', port: 443 },
  ],
  [22, 'windows-r114', { type: 'client-location', location: 'remote', trafficMode: 3, dnsMode: 1 }],
  [24, 'windows-r114', { type: 'client-location', location: 'N/A', trafficMode: 1, dnsMode: 1 }],
  [28, 'windows-r114', { type: 'client-location', location: 'on-prem', trafficMode: 3, dnsMode: 1 }],
  [30, 'windows-r114', { type: 'drop-pinned', process: 'chrome.exe', host: 'clientservices.googleapis.com' }],
  [33, 'windows-r114', { type: 'bypass-pinned', process: 'chrome.exe', host: 'optimizationguide-pa.googleapis.com' }],
  [36, 'windows-r114', { type: 'tunnel-disconnecting', transport: 'DTLS', context: 'NSTUNNEL_DISCONNECTED_BYUSER' }],
  [
    37,
    'windows-r114',
    {
      type: 'tunnel-connected',
      transport: 'DTLS',
      gateway: 'gateway-ord2.goskope.com',
      ip: '163.116.249.35',
      port: 443,
    },
  ],
]

/** What an event says in a profile that has it. */
function said(event: LogEvent, profile: ProfileName): Rendered {
  const rendered = renderIn(PROFILES[profile], event)
  if (rendered === undefined) throw new Error(`${profile} has no ${event.type}`)
  return rendered
}

void t.test('an event with a golden line is written as that line, to the letter', async (t) => {
  for (const [number, profileName, event] of TOLD) {
    const line = GOLDEN_LINES[number - 1] ?? ''
    const golden = parseRecord(line)
    if ('reason' in golden) throw new Error(golden.reason)
    const profile = PROFILES[profileName]
    t.match(golden.style, { ...profile.style, eol: '' }, `line ${number} is in the profile's style`)
    t.equal(golden.record.process, profile.process)
    t.equal(formatRecord({ ...golden.record, ...said(event, profileName) }, golden.style), line, line)
  }
})

const chrome = { process: 'google chrome helper' }
const laptop = { ip: '192.168.1.161', port: 53350 }

/** The events that fragments tell: a component and a message, or a message alone. */
const FRAGMENTED: readonly [fragment: string, event: LogEvent][] = [
  [
    'Config setting STA user agent: Windows NT 11.0 x64;Netskope ST Agent 111.0.0.1880;ID-PF4H9SYA',
    { type: 'user-agent', os: 'Windows NT 11.0 x64', version: '111.0.0.1880', hostname: 'ID-PF4H9SYA' },
  ],
  [
    'BypassAppMgr bypassing flow to exception host: st3.zoom.us, process: google chrome helper, Dest IP: 52.84.151.63, Dest Port: 443',
    { type: 'bypass-exception-host', host: 'st3.zoom.us', ...chrome, ip: '52.84.151.63', port: 443 },
  ],
  [
    'BypassAppMgr Bypassing flow from process: spotify to private ip: 192.168.1.123, Port: 1400, host: 192.168.1.123',
    {
      type: 'bypass-private-ip',
      process: 'spotify',
      ip: '192.168.1.123',
      port: 1400,
      host: '192.168.1.123',
    },
  ],
  [
    'ExceptiontMgr IP 10.2.100.207 is found in IP address range Exception List',
    { type: 'bypass-exception-ip', ip: '10.2.100.207' },
  ],
  [
    'BypassAppMgr Bypassing connection from process: google drive, host: www.googleapis.com',
    { type: 'bypass-pinned', process: 'google drive', host: 'www.googleapis.com' },
  ],
  [
    'nsssl DTLS failed to connect to gateway-mia2.goskope.com:443, err: 10065',
    {
      type: 'tunnel-connect-failed',
      transport: 'DTLS',
      gateway: 'gateway-mia2.goskope.com',
      port: 443,
      error: 10065,
    },
  ],
  [
    'Tunneling flow from addr: 192.168.1.146:53405, process: kandji-daemon to host: rtc.iot.kandji.io, addr: 54.185.70.68:443 to nsProxy',
    {
      type: 'flow-tunneled',
      transport: 'DTLS',
      sessionId: 1,
      source: { ip: '192.168.1.146', port: 53405 },
      process: 'kandji-daemon',
      host: 'rtc.iot.kandji.io',
      destination: { ip: '54.185.70.68', port: 443 },
      via: 'nsProxy',
    },
  ],
  [
    'Tunneling flow from addr: 192.168.1.161:53350, process: google chrome helper to host: 142.251.176.188, addr: 142.251.176.188:5228 to app-fw',
    {
      type: 'flow-tunneled',
      transport: 'DTLS',
      sessionId: 1,
      source: laptop,
      ...chrome,
      host: '142.251.176.188',
      destination: { ip: '142.251.176.188', port: 5228 },
      via: 'app-fw',
    },
  ],
  ['10:20:47 tunnel.cpp:447 TLS received nsssl_closed, tunnel destroyed', { type: 'tunnel-closed', transport: 'TLS' }],
]

void t.test('an event with a fragment is written as that fragment', async (t) => {
  for (const [fragment, event] of FRAGMENTED) {
    t.ok(FRAGMENTS.includes(fragment), 'the fragment is a real one')
    const { component, message } = said(event, 'linux-r140')
    const line = `${component} ${message}`
    t.ok(line.endsWith(fragment) || fragment.endsWith(message), fragment)
  }
})

const TUNNELED: LogEvent = {
  type: 'flow-tunneled',
  transport: 'DTLS',
  sessionId: 1,
  source: { ip: '10.0.2.140', port: 60894 },
  process: 'chrome.exe',
  host: 'udc.yahoo.com',
  destination: { ip: '98.136.103.27', port: 443 },
  via: 'nsProxy',
}

void t.test('a tunnelled flow ends in the service, as the line that a source cut behind " to" goes on', async (t) => {
  const { file, line, component, message } = said(TUNNELED, 'windows-r114')
  const written = `${file}:${line} ${component} ${message}`
  const cut = FRAGMENTS[0]?.slice('2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info '.length) ?? ''
  t.equal(written, `${cut} nsProxy`)
})

void t.test('other forms of the same messages', async (t) => {
  const message = (event: LogEvent, profile: ProfileName) => said(event, profile).message
  t.equal(
    message({ ...TUNNELED, host: '' }, 'windows-r114'),
    'DTLS [sessId 1] Tunneling flow from addr: 10.0.2.140:60894, process: chrome.exe to host: , addr: 98.136.103.27:443 to nsProxy',
    'an unknown host is left empty',
  )
  t.equal(
    message(
      { ...TUNNELED, source: { ip: '2001:db8::7', port: 1 }, destination: { ip: '2001:db8::8', port: 443 } },
      'macos-r126',
    ),
    'DTLS [sessId 1] Tunneling flow from addr: 2001:db8::7:1, process: chrome.exe to host: udc.yahoo.com, addr: 2001:db8::8:443 to nsProxy',
    'IPv6 has no brackets',
  )
  t.equal(
    message(
      { type: 'block-udp', process: 'chrome.exe', source: laptop, destination: { ip: '1.2.3.4', port: 443 } },
      'linux-r140',
    ),
    'Blocking UDP connection from process: chrome.exe, dest IP:1.2.3.4:443, src IP 192.168.1.161:53350',
    'the odd punctuation of a blocked UDP flow',
  )
  t.equal(
    message(
      { type: 'tunnel-established', transport: 'TLS', gateway: 'gateway-lab.goskope.com', pop: 'US-STL1' },
      'linux-r140',
    ),
    'TLS Tunnel established to gateway: gateway-lab.goskope.com, pop: US-STL1',
    'the tunnel and its POP',
  )
})

void t.test('no value breaks its line', async (t) => {
  const { message } = said(
    { type: 'bypass-pinned', process: 'a\r\nb\u0000c\u0085d\u2028e\tf\u001b[0m', host: 'é.com' },
    'windows-r114',
  )
  t.equal(message, 'Bypassing connection from process: a??b?c?d?e?f?[0m, host: é.com')
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(text, text, fc.constantFrom(...Object.values(PROFILES)), (process, host, profile) => {
      const rendered = renderIn(profile, { ...TUNNELED, process, host })
      if (rendered === undefined) return false
      const line = formatRecord({ time: 0, process: 'stAgentSvc', pid: 4, tid: 8, ...rendered }, profile.style)
      return [...line].filter(breaksLines).join('') === profile.style.eol && 'record' in parseRecord(line)
    }),
    { numRuns: 10_000 },
  )
})

/** Control characters, and Unicode's own line separators. */
function breaksLines(char: string): boolean {
  const code = char.charCodeAt(0)
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029
}

void t.test('which messages a build has', async (t) => {
  const has = (profile: ProfileName, ...types: LogEvent['type'][]) =>
    types.map((type) => PROFILES[profile].messages.has(type))
  t.strictSame(has('windows-2019', 'gateway-found-edns', 'gslb-begin'), [true, false], 'EDNS before GSLB')
  t.strictSame(has('windows-r114', 'gateway-found-edns', 'gslb-begin'), [true, true], 'GSLB from 96.1 on, then EDNS')
  t.strictSame(has('linux-r140', 'tray-shown', 'windows-edition'), [true, false], 'a platform has its own')
  t.equal(renderIn(PROFILES['windows-2019'], { type: 'gslb-begin', client: 'NSClient' }), undefined)
  t.match(said(TUNNELED, 'windows-2021').message, /addr: 98\.136\.103\.27:443$/, 'no nsProxy in 2021')
})

void t.test("a profile's own places go before the catalogue's", async (t) => {
  const { name: _, messages: __, ...traits } = PROFILES['windows-r114']
  const own = makeProfile({
    ...traits,
    name: 'mine',
    places: { 'flow-tunneled': { file: 'flow.cpp', line: 7, component: 'flows', level: 'debug' } },
  })
  t.match(renderIn(own, TUNNELED), { file: 'flow.cpp', line: 7, component: 'flows', level: 'debug' })
  t.match(renderIn(own, { type: 'tunnel-up' }), { file: 'tunnelMgr.cpp', line: 968, level: 'info' })
})
