/** What another configuration would change, for a terminal. */

import type { NamedRule } from '../../agent/log/replay/judge.js'
import { LOGGED_OUTCOME, type Outcome, outcomeWords } from '../../agent/log/replay/outcome.js'
import type { ReplayedFlow, WhatIf } from '../../agent/log/replay/what-if.js'
import { table } from '../commands/common.js'
import { printable } from './printable.js'
import { wallClock } from './wall-clock.js'

/** How to show it. */
export interface WhatIfTextOptions {
  /** The directory of the new configuration. */
  readonly after: string
  /** Where the configuration before is from; undefined = only the log says what happened. */
  readonly before: string | undefined
  /** Most rows of a table. */
  readonly limit: number
}

/** Longest name of a rule in a table, characters. */
const MAX_RULE = 60

/** The answer as text. */
export function whatIfText(answer: WhatIf, options: WhatIfTextOptions): string {
  const { totals, changes, disagreements } = answer
  const marked = [...changes, ...disagreements].some(({ assumed }) => assumed.length > 0)
  return [
    headText(answer, options),
    changes.length === 0 ? '' : `\n${kindsText(answer)}\n${changesText(answer, options.limit)}`,
    disagreements.length === 0 ? '' : `\n${disagreementsText(answer, options)}`,
    '\n',
    marked ? '~ is not in the line of the flow: it is concluded from other lines, or not known.\n' : '',
    totals.omitted === 0 ? '' : `${flows(totals.omitted)} beyond the most distinct ones that are kept are left out.\n`,
    'Flows outside what is steered are in no log, nor is what a DNS query asked: neither can be replayed.\n',
  ].join('')
}

function headText({ totals, time }: WhatIf, { after, before }: WhatIfTextOptions): string {
  const when = time === undefined ? '' : `, ${second(time.first)} to ${second(time.last)}`
  const rows = [
    ['flows', `${number(totals.flows)}, ${number(totals.distinct)} distinct${when}`],
    ['before', before ?? 'what the log says'],
    ['after', after],
    ['changed', number(totals.changed)],
    ['as before, by another rule', number(totals.otherRule)],
  ]
  if (totals.untold > 0)
    rows.push([
      'tunnelled, now exempt',
      `${number(totals.untold)}; whether they were before, a log does not say: --old`,
    ])
  if (before !== undefined) rows.push(['log says otherwise', number(totals.disagreeing)])
  return table(rows)
}

/** How many flows go from what to what. */
function kindsText({ changes }: WhatIf): string {
  const counts = new Map<string, number>()
  for (const { before, after, count } of changes) {
    const kind = `${outcomeWords(before.outcome)} -> ${outcomeWords(after.outcome)}`
    counts.set(kind, (counts.get(kind) ?? 0) + count)
  }
  const rows = [...counts].sort(([, a], [, b]) => b - a)
  return table([['COUNT', 'CHANGE'], ...rows.map(([kind, count]) => [number(count), kind])])
}

function changesText({ changes }: WhatIf, limit: number): string {
  const rows = changes
    .slice(0, limit)
    .map((row) => [
      ...flowCells(row),
      outcomeText(row.before.outcome, row.before.rule),
      outcomeText(row.after.outcome, row.after.rule),
    ])
  return tableOf([...FLOW_HEADING, 'BEFORE', 'AFTER'], rows, changes.length)
}

function disagreementsText({ disagreements }: WhatIf, { before, limit }: WhatIfTextOptions): string {
  const rows = disagreements
    .slice(0, limit)
    .map((row) => [
      ...flowCells(row),
      outcomeWords(LOGGED_OUTCOME[row.logged]),
      outcomeText(row.before.outcome, row.before.rule),
    ])
  const why = 'the log is of another configuration, or a rule is read differently here'
  return `Of these the log says something else than ${before}: ${why}.\n${tableOf([...FLOW_HEADING, 'LOG', 'CONFIGURATION'], rows, disagreements.length)}`
}

const FLOW_HEADING = ['COUNT', 'FIRST', 'LAST', 'PROCESS', 'HOST', 'DESTINATION']

function flowCells({ count, first, last, process, host, ip, port, transport, assumed }: ReplayedFlow): string[] {
  const mark = assumed.includes('address') || assumed.includes('port') ? '~' : ''
  return [
    number(count),
    second(first),
    second(last),
    assumed.includes('process') ? '-' : process,
    `${assumed.includes('host') && host !== '' ? '~' : ''}${host || '-'}`,
    `${mark}${ip || '?'} ${port}/${transport}`,
  ]
}

function outcomeText(outcome: Outcome, rule: NamedRule | undefined): string {
  const words = outcomeWords(outcome)
  if (rule === undefined) return words
  const place = rule.file === 'built-in' ? rule.path : `${rule.file} ${rule.path}`
  const text = entryName(rule.text)
  return `${words} (${place}${text === '' ? '' : ` ${text}`})`
}

/** What an entry is called, if it is more than a text: an address by its value, a pinned app by its process. */
function entryName(text: string): string {
  const { value, processName, name } = text.startsWith('{') ? JSON.parse(text) : {}
  const said = String(value ?? processName ?? name ?? text)
  return said.length > MAX_RULE ? `${said.slice(0, MAX_RULE)}...` : said
}

function tableOf(heading: readonly string[], rows: readonly string[][], all: number): string {
  const more = all > rows.length ? `... and ${number(all - rows.length)} more; --limit shows more, --json all\n` : ''
  return `${table([heading, ...rows.map((row) => row.map(printable))])}${more}`
}

function second(time: number): string {
  return wallClock(time).slice(0, 19)
}

function flows(count: number): string {
  return `${number(count)} ${count === 1 ? 'flow' : 'flows'}`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
