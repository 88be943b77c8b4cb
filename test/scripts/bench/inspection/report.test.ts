/** Figures of rounds, ourselves beside the best of the others, and the table of it. */

import t from 'tap'
import { reportRows, resultOf } from '../../../../scripts/bench/inspection/report.js'

const BULK = { name: 'bulk', unit: 'MB/s', perAnswer: 2, costUnit: 'CPU s per GiB', costAnswers: 10 }

/** A second with so many answers, that cost so much. */
const second = (answers: number, cpuSeconds: number) => ({ answers, seconds: 1, cpuSeconds })
const ROUNDS = {
  direct: [second(900, 0)],
  us: [second(150, 3)],
  quick: [second(100, 8)],
  cheap: [second(50, 1)],
}

void t.test('rates are units in a second, costs processor time for so many answers', async (t) => {
  const rounds = [
    { answers: 100, seconds: 2, cpuSeconds: 1 },
    { answers: 300, seconds: 2, cpuSeconds: 6 },
    { answers: 200, seconds: 2, cpuSeconds: 3 },
  ]
  const { figures } = resultOf(BULK, { us: rounds }, 'us', [])
  t.match(figures['us'], { rate: { median: 200, min: 100, max: 300 }, cpu: { median: 0.15, min: 0.1, max: 0.2 } })
})

void t.test('the best peer is the quickest, and for the cost the cheapest', async (t) => {
  const { rate, cpu } = resultOf(BULK, ROUNDS, 'us', ['cheap', 'quick'])
  t.strictSame(rate, { times: 1.5, peer: 'quick' }, 'the yardstick is no peer')
  t.strictSame(cpu, { times: 1, peer: 'cheap' })
  t.strictSame(resultOf(BULK, ROUNDS, 'us', []).rate, undefined, 'without peers there is none')
})

void t.test('the table has a column for each system, and nothing where nothing was measured', async (t) => {
  const result = resultOf(BULK, ROUNDS, 'us', ['quick', 'cheap'])
  t.strictSame(reportRows([result], { direct: 0, us: 80.4, quick: 60 }), [
    ['', 'direct', 'us', 'quick', 'STEERLAB / BEST PEER'],
    ['bulk MB/s', '1800 (1800-1800)', '300 (300-300)', '200 (200-200)', '1.50 x quick'],
    ['  CPU s per GiB', '', '0.20 (0.20-0.20)', '0.80 (0.80-0.80)', '1.00 x cheap'],
    ['resident MB afterwards', '', '80', '60', ''],
  ])
})
