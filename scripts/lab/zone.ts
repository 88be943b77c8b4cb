// Pure: the names of the lab's internet and what they resolve to. Well-known SaaS names with addresses from their owners'
// real ranges, so that logs and screens read like real ones; nothing here ever leaves loopback. Under `lab.example`: hosts
// for one odd case each. Names not listed do not exist.

import { addressesOf, nameOf, ODD_HOSTS } from './odd-origins/hosts.js'

/** One resource record; names lower case without trailing dot, `ttl` in seconds. */
export type ZoneRecord = { readonly name: string; readonly ttl: number } & RecordData

/** The part of a record that depends on its type. */
export type RecordData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME'; readonly target: string }
  | { readonly type: 'TXT'; readonly text: string }
  | { readonly type: 'HTTPS'; readonly alpn: readonly string[] }

/** Like the short lives that large sites give their addresses. */
const TTL_S = 300

/** `refused.lab.example`: an address that answers on no port. */
export const REFUSING_ADDRESSES: readonly string[] = ['203.0.113.5', '2001:db8:1ab::5']

/** `unreachable.lab.example`: an address to which there is no way; it is not among `ZONE_ADDRESSES`. */
export const UNREACHABLE_ADDRESS = '203.0.113.7'

type Row = readonly [name: string, ...addresses: string[]]

