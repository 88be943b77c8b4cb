/** The report for a terminal: the founding document's questions in order, each as a few lines or a table. */

import { styleText } from 'node:util'
import type { FlowRow, PopMoment, Report } from '../../agent/log/report/report.js'
import { FLOW_GROUPS, GROUP_OF } from '../../agent/log/report/verdict-groups.js'
import { table } from '../commands/common.js'
import { printable } from './printable.js'
import { wallClock } from './wall-clock.js'

/** How to show it. */
export interface ReportTextOptions {
  /** Most rows of a table, at least 1. */
  readonly top: number
  readonly colour: boolean
}

/** Longest message in a table, characters. */
const MAX_MESSAGE = 120

/** Most values of a list on one line. */
const MAX_LISTED = 5

/** The report as text. */
export function reportText(report: Report, options: ReportTextOptions): string {
  const { top, colour } = options
  const sections: [title: string, body: string][] = [
    ['Log', facts(logFacts(report))],
    ['Client', facts(clientFacts(report))],
    ['Service errors', errorsText(report, top)],
    ['POP selection', popText(report, top)],
    ['Steered or not', flowsText(report, top)],
    ['Messages that are not in the catalogue', unrecognisedText(report, top)],
    ['Unreadable lines', unreadableText(report, top)],
  ]
  return sections
    .filter(([, body]) => body !== '')
    .map(([title, body]) => `${colour ? styleText('bold', title, { validateStream: false }) : title}\n${body}`)
    .join('\n')
}

function logFacts({ files, lines, time, profile }: Report): readonly Fact[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const newest = files.at(-1)?.name ?? ''
  return [
    ['files', files.length === 1 ? newest : `${count(files.length, 'file')}, the last ${newest}`],
    ['size', `${number(bytes)} bytes, ${count(lines.total, 'line')}, ${count(lines.records, 'record')}`],
    ['from', time && wallClock(time.first)],
    ['to', time && wallClock(time.last)],
    ['profile', profile],
  ]
}

function clientFacts({ client }: Report): readonly Fact[] {
  const writers = Object.entries(client.writers).map(([name, lines]) => `${name} ${number(lines)}`)
  return [
    ['version', some(client.versions)],
    ['system', some(client.systems)],
    ['hostname', some(client.hostnames)],
    ['users', some(client.users)],
    ['addresses', some(client.addresses)],
    ['mode', client.mode],
    ['lines by', some(writers)],
  ]
}

function errorsText({ errors }: Report, top: number): string {
  if (errors.length === 0) return indent('none\n')
  const rows = errors.map(({ level, component, message, count, first, last }) => [
    number(count),
    level,
    component,
    wallClock(first),
    wallClock(last),
    message.slice(0, MAX_MESSAGE),
  ])
  return topTable(['COUNT', 'LEVEL', 'COMPONENT', 'FIRST', 'LAST', 'FIRST MESSAGE'], rows, top)
}

function popText({ pop }: Report, top: number): string {
  const found = Object.entries(pop.methods).filter(([, times]) => times > 0)
  const heading = facts([
    ['found by', found.map(([method, times]) => `${method} ${number(times)}`).join(', ')],
    [
      'tunnel',
      `${count(pop.connections, 'connection')}, ${count(pop.switches, 'switch')}, ${count(pop.failures, 'failure')}`,
    ],
  ])
  const gateways = pop.gateways.map(({ gateway, ip, pop, connections }) => [gateway, ip, pop, number(connections)])
  const rtt = pop.rtt.map(({ pop, count, least, mean, most }) => {
    return [pop, number(count), `${least}`, mean.toFixed(1), `${most}`]
  })
  // Round trips have their table; of the rest the end says most.
  const moments = pop.timeline.filter(({ what }) => what !== 'rtt')
  const parts = [
    heading,
    gateways.length > 0 ? topTable(['GATEWAY', 'ADDRESS', 'POP', 'CONNECTIONS'], gateways, top) : '',
    rtt.length > 0 ? topTable(['POP', 'MEASURED', 'LEAST MS', 'MEAN MS', 'MOST MS'], rtt, top) : '',
    moments.length > 0 ? indent(moments.slice(-top).map(momentLine).join('')) : '',
    moments.length > top ? indent(`the last ${top} of ${number(moments.length + pop.omitted)}; all: --json\n`) : '',
  ]
  return parts.join('')
}

