// Pure: an explanation for people to read.

import type { FlowFacts, Situation, Verdict } from '../../agent/steering/flow.js'
import { verdictWords } from '../../agent/steering/verdict-words.js'
import type { SampleLines } from './explain-lines.js'

/** A rule, and its line where its file is at hand. */
export interface PlacedRule {
  readonly file: string
  readonly path: string
  readonly line?: number | undefined
}

/** A verdict, and the line of its rule. */
export type PlacedVerdict = Verdict & { readonly rule: PlacedRule }

/** A step that has an answer. */
export interface PlacedAnswer {
  readonly number: number
  readonly name: string
  readonly verdict: PlacedVerdict
}

/** All that `steerlab explain` says; with --json as it is. */
export interface ExplainedFlow {
  readonly flow: FlowFacts
  readonly situation: Situation
  readonly verdict: PlacedVerdict
  readonly waitsForName: boolean
  readonly winner: PlacedAnswer
  readonly later: readonly PlacedAnswer[]
  readonly alsoListed: readonly { readonly rule: PlacedRule; readonly text: string }[]
  readonly nearMisses: readonly { readonly rule: PlacedRule; readonly sentence: string }[]
  /** What could not be asked, for want of a fact. */
  readonly notAsked: readonly string[]
  /** What the running agent does otherwise than the real client would, or than these files say. */
  readonly inLab: readonly string[]
  readonly log: SampleLines
}

/** The explanation as paragraphs. */
export function explainedText(explained: ExplainedFlow): string {
  const { verdict, winner, later, alsoListed, nearMisses, notAsked, log } = explained
  const isOverruled = verdict.reason !== winner.verdict.reason
  const head = [
    `${verdictWords(verdict)}: ${flowWords(explained.flow)}`,
    `  rule    ${ruleWords(verdict.rule)}`,
    `  why     ${verdict.reason}`,
    isOverruled
      ? `  step    the tunnel is down; while it is up step ${winner.number}, ${winner.name}: ${answerWords(winner)}`
      : `  step    ${winner.number} ${winner.name}`,
    `  where   ${situationWords(explained.situation)}`,
    ...(explained.waitsForName
      ? ['  waits   the flow is decided by the name in its first bytes, taken to be this one']
      : []),
  ]
  const logHeading = `Log lines (${log.profile}; samples: ${log.samples.join(', ')}):`
  const sections = [
    head,
    section(
      'The same list covers it again:',
      alsoListed.map(({ rule, text }) => `${ruleWords(rule)}: ${text}`),
    ),
    section(
      'Later steps would have said:',
      later.map((answer) => `${answer.number} ${answer.name}: ${answerWords(answer)}`),
    ),
    section(
      'Near misses:',
      nearMisses.map(({ rule, sentence }) => `${ruleWords(rule)}: ${sentence}`),
    ),
    section('Not asked:', notAsked),
    section('In this lab:', explained.inLab),
    log.lines.length === 0 ? ['Log lines: (no line is public for this kind)'] : section(logHeading, log.lines),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

/** A heading and lines below it; nothing without lines. */
function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`)]
}

/** `tunnel nsProxy`, `bypass exception-host`, `tunnel app-fw, policy not applied (category)`. */

function answerWords({ verdict }: PlacedAnswer): string {
  return `${verdictWords(verdict)}, ${ruleWords(verdict.rule)}`
}

/** `nsexception.json:12 $.names[3]`. */
function ruleWords({ file, line, path }: PlacedRule): string {
  return `${file}${line === undefined ? '' : `:${line}`} ${path}`
}

function flowWords({ transport, host, destination, process, query }: FlowFacts): string {
  const { ip, port } = destination
  const at = host === '' ? ip : `${host}${ip === '' ? '' : ` (${ip})`}`
  const what = typeof query === 'object' ? `${query.type} query for ${query.name}${ip === '' ? '' : ` to ${ip}`}` : at
  return `${what}, port ${port}/${transport}, process ${process}`
}

function situationWords({ location, device, country, tunnel }: Situation): string {
  return `${location}, device ${device}, country ${country || 'unknown'}, tunnel ${tunnel}`
}