// name, then its addresses.
const HOSTS: readonly Row[] = [
  ['box.com', '74.112.186.144', '2620:117:bff0:13::90'],
  ['www.box.com', '74.112.186.144', '2620:117:bff0:13::90'],
  ['app.box.com', '74.112.186.157', '2620:117:bff0:13::9d'],
  ['api.box.com', '74.112.186.164'],
  ['upload.box.com', '74.112.186.151'],
  ['zoom.us', '170.114.52.2', '2407:30c0:180::aa72:3402'],
  ['www.zoom.us', '170.114.52.2', '2407:30c0:180::aa72:3402'],
  ['us04web.zoom.us', '170.114.45.6', '2407:30c0:181::aa72:2d06'],
  ['st3.zoom.us', '52.84.151.63', '2600:9000:21ec:7a00:13:f4c9:9f40:93a1'],
  ['github.com', '140.82.121.4'],
  ['api.github.com', '140.82.121.6'],
  ['slack.com', '52.29.238.212'],
  ['app.slack.com', '52.29.238.213'],
  ['dropbox.com', '162.125.248.18', '2620:100:6040:18::a27d:f812'],
  ['www-env.dropbox-dns.com', '162.125.66.18', '2620:100:6022:18::a27d:4212'],
  ['client.dropbox-dns.com', '162.125.66.13', '2620:100:6022:13::a27d:420d'],
  ['api.dropboxapi.com', '162.125.66.19', '2620:100:6022:19::a27d:4213'],
  ['drive.amazon.com', '52.94.228.178'],
  ['drive.amazonaws.com', '52.94.229.12'],
  ['ak.privatelink.msidentity.com', '20.190.159.71', '2603:1027:1:28::4', '2603:1027:1:28::9'],
  ['ooc-g2.tm-4.office.com', '52.98.207.210', '52.98.178.242', '2603:1026:c0d:1c::2'],
  ['teams.microsoft.com', '52.113.194.132', '2620:1ec:42::132'],
  ['www.microsoft.com', '23.35.229.160', '2a02:26f0:3100:1a1::356e'],
  ['onedrive.live.com', '13.107.43.13', '2620:1ec:8fa::13'],
  ['spo-0004.spo-msedge.net', '13.107.136.10', '2620:1ec:8f8::10'],
  ['google.com', '142.250.185.78', '2a00:1450:4001:810::200e'],
  ['www.google.com', '142.250.185.68', '2a00:1450:4001:80f::2004'],
  ['drive.google.com', '142.250.186.46', '2a00:1450:4001:827::200e'],
  ['mail.google.com', '142.250.185.101', '2a00:1450:4001:811::2005'],
  ['meet.google.com', '142.250.185.110', '2a00:1450:4001:812::200e'],
  ['ipv6.google.com', '2a00:1450:4001:829::200e'],
  ['optimizationguide-pa.googleapis.com', '142.250.186.106', '2a00:1450:4001:82a::200a'],
  ['clientservices.googleapis.com', '142.250.185.99', '2a00:1450:4001:82b::2003'],
  ['udc.yahoo.com', '98.136.103.27', '2001:4998:124:1507::f000'],
  ['salesforce.com', '104.109.10.129', '2a02:26f0:fe::684d:a81'],
  ['login.salesforce.com', '85.222.152.9'],
  ['www.servicenow.com', '149.96.5.120'],
  ['servicenow.com', '149.96.5.121'],
  ['www.workday.com', '209.177.165.6'],
  ['wd5.myworkday.com', '209.177.165.16'],
  ['acme.okta.com', '76.223.78.96'],
  ['global.webex.com', '170.72.17.5'],
  ['www.icloud.com', '17.248.209.66', '2a01:b740:a41:600::6'],
  ['gateway.icloud.com', '17.248.209.71', '2a01:b740:a41:600::b'],
  ['www.atlassian.com', '185.166.143.48', '2406:da00:ff00::22c5:1e30'],
  ['www.figma.com', '18.66.27.44', '2600:9000:266e:3400:1e:5f5f:8ac0:93a1'],
  ['www.notion.so', '104.18.39.102', '2606:4700:4400::6812:2766'],
  ['chatgpt.com', '172.64.155.209', '2606:4700:4400::ac40:9bd1'],
  ['dyna.wikimedia.org', '185.15.59.224', '2a02:ec80:300:ed1a::1'],
  ['example.com', '93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  ['www.example.com', '93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  ['notskope.com', '163.116.128.80'],
  ['packages.lab.example', '203.0.113.8', '2001:db8:1ab::8'],
  ['v4only.lab.example', '203.0.113.4'],
  ['v6only.lab.example', '2001:db8:1ab::6'],
  ['refused.lab.example', ...REFUSING_ADDRESSES],
  ['unreachable.lab.example', UNREACHABLE_ADDRESS],
  ...ODD_HOSTS.map((host): Row => [nameOf(host), ...addressesOf(host)]),
  // Over 512 bytes: must be asked again over TCP.
  ['many.lab.example', ...Array.from({ length: 40 }, (_, n) => `203.0.113.${100 + n}`)],
]

const ALIASES: readonly (readonly [name: string, target: string])[] = [
  ['www.dropbox.com', 'www-env.dropbox-dns.com'],
  ['client.dropbox.com', 'client.dropbox-dns.com'],
  ['login.microsoftonline.com', 'login.mso.msidentity.com'],
  ['login.mso.msidentity.com', 'ak.privatelink.msidentity.com'],
  ['outlook.office365.com', 'outlook.ha.office365.com'],
  ['outlook.ha.office365.com', 'ooc-g2.tm-4.office.com'],
  ['acme.sharepoint.com', 'spo-0004.spo-msedge.net'],
  ['www.wikipedia.org', 'dyna.wikimedia.org'],
  ['en.wikipedia.org', 'dyna.wikimedia.org'],
  ['alias.lab.example', 'v4only.lab.example'],
]

const TEXTS: readonly (readonly [name: string, ...texts: string[]])[] = [
  ['box.com', 'v=spf1 include:_spf.box.com ~all'],
  ['github.com', 'v=spf1 ip4:192.30.252.0/22 include:_netblocks.google.com ~all', 'docusign=087098e3-3d46-47b7-9b4e'],
  ['google.com', 'v=spf1 include:_spf.google.com ~all'],
  ['many.lab.example', ...Array.from({ length: 8 }, (_, n) => `${n} ${'long '.repeat(40)}`)],
]

/** Names with an HTTPS record (RFC 9460): a browser that asks for it may go straight to HTTPS and HTTP/2. */
const HTTPS_NAMES = ['www.google.com', 'drive.google.com', 'dyna.wikimedia.org']

/** Every record of the zone. */
export const ZONE: readonly ZoneRecord[] = [
  ...HOSTS.flatMap(([name, ...addresses]) =>
    addresses.map((address) => record(name, { type: address.includes(':') ? 'AAAA' : 'A', address })),
  ),
  ...ALIASES.map(([name, target]) => record(name, { type: 'CNAME', target })),
  ...TEXTS.flatMap(([name, ...texts]) => texts.map((text) => record(name, { type: 'TXT', text }))),
  ...HTTPS_NAMES.map((name) => record(name, { type: 'HTTPS', alpn: ['h2', 'http/1.1'] })),
]

/** Every address at which the lab answers, or refuses. */
export const ZONE_ADDRESSES: readonly string[] = [
  ...new Set(ZONE.flatMap((entry) => ('address' in entry ? [entry.address] : []))),
].filter((address) => address !== UNREACHABLE_ADDRESS)

function record(name: string, data: RecordData): ZoneRecord {
  return { name, ttl: TTL_S, ...data }
}
