/** The plot: flows over time, stacked by what became of them, and below on the same axis the moments of the tunnel. */

import type { PopMoment, Report } from '../../../agent/log/report/report.js'
import { FLOW_GROUPS, type FlowGroup } from '../../../agent/log/report/verdict-groups.js'
import { wallClock } from '../wall-clock.js'
import { MOMENT_KINDS, MOMENT_WORDS, type MomentKind } from './kinds.js'
import { html, type Markup } from './markup.js'
import { type Bars, barsBetween, countTicks, HOUR_US, timeTicks } from './plot-scale.js'

/** What the plot needs of a report. */
export type Plotted = Pick<Report, 'time' | 'flows' | 'pop'>

// Sizes in units of the view box.
const WIDTH = 1000
const LEFT = 84
const RIGHT = 12
const TOP = 12
const BARS_BOTTOM = 222
const LANE = 24
const AXIS = BARS_BOTTOM + 18 + MOMENT_KINDS.length * LANE
const HEIGHT = AXIS + 36
/** Moments nearer to each other than this are one mark. */
const MARK = 9

const LANES: Readonly<Record<MomentKind, string>> = { up: 'tunnel up', down: 'tunnel lost', step: 'on the way' }

/** The plot as inline SVG under its legend. */
export function flowPlot(report: Plotted): Markup {
  if (report.time === undefined) return html`<p class="none">None.</p>`
  const bars = barsBetween(report.time.first, report.time.last)
  const stacks = stacksOf(report, bars)
  const ticks = countTicks(Math.max(...stacks.map((stack) => sum(stack))))
  const scale: Scale = { bars, most: ticks.at(-1)! }
  return html`${legend(bars)}<div class="plot" role="region" aria-label="Plot" tabindex="0">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Flows over time, and moments of the tunnel">
${ticks.map((tick) => countTick(tick, scale))}
${stacks.map((stack, i) => stackMarkup(stack, i, scale))}
${MOMENT_KINDS.map((kind, i) => lane(kind, BARS_BOTTOM + 18 + (i + 0.5) * LANE, report.pop.timeline, scale))}
<path class="axis" d="M${LEFT} ${BARS_BOTTOM}H${WIDTH - RIGHT}M${LEFT} ${AXIS}H${WIDTH - RIGHT}"/>
${timeTicks(bars).map((tick) => timeTick(tick, scale))}
</svg></div>`
}

function legend({ hours }: Bars): Markup {
  const kinds = FLOW_GROUPS.map((kind) => html`<span><i class="dot ${kind}"></i>${kind}</span>`)
  return html`<p class="legend">${kinds}<span class="soft">flows in each ${hours === 1 ? 'hour' : `${hours} hours`}</span></p>`
}

interface Scale {
  readonly bars: Bars
  /** The number at the top. */
  readonly most: number
}

type Stack = Readonly<Record<FlowGroup, number>>

function stacksOf({ flows }: Plotted, { begin, hours, count }: Bars): readonly Stack[] {
  const stacks = Array.from({ length: count }, () => ({ tunneled: 0, bypassed: 0, blocked: 0 }))
  for (const { hour, ...counts } of flows.hours) {
    const stack = stacks[Math.floor((hour - begin) / HOUR_US / hours)]
    if (stack !== undefined) for (const kind of FLOW_GROUPS) stack[kind] += counts[kind]
  }
  return stacks
}

function stackMarkup(stack: Stack, index: number, { bars, most }: Scale): Markup {
  if (sum(stack) === 0) return html``
  const width = (WIDTH - LEFT - RIGHT) / bars.count
  const gap = Math.min(width * 0.15, 3)
  let base = 0
  const rects = FLOW_GROUPS.map((kind) => {
    const [top, bottom] = [heightOf(base + stack[kind], most), heightOf(base, most)]
    base += stack[kind]
    const x = round(LEFT + index * width + gap / 2)
    return html`<rect class="${kind}" x="${x}" y="${top}" width="${round(width - gap)}" height="${round(bottom - top)}"/>`
  })
  const begin = bars.begin + index * bars.hours * HOUR_US
  const until = clock(begin + bars.hours * HOUR_US)
  const counts = FLOW_GROUPS.map((kind) => `${stack[kind].toLocaleString('en')} ${kind}`).join(', ')
  return html`<g class="stack"><title>${clock(begin)} to ${until}: ${counts}</title>${rects}</g>\n`
}

/** Marks of different shapes, because colours alone do not tell everybody. */
const SHAPES: Readonly<Record<MomentKind, (x: number, y: number) => string>> = {
  up: (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`,
  down: (x, y) => `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`,
  step: (x, y) => `M${x} ${y - 5}v10`,
}

function lane(kind: MomentKind, y: number, timeline: readonly PopMoment[], scale: Scale): Markup {
  const marks = new Map<number, PopMoment[]>()
  for (const moment of timeline.filter(({ what }) => MOMENT_WORDS[what][0] === kind)) {
    const at = Math.round(xOf(moment.time, scale) / MARK) * MARK
    const mark = marks.get(at)
    if (mark === undefined) marks.set(at, [moment])
    else mark.push(moment)
  }
  const drawn = [...marks].map(
    ([x, moments]) => html`<g><title>${saying(moments)}</title><path d="${SHAPES[kind](x, y)}"/></g>`,
  )
  return html`<text class="label" x="${LEFT - 10}" y="${y + 4}">${LANES[kind]}</text><g class="marks ${kind}">${drawn}</g>\n`
}

/** The first few of the moments of a mark. */
function saying(moments: readonly PopMoment[]): string {
  const told = moments.slice(0, 6).map(({ time, what, gateway, pop }) => {
    return `${wallClock(time).slice(0, 19)} ${MOMENT_WORDS[what][1]} ${pop ?? gateway ?? ''}`.trim()
  })
  return [
    ...told,
    ...(moments.length > told.length ? [`and ${(moments.length - told.length).toLocaleString('en')} more`] : []),
  ].join('\n')
}

function countTick(tick: number, { most }: Scale): Markup {
  const y = heightOf(tick, most)
  const line = html`<path class="grid" d="M${LEFT} ${y}H${WIDTH - RIGHT}"/>`
  return html`${line}<text class="label" x="${LEFT - 10}" y="${y + 4}">${tick.toLocaleString('en')}</text>\n`
}

function timeTick(tick: number, scale: Scale): Markup {
  const x = xOf(tick, scale)
  const [day, time] = clock(tick).split(' ')
  return html`<path class="axis" d="M${x} ${AXIS}v5"/><text class="tick" x="${x}" y="${AXIS + 18}">${time!}</text><text class="tick day" x="${x}" y="${AXIS + 32}">${day!}</text>\n`
}

function xOf(time: number, { bars }: Scale): number {
  return round(LEFT + ((time - bars.begin) / (bars.count * bars.hours * HOUR_US)) * (WIDTH - LEFT - RIGHT))
}

function heightOf(count: number, most: number): number {
  return round(BARS_BOTTOM - (count / most) * (BARS_BOTTOM - TOP))
}

function clock(time: number): string {
  return wallClock(time).slice(0, 16)
}

function sum(stack: Stack): number {
  return FLOW_GROUPS.reduce((total, kind) => total + stack[kind], 0)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
