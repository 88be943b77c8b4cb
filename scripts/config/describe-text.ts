// Pure: a described configuration for people to read.

import { printable } from '../logs/printable.js'
import type { ShownApp, ShownConfiguration, ShownHalf } from './describe.js'

const MODES: Readonly<Record<string, string>> = {
  web: 'web: ports 80 and 443 are steered',
  'cloud-apps': 'cloud-apps: only the domains listed are steered',
  all: 'all: every port is steered, other than web to the cloud firewall',
  none: 'none: nothing is steered',
}

/** The whole, a line for each fact. */
export function describedText(directory: string, shown: ShownConfiguration): string {
  const { user, organisation, gateway, steeringConfiguration, halves, switches, overlaps, lab } = shown
  const off = Object.entries(switches).filter(([, value]) => ['0', 'false', ''].includes(value))
  const on = Object.entries(switches).filter((one) => !off.some(([key]) => key === one[0]))
  const lines = [
    `Files          ${directory}`,
    `User           ${user}, ${organisation}`,
    `Gateway        ${gateway}`,
    `Configuration  ${steeringConfiguration || 'without a name'}`,
    ...halves.flatMap(halfLines),
    '',
    `Switched on    ${on.map(([key, value]) => (['1', 'true'].includes(value) ? key : `${key} = ${value}`)).join(', ')}`,
    `Switched off   ${off.map(([key]) => key).join(', ')}`,
    ...(overlaps === 0 ? [] : [`Overlaps       ${numberOf(overlaps, 'group')} of hosts that share addresses`]),
    ...(Object.keys(lab).length === 0 ? [] : [`Lab            ${JSON.stringify(lab)}`]),
  ]
  return lines.map((line) => `${printable(line)}\n`).join('')
}

function halfLines(half: ShownHalf): readonly string[] {
  const { location, mode, steeredDomains, webPorts, steersDns, bypassAt, exceptions, idle, pinned } = half
  const kinds = Object.entries(exceptions).filter(([, count]) => count > 0)
  return [
    '',
    `${{ anywhere: 'Anywhere', 'on-prem': 'On premises', 'off-prem': 'Off premises' }[location]}`,
    `  Mode         ${MODES[mode]}`,
    ...(mode === 'cloud-apps' ? [`  Steered      ${numberOf(steeredDomains, 'domain')}`] : []),
    ...(webPorts.length > 0 ? [`  Web ports    80, 443, ${webPorts.join(', ')}`] : []),
    ...(steersDns ? ['  DNS          is steered'] : []),
    `  Bypass       at the ${bypassAt}`,
    `  Exceptions   ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`,
    ...idle.map(({ list, why }) => `  Not asked    ${list}: ${why}`),
    `  Pinned apps  ${pinned.length === 0 ? 'none' : ''}`.trimEnd(),
    ...pinned.map((app) => `    ${appLine(app)}`),
  ]
}

function appLine({ app, processes, action, mode, hosts, os }: ShownApp): string {
  const way = action === 'block' ? action : `${action}, ${mode}`
  const where = hosts.includes('*') ? 'any host' : hosts.join(' ') || 'no host'
  return `${app}${os === undefined ? '' : ` (${os.join(', ')})`}: ${processes.join(', ')}: ${way}: ${where}`
}

function numberOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