/** A moment on a line of its own. */
export function momentLine({ time, what, ...said }: PopMoment): string {
  const { method, transport, gateway, ip, pop, rtt, detail } = said
  const words = [method, transport, gateway, ip, pop, rtt === undefined ? undefined : `${rtt} ms`, detail]
  return printableLine([wallClock(time), what, ...words.filter((word) => word !== undefined && word !== '')].join('  '))
}

function flowsText({ flows }: Report, top: number): string {
  const groups = FLOW_GROUPS.map((group) => {
    const verdicts = Object.entries(flows.byVerdict).filter(([verdict, flows]) => {
      return flows > 0 && GROUP_OF[verdict as keyof typeof GROUP_OF] === group
    })
    const sum = verdicts.reduce((sum, [, flows]) => sum + flows, 0)
    const each = verdicts.map(([verdict, flows]) => `${verdict} ${number(flows)}`).join(', ')
    return [group, `${number(sum)}${each === '' ? '' : `: ${each}`}`] as const
  })
  const rows = flows.rows.map(({ process, host, verdict, count, last, destinations }) => [
    process || '-',
    host || nameless(destinations),
    verdict,
    number(count),
    wallClock(last),
  ])
  const heading = facts([['flows', number(flows.total)], ...groups, ['no host', number(flows.withoutHost)]])
  if (rows.length === 0) return heading
  const left =
    flows.omittedFlows > 0 ? indent(`${count(flows.omittedFlows, 'flow')} beyond the rows that are kept\n`) : ''
  return `${heading}${topTable(['PROCESS', 'HOST', 'VERDICT', 'FLOWS', 'LAST'], rows, top)}${left}`
}

/** Where flows without a host went: the one place, or how many. */
function nameless(destinations: FlowRow['destinations']): string {
  const [first = '', ...others] = destinations
  return `- ${first}${others.length > 0 ? ' and other addresses' : ''}`.trimEnd()
}

function unrecognisedText({ lines, unrecognised }: Report, top: number): string {
  if (lines.unrecognised === 0) return ''
  const rows = unrecognised.map(({ component, message, count }) => {
    return [number(count), component, message.slice(0, MAX_MESSAGE)]
  })
  return topTable(['COUNT', 'COMPONENT', 'FIRST MESSAGE'], rows, top)
}

function unreadableText({ lines, unreadable }: Report, top: number): string {
  if (lines.unreadable === 0) return ''
  const reasons = Object.entries(unreadable.byReason).map(([reason, times]) => `${reason} ${number(times)}`)
  const rows = unreadable.lines.map(({ file, line, reason, text }) => [`${file}:${line}`, reason, text])
  return `${facts([['lines', `${number(lines.unreadable)}: ${reasons.join(', ')}`]])}${topTable(['LINE', 'REASON', 'TEXT'], rows, top)}`
}

type Fact = readonly [name: string, value: string | undefined]

/** Names and values, without those that have none. */
function facts(all: readonly Fact[]): string {
  return indent(
    all
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => printableLine(`${name.padEnd(10)} ${value}`))
      .join(''),
  )
}

function topTable(heading: readonly string[], rows: readonly (readonly string[])[], top: number): string {
  const shown = rows.slice(0, top).map((row) => row.map(printable))
  const left = rows.length > top ? `${number(rows.length - top)} more rows: --top ${rows.length}, or --json\n` : ''
  return `\n${indent(table([heading, ...shown]) + left)}`
}

/** The first of a list; the rest as a number. */
function some(values: readonly string[]): string {
  const more = values.length > MAX_LISTED ? ` and ${values.length - MAX_LISTED} more` : ''
  return `${values.slice(0, MAX_LISTED).join(', ')}${more}`
}

function printableLine(line: string): string {
  return `${printable(line)}\n`
}

function indent(lines: string): string {
  return lines.replace(/^(?=.)/gm, '  ')
}

function number(value: number): string {
  return value.toLocaleString('en')
}

function count(value: number, thing: string): string {
  const plural = thing.endsWith('ch') ? `${thing}es` : `${thing}s`
  return `${number(value)} ${value === 1 ? thing : plural}`
}
