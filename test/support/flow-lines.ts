/** Lines of the flow and tunnel templates of the format's reference (2.2 to 2.7), and what a reader must find in them. */

/** What a line says of its flow or tunnel, by neutral names; left out = not in the line. */
export interface SaidByLine {
  readonly words: string
  readonly transport?: string
  readonly session?: number
  readonly process?: string
  readonly host?: string
  readonly source_ip?: string
  readonly source_port?: number
  readonly dest_ip?: string
  readonly dest_port?: number
  readonly via?: string
  readonly gateway?: string
  readonly gateway_ip?: string
  readonly gateway_port?: number
  readonly pop?: string
  readonly method?: string
  readonly context?: string
  readonly err?: number
  readonly rtt?: number
}

/** A line in a reader's test. */
export interface LineCase {
  readonly sentence: string
  /** Component and message. */
  readonly text: string
  readonly says: SaidByLine
}

/** What stands before component and message in the cases. */
export const CASE_PREFIX = '2026/01/15 16:17:14.932647 stAgentNE p18280 t31163 info bypassAppMgr.cpp:1634'

/** Flows: tunnelled, bypassed, blocked. */
export const FLOW_CASES: readonly LineCase[] = [
  {
    sentence: 'web, tunnelled',
    text: 'nsTunnel DTLS [sessId 1] Tunneling flow from addr: 192.168.1.146:53405, process: kandji-daemon to host: rtc.iot.kandji.io, addr: 54.185.70.68:443 to nsProxy',
    says: {
      words: 'Tunneling flow',
      transport: 'DTLS',
      session: 1,
      source_ip: '192.168.1.146',
      source_port: 53405,
      process: 'kandji-daemon',
      host: 'rtc.iot.kandji.io',
      dest_ip: '54.185.70.68',
      dest_port: 443,
      via: 'nsProxy',
    },
  },
  {
    sentence: 'not web, tunnelled, IPv6, a process with spaces, no host known',
    text: 'nsTunnel TLS [sessId 12] Tunneling flow from addr: 2001:db8::9da5:59136, process: google chrome helper to host: , addr: 2001:db8:1::188:5228 to app-fw',
    says: {
      words: 'Tunneling flow',
      transport: 'TLS',
      session: 12,
      source_ip: '2001:db8::9da5',
      source_port: 59136,
      process: 'google chrome helper',
      host: '',
      dest_ip: '2001:db8:1::188',
      dest_port: 5228,
      via: 'app-fw',
    },
  },
  {
    sentence: 'tunnelled, no process and no session',
    text: 'nsTunnel TLS Tunneling flow from addr: 192.0.2.1:49715 to host: app.example, addr: 198.51.100.234:443 to nsProxy',
    says: {
      words: 'Tunneling flow',
      transport: 'TLS',
      source_ip: '192.0.2.1',
      source_port: 49715,
      host: 'app.example',
      dest_ip: '198.51.100.234',
      dest_port: 443,
      via: 'nsProxy',
    },
  },
  {
    sentence: 'exception host, the long form',
    text: 'BypassAppMgr bypassing flow to exception host: st3.zoom.us, process: google chrome helper, Dest IP: 52.84.151.63, Dest Port: 443',
    says: {
      words: 'bypassing flow to exception host',
      host: 'st3.zoom.us',
      process: 'google chrome helper',
      dest_ip: '52.84.151.63',
      dest_port: 443,
    },
  },
  {
    sentence: 'exception host, the form of 2018',
    text: 'BypassAppMgr bypassing flow to exception host: zoom.us, process: zoom.us',
    says: { words: 'bypassing flow to exception host', host: 'zoom.us', process: 'zoom.us' },
  },
  {
    sentence: 'private address',
    text: 'BypassAppMgr Bypassing flow from process: spotify to private ip: 192.168.1.123, Port: 1400, host: 192.168.1.123',
    says: {
      words: 'Bypassing flow',
      process: 'spotify',
      dest_ip: '192.168.1.123',
      dest_port: 1400,
      host: '192.168.1.123',
    },
  },
  {
    sentence: 'pinned, bypassed',
    text: 'BypassAppMgr Bypassing connection from process: google drive, host: www.googleapis.com',
    says: { words: 'Bypassing connection', process: 'google drive', host: 'www.googleapis.com' },
  },
  {
    sentence: 'pinned, tunnelled',
    text: 'BypassAppMgr Bypassing connection by tunneling from process: msedgewebview2.exe, host: ok12static.oktacdn.com',
    says: { words: 'Bypassing connection by tunneling', process: 'msedgewebview2.exe', host: 'ok12static.oktacdn.com' },
  },
  {
    sentence: 'pinned, dropped',
    text: 'BypassAppMgr Dropping connection from process: a, b.exe, host: x.example',
    says: { words: 'Dropping connection', process: 'a, b.exe', host: 'x.example' },
  },
  {
    sentence: 'pinned, bypassed, no process known',
    text: 'BypassAppMgr Bypassing connection from process: , host: x.example',
    says: { words: 'Bypassing connection', process: '', host: 'x.example' },
  },
  {
    sentence: 'UDP, blocked',
    text: 'BypassAppMgr Blocking UDP connection from process: chrome.exe, dest IP:198.51.100.7:443, src IP 192.0.2.9:61000',
    says: {
      words: 'Blocking UDP connection',
      process: 'chrome.exe',
      dest_ip: '198.51.100.7',
      dest_port: 443,
      source_ip: '192.0.2.9',
      source_port: 61000,
    },
  },
  {
    sentence: 'exception address',
    text: 'ExceptiontMgr IP 10.2.100.207 is found in IP address range Exception List',
    says: { words: 'found in IP address range Exception List', dest_ip: '10.2.100.207' },
  },
  {
    sentence: 'firewall exception',
    text: 'ExceptiontMgr IP address : 10.2.100.207 is in firewall exceptions',
    says: { words: 'in firewall exceptions', dest_ip: '10.2.100.207' },
  },
]
