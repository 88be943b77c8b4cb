/** The parts of the page, each from the part of the report it shows. */

import { FLOW_VERDICTS, type Report } from '../../../agent/log/report/report.js'
import { FLOW_GROUPS, GROUP_OF } from '../../../agent/log/report/verdict-groups.js'
import { wallClock } from '../wall-clock.js'
import { dataTable } from './data-table.js'
import { MOMENT_WORDS, VERDICT_WORDS } from './kinds.js'
import { html, type Markup } from './markup.js'

/** The numbers that are asked for first. */
export function tiles({ flows, pop, errors }: Report): Markup {
  const kinds = FLOW_GROUPS.map((kind) => {
    const verdicts = FLOW_VERDICTS.filter((verdict) => GROUP_OF[verdict] === kind)
    const count = verdicts.reduce((total, verdict) => total + flows.byVerdict[verdict], 0)
    return tile(kind, count, `${kind}, ${share(count, flows.total)}`)
  })
  const failed = errors.reduce((total, { count }) => total + count, 0)
  return html`<div class="tiles">
${tile('', flows.total, 'flows')}${kinds}
${tile('', flows.withoutHost, 'flows without a host')}
${tile('', pop.switches, 'gateway switches')}
${tile(pop.failures > 0 ? 'down' : '', pop.failures, 'failures to connect')}
${tile(failed > 0 ? 'down' : '', failed, 'service errors')}
</div>`
}

function tile(kind: string, count: number, words: string): Markup {
  return html`<div class="tile ${kind}"><b>${count.toLocaleString('en')}</b><span>${words}</span></div>`
}

/** Whose log it is. */
export function clientFacts({ client, files, lines, profile, time }: Report): Markup {
  const { versions, systems, hostnames, users, addresses, writers, mode } = client
  const span = time && `${wallClock(time.first)} to ${wallClock(time.last)}, ${lasting(time.last - time.first)}`
  const facts: readonly [string, string][] = [
    ['Log span', span ?? 'no record'],
    ['Client', versions.join(', ')],
    ['System', systems.join(', ')],
    ['Host name', hostnames.join(', ')],
    ['User', users.join(', ')],
    ['Source address', addresses.join(', ')],
    ['Mode', mode ?? ''],
    [
      'Written by',
      Object.entries(writers)
        .map(([name, count]) => `${name} (${count.toLocaleString('en')} lines)`)
        .join(', '),
    ],
    ['Most like profile', profile ?? ''],
    [
      'Lines',
      `${lines.total.toLocaleString('en')}, of which ${lines.unreadable.toLocaleString('en')} unreadable and ${lines.unrecognised.toLocaleString('en')} with unknown messages`,
    ],
    ['Files', files.map(({ name }) => name).join(', ')],
  ]
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value || 'not said'}</dd>\n`)}</dl>`
}

/** What became of the flows. */
export function verdictCounts({ flows }: Report): Markup {
  const most = Math.max(1, ...Object.values(flows.byVerdict))
  const rows = FLOW_VERDICTS.filter((verdict) => flows.byVerdict[verdict] > 0).map((verdict) => {
    const count = flows.byVerdict[verdict]
    const kind = GROUP_OF[verdict]
    const bar = html`<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="${kind}" width="${(count / most) * 100}" height="1"/></svg>`
    return html`<tr><td class="mark"><i class="dot ${kind}"></i>${verdict}</td><td>${VERDICT_WORDS[verdict]}</td><td class="number">${count.toLocaleString('en')}</td><td class="number">${share(count, flows.total)}</td><td>${bar}</td></tr>\n`
  })
  if (rows.length === 0) return html`<p class="none">None.</p>`
  return html`<div class="scroll verdicts"><table><thead><tr><th scope="col">Verdict</th><th scope="col">Meaning</th><th scope="col" class="number">Flows</th><th scope="col" class="number">Share</th><th></th></tr></thead><tbody>
${rows}</tbody></table></div>`
}

/** Errors and warnings of the client itself. */
export function serviceErrors({ errors }: Report): Markup {
  return dataTable({
    name: 'Service errors',
    columns: [
      ['Count', 'number'],
      ['Level', 'text'],
      ['Component', 'text'],
      ['Message', 'text'],
      ['First', 'time'],
      ['Last', 'time'],
    ],
    rows: errors.map(({ count, level, component, message, first, last }) => [
      count,
      level,
      component,
      message,
      first,
      last,
    ]),
  })
}

