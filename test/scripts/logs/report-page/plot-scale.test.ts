import fc from 'fast-check'
import t from 'tap'
import { barsBetween, countTicks, HOUR_US, timeTicks } from '../../../../scripts/logs/report-page/plot-scale.js'

const AT = (text: string): number => Date.parse(`${text}Z`) * 1000

void t.test('a bar is an hour, or longer where hours would be too many', async (t) => {
  const cases: [sentence: string, first: string, last: string, hours: number, count: number][] = [
    ['a moment', '2024-05-04T07:12', '2024-05-04T07:12', 1, 1],
    ['a day', '2024-05-04T07:12', '2024-05-04T18:59', 1, 12],
    ['a week', '2024-05-01T00:00', '2024-05-07T23:59', 1, 168],
    ['an hour more', '2024-05-01T00:00', '2024-05-08T00:00', 2, 85],
    ['a year', '2024-01-01T00:00', '2024-12-31T23:59', 168, 53],
    ['all there is', '0000-01-01T00:00', '9999-12-31T23:00', 521_775, 168],
  ]
  for (const [sentence, first, last, hours, count] of cases)
    t.match(barsBetween(AT(first), AT(last)), { hours, count }, sentence)
  t.equal(barsBetween(AT('2024-05-04T07:12'), AT('2024-05-04T08:00')).begin, AT('2024-05-04T07:00'))
})

void t.test('bars cover the time, and ticks stand in it', async () => {
  const times = fc.tuple(fc.nat(2e12), fc.nat(1e10)).map(([a, length]) => [a * 1000, (a + length) * 1000] as const)
  fc.assert(
    fc.property(times, ([first, last]) => {
      const bars = barsBetween(first, last)
      const end = bars.begin + bars.count * bars.hours * HOUR_US
      const ticks = timeTicks(bars)
      return (
        bars.begin <= first &&
        last < end &&
        bars.count <= 168 &&
        ticks.length <= 9 &&
        ticks.every((tick) => tick >= bars.begin && tick <= end && tick % HOUR_US === 0)
      )
    }),
  )
})

void t.test('round numbers on the other axis', async (t) => {
  const cases: [most: number, ticks: number[]][] = [
    [0, [0, 1, 2]],
    [1, [0, 1, 2]],
    [3, [0, 1, 2, 3]],
    [10, [0, 5, 10]],
    [101, [0, 50, 100, 150]],
    [780, [0, 200, 400, 600, 800]],
    [1_000_000, [0, 500_000, 1_000_000]],
  ]
  for (const [most, ticks] of cases) t.strictSame(countTicks(most), ticks, String(most))
})
