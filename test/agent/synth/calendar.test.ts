import fc from 'fast-check'
import t from 'tap'
import {
  dayOf,
  parseCount,
  parseDuration,
  parseRate,
  parseSize,
  parseStart,
  US_PER_DAY,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_MS,
  US_PER_SECOND,
  weekdayOf,
} from '../../../agent/synth/calendar.js'

type Cases = readonly (readonly [text: string, value: number | undefined])[]

void t.test('a start', async (t) => {
  const cases: Cases = [
    ['2026-11-02', Date.UTC(2026, 10, 2) * US_PER_MS],
    ['2026-11-02T08:30', Date.UTC(2026, 10, 2, 8, 30) * US_PER_MS],
    ['2026-11-02 08:30', Date.UTC(2026, 10, 2, 8, 30) * US_PER_MS],
    ['2026-11-02 08:30:15', Date.UTC(2026, 10, 2, 8, 30, 15) * US_PER_MS],
    ['1970-01-01', 0],
    ['1969-12-31T23:59:59', -US_PER_SECOND],
    ['2024-02-29', Date.UTC(2024, 1, 29) * US_PER_MS],
    ['2026-02-29', undefined],
    ['2026-02-30', undefined],
    ['2026-13-01', undefined],
    ['2026-00-10', undefined],
    ['2026-11-02T24:00', undefined],
    ['2026-11-02T08:60', undefined],
    ['2026-11-02T08:30:60', undefined],
    ['2026-11-02T08', undefined],
    ['2026-11-02T08:30Z', undefined],
    ['2026-11-02T08:30:15.5', undefined],
    ['2026-11-2', undefined],
    [' 2026-11-02', undefined],
    ['tomorrow', undefined],
    ['', undefined],
  ]
  for (const [text, time] of cases) t.equal(parseStart(text), time, text || 'nothing')
})

void t.test('every second of four-digit years is read back', async (t) => {
  const seconds = fc.integer({ min: Date.UTC(1970, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 })
  fc.assert(
    fc.property(seconds, fc.constantFrom('T', ' '), (second, between) => {
      const text = new Date(second * 1000).toISOString().slice(0, 19).replace('T', between)
      return parseStart(text) === second * US_PER_SECOND
    }),
  )
  t.pass()
})

void t.test('days and weekdays', async (t) => {
  const cases: readonly [text: string, weekday: number][] = [
    ['1970-01-01', 3],
    ['1969-12-29', 0],
    ['2026-11-02', 0],
    ['2026-11-07 12:00', 5],
    ['2026-11-08 23:59:59', 6],
    ['2024-02-29', 3],
  ]
  for (const [text, weekday] of cases) t.equal(weekdayOf(dayOf(parseStart(text)!)), weekday, text)
  t.equal(dayOf(0), 0)
  t.equal(dayOf(US_PER_DAY - 1), 0, 'the last microsecond')
  t.equal(dayOf(US_PER_DAY), 1, 'midnight')
  t.equal(dayOf(-1), -1, 'before 1970')
})

void t.test('a duration', async (t) => {
  const cases: Cases = [
    ['90s', 90 * US_PER_SECOND],
    ['15m', 15 * US_PER_MINUTE],
    ['8h', 8 * US_PER_HOUR],
    ['30d', 30 * US_PER_DAY],
    ['2w', 14 * US_PER_DAY],
    ['1h30m', 90 * US_PER_MINUTE],
    ['1w2d3h4m5s', 9 * US_PER_DAY + 3 * US_PER_HOUR + 4 * US_PER_MINUTE + 5 * US_PER_SECOND],
    ['1h0m', US_PER_HOUR],
    ['30m1h', undefined],
    ['1h1h', undefined],
    ['90', undefined],
    ['1.5h', undefined],
    ['-5m', undefined],
    ['5 m', undefined],
    ['5M', undefined],
    ['0s', undefined],
    ['99999999999999999999d', undefined],
    ['h', undefined],
    ['', undefined],
  ]
  for (const [text, duration] of cases) t.equal(parseDuration(text), duration, text || 'nothing')
})

void t.test('a size', async (t) => {
  const cases: Cases = [
    ['1048576', 1_048_576],
    ['500k', 512_000],
    ['10M', 10_485_760],
    ['10m', 10_485_760],
    ['1.5G', 1_610_612_736],
    ['2T', 2_199_023_255_552],
    ['0.7k', 717],
    ['0', undefined],
    ['0.0001k', undefined],
    ['1.G', undefined],
    ['.5G', undefined],
    ['10MB', 10 * 1024 ** 2],
    ['2GiB', 2 * 1024 ** 3],
    ['10MC', undefined],
    ['10 M', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['9999999T', undefined],
    ['', undefined],
  ]
  for (const [text, bytes] of cases) t.equal(parseSize(text), bytes, text || 'nothing')
})

void t.test('a rate', async (t) => {
  const cases: Cases = [
    ['100', 100],
    ['100/s', 100],
    ['6000/m', 100],
    ['36000/h', 10],
    ['0.5', 0.5],
    ['30/m', 0.5],
    ['0', undefined],
    ['0/s', undefined],
    ['-1/s', undefined],
    ['100/d', undefined],
    ['100 /s', undefined],
    ['/s', undefined],
    ['', undefined],
  ]
  for (const [text, rate] of cases) t.equal(parseRate(text), rate, text || 'nothing')
})

void t.test('no text makes a reader throw, or say what is not positive', async (t) => {
  const hostile = fc.oneof(fc.string(), fc.stringMatching(/^[\d.:T \-smhdwkMG/]*$/))
  fc.assert(
    fc.property(hostile, (text) => {
      const start = parseStart(text)
      return (
        (start === undefined || Number.isSafeInteger(start)) &&
        [parseDuration, parseSize, parseRate].every((read) => (read(text) ?? 1) > 0)
      )
    }),
    { numRuns: 2000 },
  )
  t.pass()
})

void t.test('counts', async (t) => {
  const cases: [text: string, count: number | undefined][] = [
    ['5000', 5000],
    ['500k', 500_000],
    ['1M', 1_000_000],
    ['2g', 2_000_000_000],
    ['0', undefined],
    ['1.5M', undefined],
    ['1MB', undefined],
    ['x', undefined],
    ['99999999999999999999', undefined],
  ]
  for (const [text, count] of cases) t.equal(parseCount(text), count, text)
})