/** How POPs were chosen, which, how far they were, and when. */
export function popSelection({ pop }: Report): Markup {
  const methods = Object.entries(pop.methods).filter(([, count]) => count > 0)
  const found = methods.map(([method, count]) => `${method} (${count.toLocaleString('en')})`).join(', ')
  const numbers = `${pop.connections.toLocaleString('en')} connections, ${pop.switches.toLocaleString('en')} to another gateway than before; ${pop.failures.toLocaleString('en')} failures.`
  const marks = Object.fromEntries(Object.values(MOMENT_WORDS).map(([kind, words]) => [words, kind]))
  const timeline = dataTable({
    name: 'Timeline of the tunnel',
    columns: [
      ['Time', 'time'],
      ['What', 'mark'],
      ['Method', 'text'],
      ['POP', 'text'],
      ['Gateway', 'text'],
      ['Address', 'text'],
      ['RTT, ms', 'number'],
      ['More', 'text'],
    ],
    rows: pop.timeline.map((moment) => {
      const { time, what, method, transport, pop = '', gateway = '', ip = '', rtt = null, detail } = moment
      return [
        time,
        MOMENT_WORDS[what][1],
        method ?? '',
        pop,
        gateway,
        ip,
        rtt,
        [transport, detail].filter(Boolean).join(' '),
      ]
    }),
    marks,
  })
  return html`<p>Gateways found by ${found || 'means the log does not tell'}. ${numbers}</p>
<h3>Gateways</h3>
${dataTable({
  name: 'Gateways',
  columns: [
    ['Gateway', 'text'],
    ['Address', 'text'],
    ['POP', 'text'],
    ['Connections', 'number'],
  ],
  rows: pop.gateways.map(({ gateway, ip, pop, connections }) => [gateway, ip, pop, connections]),
})}
<h3>Round trips</h3>
${dataTable({
  name: 'Round trips',
  columns: [
    ['POP', 'text'],
    ['Measured', 'number'],
    ['Least, ms', 'number'],
    ['Mean, ms', 'number'],
    ['Most, ms', 'number'],
  ],
  rows: pop.rtt.map(({ pop, count, least, mean, most }) => [pop, count, least, Math.round(mean * 10) / 10, most]),
})}
<h3>Timeline</h3>
${timeline}${omitted(pop.omitted, 'later moments')}`
}

/** Steered or not: every process and host. */
export function flowTable({ flows }: Report): Markup {
  const table = dataTable({
    name: 'Flows',
    columns: [
      ['Process', 'text'],
      ['Host', 'text'],
      ['Verdict', 'mark'],
      ['Flows', 'number'],
      ['First', 'time'],
      ['Last', 'time'],
      ['Destinations', 'list'],
    ],
    rows: flows.rows.map(({ process, host, verdict, count, first, last, destinations }) => {
      return [process, host, verdict, count, first, last, destinations.join(', ')]
    }),
    marks: GROUP_OF,
  })
  return html`${table}${omitted(flows.omittedFlows, 'rarer rows')}`
}

/** What could not be understood. */
export function unreadableLines({ unreadable, unrecognised }: Report): Markup {
  const reasons = Object.entries(unreadable.byReason).map(
    ([reason, count]) => `${reason} ${count.toLocaleString('en')}`,
  )
  const lines = dataTable({
    name: 'Unreadable lines',
    columns: [
      ['File', 'text'],
      ['Line', 'number'],
      ['Reason', 'text'],
      ['It begins', 'text'],
    ],
    rows: unreadable.lines.map(({ file, line, reason, text }) => [file, line, reason, text]),
  })
  const messages = dataTable({
    name: 'Unknown messages',
    columns: [
      ['Count', 'number'],
      ['Component', 'text'],
      ['Message', 'text'],
    ],
    rows: unrecognised.map(({ count, component, message }) => [count, component, message]),
  })
  const total = reasons.length === 0 ? html`` : html`<p>By reason: ${reasons.join(', ')}.</p>`
  return html`${total}${lines}<h3>Messages the catalogue does not have</h3>${messages}`
}

function omitted(count: number, what: string): Markup {
  return count === 0 ? html`` : html`<p class="soft">${count.toLocaleString('en')} ${what} are not shown.</p>`
}

function share(count: number, total: number): string {
  return total === 0 ? '0\u00a0%' : `${((count / total) * 100).toFixed(1)}\u00a0%`
}

/** `1 d 3 h 12 min` */
function lasting(microseconds: number): string {
  const minutes = Math.round(microseconds / 60_000_000)
  const parts = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60]
  return (
    ['d', 'h', 'min']
      .map((unit, i) => `${parts[i]} ${unit}`)
      .filter((part) => !part.startsWith('0 '))
      .join(' ') || 'under a minute'
  )
}
