import t from 'tap'
import type { PopMoment } from '../../../../agent/log/report/report.js'
import { flowPlot } from '../../../../scripts/logs/report-page/flow-plot.js'
import { HOUR_US } from '../../../../scripts/logs/report-page/plot-scale.js'
import { sampleReport } from '../../../support/sample-report.js'

const BEGIN = Date.UTC(2024, 4, 4, 7) * 1000

function plot(
  hours: readonly number[],
  timeline: readonly PopMoment[] = [],
  last = BEGIN + hours.length * HOUR_US - 1,
) {
  const { flows, pop } = sampleReport()
  const counted = hours.map((tunneled, i) => ({ hour: BEGIN + i * HOUR_US, tunneled, bypassed: 1, blocked: 0 }))
  return flowPlot({ time: { first: BEGIN, last }, flows: { ...flows, hours: counted }, pop: { ...pop, timeline } }).text
}

/** The heights of the bars of a kind. */
function heights(text: string, kind: string): readonly number[] {
  const rects = [...text.matchAll(/<rect class="(\w+)"[^>]* height="([\d.]+)"/g)]
  return rects.filter(([, found]) => found === kind).map(([, , height]) => Number(height))
}

void t.test('a stack for every hour with flows, as high as its counts', async (t) => {
  const text = plot([99, 0, 49])
  t.strictSame(heights(text, 'tunneled'), [207.9, 0, 102.9])
  t.strictSame(heights(text, 'bypassed'), [2.1, 2.1, 2.1])
  t.match(text, '<title>2024-05-04 07:00 to 2024-05-04 08:00: 99 tunneled, 1 bypassed, 0 blocked</title>')
  t.match(text, 'flows in each hour')
})

void t.test('long logs have longer bars, whose hours are added up', async (t) => {
  const text = plot(Array(200).fill(4))
  t.equal(heights(text, 'tunneled').length, 100)
  t.match(text, '2024-05-04 07:00 to 2024-05-04 09:00: 8 tunneled, 2 bypassed')
  t.match(text, 'flows in each 2 hours')
})

void t.test('moments stand in the lane of their kind, near ones in one mark', async (t) => {
  const text = plot(
    [1, 1],
    [
      { time: BEGIN, what: 'connected', gateway: 'gw<1>' },
      { time: BEGIN + 1, what: 'established', pop: 'US-1' },
      { time: BEGIN + HOUR_US, what: 'closed' },
    ],
  )
  const marks = (kind: string) => new RegExp(`<g class="marks ${kind}">([^]*?)</g>\n`).exec(text)?.[1] ?? ''
  t.match(marks('up'), '<title>2024-05-04 07:00:00 connected gw&lt;1&gt;\n')
  t.equal(marks('up').split('<path').length, 2)
  t.match(marks('down'), '<title>2024-05-04 08:00:00 tunnel closed</title><path d="M')
  t.equal(marks('step'), '')
})

void t.test('many moments in one mark are told by the first', async (t) => {
  const many = Array.from({ length: 10_000 }, (_, i): PopMoment => ({ time: BEGIN + i, what: 'rtt' }))
  const text = plot([1], many)
  t.match(text, 'and 9,994 more')
  t.ok(text.length < 10_000)
})

void t.test('no record, no flow', async (t) => {
  const report = sampleReport()
  t.equal(flowPlot({ ...report, time: undefined }).text, '<p class="none">None.</p>')
  t.match(plot([], [], BEGIN), '<svg')
})
