// Pure: a client's details as the real tools print them (client-behaviour 5.1): the nineteen lines of `nsdiag -f`, with
// their double colons, trailing points, odd spaces and capitals, and the fields of `show-config`.

import type { ClientDetails } from './client-details.js'

/** What `-n` says: the lab has no private access. The real client's word for that is not public. */
export const PRIVATE_ACCESS = 'Not Configured'

/** What `nsdiag -f` prints. The space before the second `::` and the lower-case false of the proxy are the real client's. */
export function detailsText(details: ClientDetails): string {
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['Orgname', details.orgName],
    ['Tenant URL ', details.tenantUrl],
    ['AddonHost', details.addonHost],
    ['AddonCheckerHost', details.addonCheckerHost],
    ['Gateway', details.gateway],
    ['Gateway IP', details.gatewayIp],
    ['Config', details.config],
    ['Steering Config', details.steeringConfig],
    ['Email', details.email],
    ['Peruser config', capitals(details.perUserConfig)],
    ['Tunnel status', details.tunnelStatus],
    ['Client status', details.enabled ? 'enable' : 'disable'],
    ['Dynamic Steering', capitals(details.dynamicSteering)],
    ['OnPremDetection', details.onPremDetection],
    ['Explicit Proxy', String(details.explicitProxy)],
    ['Tunnel Protocol', details.tunnelProtocol],
    ['SNI Enable', capitals(details.sniEnable)],
    ['Traffic Mode', details.trafficMode],
    ['Client version', details.clientVersion],
  ]
  return rows.map(([label, value]) => `${label}:: ${value}.\n`).join('')
}

/** What `show-config` prints: fields and order are public, the colon behind each is ours. */
export function configText(details: ClientDetails): string {
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['Gateway', details.gateway],
    ['Organization', details.orgName],
    ['Gateway IP', details.pop === '' ? details.gatewayIp : `${details.gatewayIp}, POP: ${details.pop}`],
    ['User Email', details.email],
    ['Client Configuration', details.config],
    ['Steering Configuration', details.steeringConfig],
    ['Device Classification', details.device],
    ['Tunnel Protocol', details.tunnelProtocol],
    ['Private Access', PRIVATE_ACCESS],
    ['Private Access Gateway IP', ''],
    ['On-Premises Check', details.onPremDetection === 'Off-Premises' ? 'Remote' : details.onPremDetection],
    ['Traffic Steering Type', details.trafficMode],
    ['Config Updated', updatedText(new Date(details.configUpdated))],
  ]
  return rows.map(([label, value]) => `${label}: ${value}`.trimEnd().concat('\n')).join('')
}

function capitals(value: boolean): string {
  return String(value).toUpperCase()
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** `10:27:26, 1st Dec, 2022`, in local time. */
function updatedText(time: Date): string {
  const day = time.getDate()
  return `${clock(time)}, ${day}${ordinal(day)} ${MONTHS[time.getMonth()]}, ${time.getFullYear()}`
}

/** `Thu Dec 1 21:01:20 2022`, in local time: as ctime(3) has it, but for its column of the day. */
export function accessTimeText(time: Date): string {
  const day = `${DAYS[time.getDay()]} ${MONTHS[time.getMonth()]} ${time.getDate()}`
  return `${day} ${clock(time)} ${time.getFullYear()}`
}

function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th'
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'
}
