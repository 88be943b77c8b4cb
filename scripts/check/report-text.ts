// Pure: a check for people to read: a line for each run, the last lines of those that failed, and the conclusion.

import { table } from '../commands/common.js'
import { printable } from '../logs/printable.js'
import { works } from './conclusion.js'
import type { Conclusion } from './conclusion-text.js'
import type { RunEvidence } from './evidence.js'
import type { Findings } from './findings.js'

/** Hosts of a run that are named. */
const NAMED = 3

/** Last lines of a run that failed. */
const LAST_LINES = 8

/** The report; `all`: everything that is kept of each run's output. */
export function reportText(
  { runs }: Findings,
  { verdict, text, advice }: Conclusion,
  remarks: readonly string[],
  all: boolean,
): string {
  const inOrder: readonly RunEvidence[] = Object.values(runs)
  const rows = inOrder.map((run) => [
    run.name,
    exitText(run),
    `${(run.durationMs / 1000).toFixed(1)} s`,
    hostsText(run),
    tlsText(run),
  ])
  return [
    table([['RUN', 'EXIT', 'TIME', 'HOSTS', 'TLS AT GATEWAY'], ...rows]),
    outputText(inOrder, all),
    `\n${verdict}: ${text}\n`,
    ...advice.map((line) => `  ${line}\n`),
    ...remarks.map((line) => `${line}\n`),
  ]
    .map(printableLines)
    .join('')
}

function exitText({ exit, timedOut }: RunEvidence): string {
  return timedOut ? 'timeout' : String(exit)
}

function hostsText({ hosts }: RunEvidence): string {
  const names = [...new Set(hosts.map(({ host }) => host))]
  if (names.length === 0) return 'none'
  return names.length > NAMED ? `${names.slice(0, NAMED).join(' ')} +${names.length - NAMED}` : names.join(' ')
}

/** What the gateway saw, in a few words. */
function tlsText({ requests, plainRequests, refusals, passed, denied }: RunEvidence): string {
  const refused = refusals.map(({ host, alert, count }) => `${host} ${alert}${count > 1 ? ` x${count}` : ''}`)
  const parts = [
    ...(requests > 0 ? [`${requests} decrypted`] : []),
    ...(plainRequests > 0 ? [`${plainRequests} plain HTTP`] : []),
    ...refused.slice(0, NAMED),
    ...(refused.length > NAMED ? [`+${refused.length - NAMED} refused`] : []),
    ...(passed.length > 0 ? [`not decrypted (${[...new Set(passed.map(({ reason }) => reason))].join(', ')})`] : []),
    ...(denied.length > 0 ? [`${denied.length} refused by the gateway`] : []),
  ]
  return parts.join(', ') || '-'
}

/** What runs printed, all of them or the end of those that failed; the same is shown once. */
function outputText(runs: readonly RunEvidence[], all: boolean): string {
  const shown = all ? runs : runs.filter((run) => !works(run))
  const byText = new Map<string, string[]>()
  for (const { name, output } of shown) {
    const lines = output.trimEnd().split('\n')
    const text = (all ? lines : lines.slice(-LAST_LINES)).map((line) => `  | ${line}\n`).join('')
    if (output.trim() !== '') byText.set(text, [...(byText.get(text) ?? []), name])
  }
  return [...byText].map(([text, names]) => `\n${names.join(', ')}:\n${text}`).join('')
}

/** Programs print what moves a terminal's cursor; tabs, in traces of Java and Go, are harmless. */
function printableLines(text: string): string {
  return text.replaceAll('\t', '    ').split('\n').map(printable).join('\n')
}
