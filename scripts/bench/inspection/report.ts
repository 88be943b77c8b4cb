// Pure: what the measurements say: medians, and ourselves beside the best of the others.

import { type Summary, summarize } from '../statistics.js'
import type { Measured } from './measure.js'

/** What is measured, and how it is told. */
export interface Measure {
  readonly name: string
  readonly unit: string
  /** Units in one answer: 1, or the MB of it. */
  readonly perAnswer: number
  readonly costUnit: string
  /** Answers whose cost is told: ten thousand, or those of a GiB. */
  readonly costAnswers: number
}

/** One system in one measure. */
export interface Figures {
  readonly rate: Summary
  /** Processor seconds for so many answers; 0 where the system has no processes. */
  readonly cpu: Summary
}

/** How many times ourselves is another, and which one that is. */
export interface Ratio {
  readonly times: number
  readonly peer: string
}

/** One measure of all systems, by their names. */
export interface MeasureResult {
  readonly measure: Measure
  readonly figures: Readonly<Record<string, Figures>>
  /** Undefined without peers. */
  readonly rate: Ratio | undefined
  readonly cpu: Ratio | undefined
}

/** The figures of a measure's rounds; `ours` is compared with the best of `peers`. */
export function resultOf(
  measure: Measure,
  rounds: Readonly<Record<string, readonly Measured[]>>,
  ours: string,
  peers: readonly string[],
): MeasureResult {
  const figures = Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, figuresOf(measure, all)]))
  const ratio = (what: keyof Figures): Ratio | undefined => {
    const [best] = peers
      .map((peer) => ({ peer, median: figures[peer]![what].median }))
      // Of the rates the highest is best, of the costs the lowest.
      .sort((a, b) => (what === 'rate' ? b.median - a.median : a.median - b.median))
    return best && { times: figures[ours]![what].median / best.median, peer: best.peer }
  }
  return { measure, figures, rate: ratio('rate'), cpu: ratio('cpu') }
}

function figuresOf({ perAnswer, costAnswers }: Measure, rounds: readonly Measured[]): Figures {
  return {
    rate: summarize(rounds.map(({ answers, seconds }) => (answers * perAnswer) / seconds)),
    cpu: summarize(rounds.map(({ answers, cpuSeconds }) => (cpuSeconds / answers) * costAnswers)),
  }
}

/** The results as the rows of a table, systems as columns; `residentMb` is 0 for a system without processes. */
export function reportRows(
  results: readonly MeasureResult[],
  residentMb: Readonly<Record<string, number>>,
): readonly (readonly string[])[] {
  const names = Object.keys(residentMb)
  const rows = results.flatMap(({ measure, figures, rate, cpu }) => [
    [`${measure.name} ${measure.unit}`, ...names.map((name) => cell(figures[name]!.rate, 0)), versus(rate)],
    [`  ${measure.costUnit}`, ...names.map((name) => cell(figures[name]!.cpu, 2)), versus(cpu)],
  ])
  const memory = names.map((name) => (residentMb[name]! > 0 ? residentMb[name]!.toFixed(0) : ''))
  return [['', ...names, 'STEERLAB / BEST PEER'], ...rows, ['resident MB afterwards', ...memory, '']]
}

function cell({ median, min, max }: Summary, digits: number): string {
  return max > 0 ? `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})` : ''
}

function versus(ratio: Ratio | undefined): string {
  return ratio ? `${ratio.times.toFixed(2)} x ${ratio.peer}` : ''
}
